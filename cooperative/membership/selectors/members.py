"""What a member sees of their own membership."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Prefetch, QuerySet

from cooperative.membership.models import Ballot, Member, Membership
from cooperative.membership.rules.joining import LIVE_STATES, waiting_is_over


def memberships_of(member: Member) -> QuerySet[Membership]:
    """All memberships of a member, the newest first, with union, co-operative and ballots."""
    ballots = Ballot.objects.exclude(outcome="returned").order_by("pk")
    return (
        Membership.objects.filter(member=member)
        .select_related("union", "cooperative")
        .prefetch_related(Prefetch("ballots", queryset=ballots))
        .order_by("-applied_at", "-pk")
    )


def live_membership(member: Member) -> Membership | None:
    """The membership that counts now: an admitted one before an application."""
    live = Membership.objects.filter(member=member, state__in=LIVE_STATES).select_related(
        "union", "cooperative"
    )
    return live.order_by(F("admitted_on").desc(nulls_last=True), "-pk").first()


def may_borrow_and_lend_from(membership: Membership, today: date) -> date | None:
    """The day the waiting period ends when it is still running, else None."""
    ends = membership.waiting_ends_on
    return None if ends is None or waiting_is_over(ends, today) else ends
