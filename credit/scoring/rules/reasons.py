"""Why a score is what it is, in the words that the card holds ready."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from credit.scoring.rules.card import Card, Characteristic
from credit.scoring.rules.evaluating import NOTHING, Inputs, Result

MOST = 4


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that kept a score down: a veto (no points, no advice), or points lost."""

    code: str
    title: str
    lost: Decimal
    points: Decimal
    best: Decimal
    text: str
    advice: str


def reasons(card: Card, inputs: Inputs, result: Result) -> tuple[Reason, ...]:
    """All vetoes, then the (at most four) characteristics that lost most against their best bin.

    Equal losses stand in the card's order, so the same score always gives the same reasons.
    """
    vetoes = [
        Reason(one.code, one.title, NOTHING, NOTHING, NOTHING, one.reason, "")
        for one in card.vetoes
        if one.code in result.vetoes
    ]
    looked_at = zip(card.characteristics, result.points, strict=True)
    lost = [_reason(one, inputs.get(one.indicator), points) for one, points in looked_at]
    lost = [one for one in lost if one.lost > 0]
    lost.sort(key=lambda one: -one.lost)
    return (*vetoes, *lost[:MOST])


def _reason(one: Characteristic, value: Decimal | None, points: Decimal) -> Reason:
    return Reason(
        one.code, one.title, one.best - points, points, one.best, text_of(one, value), one.advice
    )


def text_of(characteristic: Characteristic, value: Decimal | None) -> str:
    """The sentence about the range in which a value lies, or about its not being known."""
    if value is None:
        return characteristic.missing_reason
    return next((one.reason for one in characteristic.bins if one.holds(value)), "")
