"""What a card makes of a member's facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, Inexact, InvalidOperation, localcontext

from credit.scoring.rules.card import Card, Characteristic, Grade, LimitFormula

Inputs = Mapping[str, Decimal | None]

FULL = Decimal("100.00")
NOTHING = Decimal("0.00")
# No sum or product of stored facts is rounded; what would be is an error.
EXACT = Context(prec=5_000, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[Inexact, InvalidOperation])


@dataclass(frozen=True, slots=True)
class Result:
    """Points by characteristic in the card's order, their total, and what follows from it."""

    points: tuple[Decimal, ...]
    total: Decimal
    vetoes: tuple[str, ...]
    grade: str
    limit: Decimal


def evaluate(card: Card, inputs: Inputs) -> Result:
    """Score one member. An input that is absent counts as unknown.

    The total is the sum of the points within 0 and 100. The limit is 0 under a veto and for a
    grade without a base; else the formula's, rounded down to its step.

    Raises:
        LookupError: a value that no bin holds; a checked card has none.
    """
    with localcontext(EXACT):
        points = tuple(points_of(one, inputs.get(one.indicator)) for one in card.characteristics)
        total = min(FULL, max(NOTHING, sum(points, NOTHING)))
        vetoes = _vetoes(card, inputs)
        grade = card.grades[-1] if vetoes else _grade(card, total)
        limit = NOTHING if vetoes else _limit(card.limit, grade.base, inputs)
        return Result(points, total, vetoes, grade.code, limit)


def what_if(card: Card, inputs: Inputs, changes: Inputs) -> tuple[Result, Result]:
    """The score as it is, and as it would be with some inputs changed."""
    return evaluate(card, inputs), evaluate(card, {**inputs, **changes})


def points_of(characteristic: Characteristic, value: Decimal | None) -> Decimal:
    """The points of one characteristic, those of the missing if the value is not known."""
    if value is None:
        return characteristic.missing_points
    for one in characteristic.bins:
        if one.holds(value):
            return one.points
    raise LookupError(f"{characteristic.code}: no bin holds {value}")


def _vetoes(card: Card, inputs: Inputs) -> tuple[str, ...]:
    """Codes of the vetoes that apply; what nobody knows forbids nothing."""
    found = []
    for veto in card.vetoes:
        value = inputs.get(veto.indicator)
        if value is not None and value >= veto.at_least:
            found.append(veto.code)
    return tuple(found)


def _grade(card: Card, total: Decimal) -> Grade:
    return next((one for one in card.grades if total >= one.at_least), card.grades[-1])


def _limit(formula: LimitFormula, base: Decimal, inputs: Inputs) -> Decimal:
    if base <= 0:
        return NOTHING
    assets = inputs.get(formula.assets_indicator) or Decimal(0)
    income = inputs.get(formula.income_indicator) or Decimal(0)
    wished = base + assets * formula.assets_share + income * formula.income_share
    allowed = max(Decimal(0), min(formula.cap, wished))
    return (allowed // formula.step * formula.step).quantize(NOTHING)
