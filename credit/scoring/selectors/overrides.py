"""What people have put in place of scores."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from cooperative.membership.models import Member
from credit.scoring.models import Override


def override_in_force(members: Iterable[Member], on: date) -> dict[int, Override]:
    """The override that holds on a day, by the member's key; one query, at most one a member.

    ``rules.overriding.standing`` says what it makes of a score.
    """
    rows = Override.objects.in_force(on).filter(member__in=list(members)).select_related("score")
    return {row.member_id: row for row in rows.order_by("pk")}


def overrides_of(member: Member) -> QuerySet[Override]:
    """All that officers ever put in place of a member's score, the newest first."""
    rows = Override.objects.filter(member=member).select_related("score__scorecard", "evidence")
    return rows.order_by("-starts_on", "-pk")
