"""Parties locked, and whether they may borrow or lend at all (I9): refusals with rule and way on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from cooperative.membership.models import Member, Membership
from core.errors import NotFound, Refused
from core.formats import format_day
from credit.lending.rules.eligibility import (
    Obstacle,
    Standing,
    obstacle_to_borrow,
    obstacle_to_lend,
)
from credit.lending.rules.policy import Limits
from credit.lending.selectors.parties import standing_of


def lock_parties(membership_ids: Iterable[int]) -> dict[int, Membership]:
    """Memberships with their members and unions, by key: all members locked, then the memberships.

    Nobody leaves, is suspended or erased, borrows or lends more elsewhere while they are held.

    Raises:
        NotFound: one of them is absent.
    """
    ids = sorted(set(membership_ids))
    persons = Membership.objects.filter(pk__in=ids).values("member")
    list(Member.objects.filter(pk__in=persons).locked())
    rows = Membership.objects.filter(pk__in=ids).select_related("union", "member__user")
    found = {row.pk: row for row in rows.locked()}
    if len(found) < len(ids):
        raise NotFound()
    return found


def check_own(membership: Membership, by: Any) -> None:
    """Let pass only the member's own account.

    Raises:
        NotFound: another's membership looks like none.
    """
    if by is None or membership.member.user_id != by.pk:
        raise NotFound()


def check_no_party(by: Any, *memberships: Membership) -> None:
    """Who decides is neither borrower nor lender (I17).

    Raises:
        Refused: ``own_matter``.
    """
    if any(row.member.user_id is not None and row.member.user_id == by.pk for row in memberships):
        raise Refused(
            "own_matter",
            _("这件事您自己是一方，不能由您办理。"),
            way_on=_("请另一位同事办理。"),
        )


def check_may_borrow(membership: Membership, limits: Limits, today: date) -> None:
    """Let only those borrow who may.

    Raises:
        Refused: ``erased``, ``not_admitted``, ``waiting_period``, ``under_age`` or ``own_overdue``.
    """
    standing = standing_of(membership, today)
    obstacle = obstacle_to_borrow(standing, today, limits.borrower_overdue_days)
    if obstacle is not None:
        raise refusal(obstacle, standing, limits.borrower_overdue_days, today)


def check_may_lend(membership: Membership, today: date) -> None:
    """Let only those lend who may. Raises as ``check_may_borrow``."""
    standing = standing_of(membership, today)
    obstacle = obstacle_to_lend(standing, today)
    if obstacle is not None:
        raise refusal(obstacle, standing, 0, today)


def refusal(obstacle: Obstacle, standing: Standing, most_days: int, today: date) -> Refused:
    """The sentence for an obstacle."""
    if obstacle is Obstacle.WAITING and standing.waiting_ends_on is not None:
        return Refused(
            obstacle.value,
            _("等待期到 %(day)s 为止，从那天起可以借入和借出。")
            % {"day": format_day(standing.waiting_ends_on, today)},
            way_on=_("请到时再办；定等待期，是为了只在老成员之间互助。"),
            **{_("等待期到"): format_day(standing.waiting_ends_on)},
        )
    if obstacle is Obstacle.UNDER_AGE and standing.comes_of_age_on is not None:
        return Refused(
            obstacle.value,
            _("未满 18 周岁不能借入和借出，%(day)s 满 18 周岁。")
            % {"day": format_day(standing.comes_of_age_on, today)},
            way_on=_("急用钱可以请家里的成年成员来办。"),
        )
    if obstacle is Obstacle.OVERDUE:
        return _overdue(standing.overdue_days, most_days)
    if obstacle is Obstacle.ERASED:
        return Refused(
            obstacle.value, _("这位成员的资料已经删除，不能再办。"), way_on=_("请重新入会后再办。")
        )
    return Refused(
        obstacle.value,
        _("会籍没有生效或已暂停，不能借入和借出。"),
        way_on=_("详情请看“我的会籍”，有疑问可以问工会。"),
    )


def _overdue(days: int, most_days: int) -> Refused:
    late = _("%(days)s 天") % {"days": days}
    if not most_days:
        return Refused(
            Obstacle.OVERDUE.value,
            _("自己有一笔借款已逾期 %(days)s 天，还清到期的钱以前不能出借。") % {"days": days},
            way_on=_("请先还上到期的钱。"),
            **{_("已逾期"): late},
        )
    return Refused(
        Obstacle.OVERDUE.value,
        _("有一笔借款已逾期 %(days)s 天，超过 %(most)s 天就不能再借。")
        % {"days": days, "most": most_days},
        way_on=_("请先还上到期的钱，或找工会商量展期。"),
        **{_("已逾期"): late, _("最多容许"): _("%(days)s 天") % {"days": most_days}},
    )
