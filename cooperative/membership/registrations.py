"""What membership tells the apps below it, and what it offers its own pages; called once at start."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cooperative.accounts.authority import ProfileRow, register_profile_sections, register_reach
from cooperative.accounts.models import User
from cooperative.accounts.second_factor import register_needs_second_factor
from cooperative.membership import parameters
from cooperative.membership.access import member_of, posts_of, unions_where
from cooperative.membership.desk import membership_waiting, register_waiting
from cooperative.membership.models import Member, Post
from cooperative.membership.roster import registrations as roster
from cooperative.membership.selectors.members import live_membership
from cooperative.membership.services.admission import MINUTES_PURPOSE, may_see_minutes
from cooperative.membership.todo import Todo, register_todo
from cooperative.membership.words import WORDS
from cooperative.notices.kinds import register_kind
from cooperative.notices.selectors import unread_count
from core.audit_words import register_words
from core.dates import today as todays_date
from core.files import register_file_purpose


def needs_second_factor(user: Any) -> bool:
    """Officers do: whoever has, or will have, a post that has not ended."""
    now = todays_date()
    open_ended = Q(ends_on__isnull=True) | Q(ends_on__gt=now)
    return Post.objects.filter(open_ended, user=user, checked_at__isnull=False).exists()


def accounts_in_reach(officer: Any) -> QuerySet[User]:
    """Accounts of members and officers of the unions in which ``officer`` may unlock accounts.

    Not of those who also serve a union out of reach: helping is taking over, and nobody may take
    over an account that can do more than their own.
    """
    reach = unions_where(officer, "account.unlock", todays_date())
    beyond = Post.objects.exclude(union__in=reach)
    return (
        User.objects.filter(Q(member__memberships__union__in=reach) | Q(posts__union__in=reach))
        .exclude(pk__in=beyond.values("user"))
        .distinct()
    )


def profile_rows(user: Any) -> list[ProfileRow]:
    """The member's union on 我的; for officers the way to the panel."""
    rows = []
    member = member_of(user)
    membership = live_membership(member) if member else None
    if membership is not None:
        hint = f"{membership.union.name} · {membership.get_state_display()}"
        rows.append(ProfileRow(_("我的会籍"), reverse("my_membership"), hint, "people"))
    elif not posts_of(user, todays_date()):
        rows.append(ProfileRow(_("加入工会"), reverse("join"), _("三五分钟填完"), "people"))
    if posts_of(user, todays_date()):
        rows.append(ProfileRow(_("工会后台"), reverse("admin:index"), "", "shield"))
    return rows


def todos(member: Member, today: date) -> list[Todo]:
    """Unread messages, and a suspension that the member should know of."""
    found = []
    unread = unread_count(member.user) if member.user_id else 0
    if unread:
        text = _("看 %(count)s 条新消息") % {"count": unread}
        found.append(Todo(text, reverse("messages"), icon="message", tone="sky"))
    membership = live_membership(member)
    if membership is not None and membership.state == "suspended":
        found.append(
            Todo(
                _("您的会籍已暂停"),
                reverse("my_membership"),
                detail=membership.reason,
                tone="brick",
            )
        )
    return found


def register() -> None:
    """Declare everything."""
    parameters.register()
    register_words(WORDS)
    register_kind("membership.applied", _("入会申请"))
    register_kind("membership.admitted", _("入会"), sms=True)
    register_kind("membership.rejected", _("入会未通过"), sms=True)
    register_kind("membership.suspended", _("会籍暂停"), sms=True, urgent=True)
    register_kind("membership.resumed", _("会籍恢复"), sms=True)
    register_kind("membership.left", _("退会"), sms=True)
    register_file_purpose(MINUTES_PURPOSE, may_see_minutes)
    register_needs_second_factor(needs_second_factor)
    register_reach(accounts_in_reach)
    register_profile_sections(profile_rows)
    register_todo(todos)
    register_waiting(membership_waiting)
    roster.register()
