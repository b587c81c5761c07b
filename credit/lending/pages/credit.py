"""A borrower's credit in words, for the officer who decides on a request."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from cooperative.membership.models import Member
from core.formats import format_day, format_number, format_yuan_short
from credit.scoring.selectors.objections import open_objections, statements_of
from credit.scoring.selectors.standing import CreditStanding, standings_of


def credit_lines(member: Member, today: date) -> list[str]:
    """Score, grade and limit, the override in force, a waiting objection, the member's own words.

    Four queries. Source: Credit Reporting Regulation art. 25: the mark and the statement stand
    wherever the score does.
    """
    held = standings_of([member.pk], today).get(member.pk)
    if held is None:
        return [_("还没有信用分，只看基本额度")]
    marks = [
        _("本人对这个分有异议，最晚%(day)s答复") % {"day": format_day(row.due_on, today)}
        for row in open_objections(member)[:1]
    ]
    words = [
        _("本人声明：%(words)s") % {"words": row.statement} for row in statements_of(member)[:1]
    ]
    return [*_standing(held, today), *marks, *words]


def _standing(held: CreditStanding, today: date) -> list[str]:
    lines = [
        _("%(total)s 分，%(grade)s 级，额度 %(limit)s 元")
        % {
            "total": format_number(held.total),
            "grade": held.grade,
            "limit": format_yuan_short(held.limit),
        }
    ]
    if held.override is not None:
        lines.append(
            _("其中等级或额度由人调整过，到%(day)s为止：%(reason)s")
            % {"day": format_day(held.override.ends_on, today), "reason": held.override.reason}
        )
    return lines
