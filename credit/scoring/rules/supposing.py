"""What a member may suppose in the what-if: another bin of a characteristic, a veto lifted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from credit.scoring.rules.card import Bin, Card, Characteristic
from credit.scoring.rules.evaluating import Inputs

NOW = "now"
LIFTED = "lifted"
_LEAST = Decimal("0.0001")  # the finest step of a stored input


@dataclass(frozen=True, slots=True)
class Supposal:
    """One choice for a characteristic: its key in a form and the sentence of the bin."""

    key: str
    text: str


def supposals_of(one: Characteristic, value: Decimal | None) -> tuple[Supposal, ...]:
    """The bins in which the value does not lie, by their number from 0."""
    return tuple(
        Supposal(str(number), found.reason)
        for number, found in enumerate(one.bins)
        if value is None or not found.holds(value)
    )


def supposed(card: Card, chosen: Mapping[str, str], amounts: Inputs) -> dict[str, Decimal | None]:
    """The inputs that some choices change, by indicator.

    ``chosen``: code of a characteristic to the number of a bin, or of a veto to ``lifted``; what is
    ``now`` or unknown changes nothing. ``amounts``: assets and income in yuan, by indicator.
    """
    changes: dict[str, Decimal | None] = {k: v for k, v in amounts.items() if v is not None}
    for one in card.characteristics:
        key = chosen.get(one.code, NOW)
        if key.isdecimal() and int(key) < len(one.bins):
            changes[one.indicator] = _within(one.bins[int(key)])
    for veto in card.vetoes:
        if chosen.get(veto.code) == LIFTED:
            changes[veto.indicator] = veto.at_least - 1
    return changes


def _within(found: Bin) -> Decimal:
    """A value that lies in the bin: its lower end, or just below its upper one."""
    if found.at_least is not None:
        return found.at_least
    return Decimal(0) if found.below is None else found.below - _LEAST
