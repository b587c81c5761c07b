"""Lending on the officers' first page: what is overdue, what is near a limit, how the night went."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from cooperative.membership.access import unions_where
from cooperative.membership.desk import DeskLine, DeskTable
from cooperative.membership.models import Member, Membership, Union
from core.errors import Refused
from core.formats import format_day, format_number, format_yuan
from core.masking import mask_name
from credit.lending.limit_words import figure, title_of
from credit.lending.links import panel_list
from credit.lending.rules.policy import Severity
from credit.lending.selectors.limits import Counter, near_limits
from credit.lending.selectors.nights import night_state, overdue_by_bucket
from credit.lending.services.request_notices import CONVENE

VIEW = "loan.view"
# Each union is asked for its counters in six queries; who serves more looks at the lists.
_MOST_UNIONS = 4
_MOST_LINES = 8


def overdue_table(user: Any, today: date) -> DeskTable | None:
    """Overdue principal of the officer's unions by how late it is, and how far the night is."""
    unions = unions_where(user, VIEW, today)
    if not unions.exists():
        return None
    night = night_state(today)
    lines = [
        DeskLine(
            row.label,
            (format_number(row.shares), format_yuan(row.outstanding)),
            panel_list("loan", f"overdue={row.bucket}"),
            late=bool(row.shares),
        )
        for row in overdue_by_bucket(unions)
    ]
    return DeskTable(
        _("借款逾期，%(closed)s") % {"closed": _closed(night, today)},
        (_("逾期多久"), _("份数"), _("未还本金（元）")),
        tuple(lines),
    )


def _closed(night: Any, today: date) -> str:
    if night.last_close is None:
        return _("还没有日终过")
    day = format_day(night.last_close, today)
    if night.lag_days:
        return _("日终到%(day)s，落后 %(lag)s 天") % {"day": day, "lag": night.lag_days}
    return _("日终到%(day)s") % {"day": day}


def limits_table(user: Any, today: date) -> DeskTable | None:
    """Counters beyond their warning level in the unions where the officer convenes."""
    unions = unions_where(user, CONVENE, today).filter(level=Union.Level.GRASSROOTS)
    unions = list(unions.order_by("code")[: _MOST_UNIONS + 1])
    if not unions or len(unions) > _MOST_UNIONS:
        return None
    try:
        found = [(union, row) for union in unions for row in near_limits(union, today)]
    except Refused as refused:
        return DeskTable(_("快到限额的"), (), (), str(refused))
    found = sorted(found, key=lambda pair: -pair[1].percent)[:_MOST_LINES]
    revealed = _revealed([row.who for _union, row in found if row.who], user, today)
    return DeskTable(
        _("快到限额的"),
        (_("谁，哪一项"), _("现在"), _("预警"), _("不能超过")),
        tuple(_limit_line(union, row, revealed) for union, row in found),
        _("没有接近限额的。"),
    )


def _revealed(members: list[Member], user: Any, today: date) -> set[int]:
    """Which of these the officer may see whole."""
    reach = unions_where(user, "member.reveal", today)
    rows = Membership.objects.filter(union__in=reach, member__in=members).order_by("member")
    return set(rows.values_list("member", flat=True))


def _limit_line(union: Union, row: Counter, revealed: set[int]) -> DeskLine:
    who = union.name if row.who is None else _shown(row.who, revealed)
    return DeskLine(
        _("%(who)s：%(what)s") % {"who": who, "what": title_of(row.measure)},
        tuple(figure(row.measure, value) for value in (row.value, row.level.warn, row.level.stop)),
        late=row.severity is Severity.STOP,
    )


def _shown(member: Member, revealed: set[int]) -> str:
    return member.name if member.pk in revealed else mask_name(member.name)
