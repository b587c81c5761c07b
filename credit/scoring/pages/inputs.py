"""The values that a score was worked out from, with what they mean and where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from core.formats import format_number
from core.sentences import Text
from credit.scoring.indicators import indicators
from credit.scoring.selectors.scores import ReadScore


@dataclass(frozen=True)
class Input:
    """One value; ``shown`` says so where nobody knows it."""

    code: str
    title: Text
    unit: Text
    meaning: Text
    value: Decimal | None
    shown: str


def inputs_of(read: ReadScore) -> list[Input]:
    """All inputs in the card's order that an app knows how to find."""
    known = indicators()
    return [
        Input(
            code,
            known[code].title,
            known[code].unit,
            known[code].meaning,
            read.inputs[code],
            _shown(read.inputs[code], known[code].unit),
        )
        for code in read.card.indicators
        if code in known
    ]


def _shown(value: Decimal | None, unit: Text) -> str:
    if value is None:
        return _("没有记录")
    return _("%(value)s %(unit)s") % {"value": format_number(value), "unit": unit}
