"""A member's own data: what panels found about them, and what they said on panels themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cooperative.consent.personal_data import Entry, Item
from cooperative.membership.models import Member
from core.formats import format_day, format_moment, format_number
from core.masking import mask_name
from credit.scoring.models import PanelRating, PanelSeat, PanelSubject
from credit.scoring.selectors.panels import results_of, seats_of
from credit.scoring.services.panels.erasing import erase_reviews


def collect(member: Member) -> list[Entry]:
    """Results about the member without a word about who rated; own grades, names masked."""
    ratings = PanelRating.objects.filter(seat__member=member).select_related("subject__member")
    return [
        *(_result(row) for row in results_of(member)),
        *(_seat(row) for row in seats_of(member)),
        *(_rating(row) for row in ratings.order_by("pk")),
    ]


def erase(member: Member, at: datetime) -> None:
    """Remove what panels found about the member."""
    erase_reviews(member=member, at=at)


def _result(row: PanelSubject) -> Entry:
    items = [_item("outcome", _("结果"), row.get_outcome_display())]
    if row.mean is not None and row.holds_until is not None:
        items += [
            _item("mean", _("平均分"), format_number(row.mean)),
            _item("counted", _("评分人数"), str(row.counted)),
            _item("holds_until", _("哪天以前算数"), format_day(row.holds_until)),
        ]
    title = _("邻里评议的结果")
    if row.decided_on is not None:
        title = _("%(day)s邻里评议的结果") % {"day": format_day(row.decided_on)}
    return Entry(title, tuple(items), row.panel.union.name)


def _seat(row: PanelSeat) -> Entry:
    items = (
        _item("state", _("状态"), row.panel.get_state_display()),
        _item("closes_on", _("评到哪天"), format_day(row.panel.closes_on)),
    )
    return Entry(_("请您当评议人"), items, row.panel.union.name)


def _rating(row: PanelRating) -> Entry:
    said = _("亲属或有往来，不评") if row.recused else str(row.points)
    items = (
        _item("points", _("打分"), said),
        _item("given_at", _("打分时间"), format_moment(row.given_at)),
    )
    title = _("您给%(name)s的打分") % {"name": mask_name(row.subject.member.name)}
    return Entry(title, items)


def _item(name: str, label: Any, value: str) -> Item:
    return Item(name, label, value)
