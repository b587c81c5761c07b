"""How an instalment's interest came about, as somebody would do it again with a pencil."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from core.exact import to_fen
from core.formats import format_day, format_yuan
from credit.lending.pages.texts import percent
from credit.lending.rules.schedule import Explained
from credit.lending.selectors.loans import Line

MORE_DIGITS = Decimal("0.0001")


@dataclass(frozen=True)
class Working:
    """The arithmetic of one lender's part of a line; ``who`` is empty where it is plain whose."""

    who: str
    lines: list[str]


def workings_of(line: Line, today: date) -> list[Working]:
    """The arithmetic of a line, lender by lender where it is a sum."""
    parts: Sequence[tuple[str, Line]] = [("", line)]
    if line.parts:
        several = len(line.parts) > 1
        parts = [
            (share.membership.member.name if several else "", own) for share, own in line.parts
        ]
    return [Working(who, _lines_of(own, today)) for who, own in parts]


def _lines_of(line: Line, today: date) -> list[str]:
    told = line.arithmetic
    if told is None:
        return []
    found = [*_explained(_("利息"), told.interest, today)]
    if told.overdue is not None and told.overdue.spans:
        found += _explained(_("逾期利息"), told.overdue, today)
    return found


def _explained(what: str, told: Explained, today: date) -> list[str]:
    if not told.spans:
        return [_("%(what)s：这一期没有本金在计息，0.00 元。") % {"what": what}]
    spans = [
        _("%(start)s 到 %(end)s，%(days)s 天，本金 %(balance)s × %(rate)s × %(days)s ÷ 365")
        % {
            "start": format_day(span.from_on, today),
            "end": format_day(span.to_on, today),
            "days": span.days,
            "balance": format_yuan(span.balance),
            "rate": percent(told.rate),
        }
        for span in told.spans
    ]
    exact = told.unrounded.quantize(MORE_DIGITS)
    return [
        _("%(what)s：%(sum)s") % {"what": what, "sum": spans[0]},
        *spans[1:],
        _("得 %(exact)s，四舍五入到分，%(sum)s 元。")
        % {"exact": f"{exact:f}", "sum": format_yuan(to_fen(told.unrounded))},
    ]
