"""What members hold against their scores."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import QuerySet

from cooperative.membership.models import Member
from credit.scoring.models import Objection

DAYS_AHEAD = 5


def objections_of(member: Member) -> QuerySet[Objection]:
    """All objections of a member with the score and its card, the newest first."""
    rows = Objection.objects.filter(member=member)
    return rows.select_related("score__scorecard", "new_score").order_by("-raised_at", "-pk")


def open_objections(member: Member) -> QuerySet[Objection]:
    """Those that wait for an answer, the most urgent first."""
    rows = Objection.objects.open().filter(member=member)
    return rows.select_related("score__scorecard").order_by("due_on", "pk")


def statements_of(member: Member) -> QuerySet[Objection]:
    """Rejected objections to which the member added a statement that is read beside the score.

    Source: 征信业管理条例 art. 25.
    """
    rows = Objection.objects.filter(member=member, stated_at__isnull=False)
    return rows.select_related("score__scorecard").order_by("-stated_at", "-pk")


def members_objecting(members: Iterable[Member]) -> set[int]:
    """Keys of the members whose score is marked: an objection to it waits.

    Source: 征信业管理条例 art. 25.
    """
    rows = Objection.objects.open().filter(member__in=list(members))
    return set(rows.values_list("member_id", flat=True))


def clocks_running_out(today: date, within_days: int = DAYS_AHEAD) -> list[Objection]:
    """Open objections that are due within so many days or overdue, the most urgent first."""
    rows = Objection.objects.open().filter(due_on__lte=today + timedelta(days=within_days))
    return list(rows.select_related("member").order_by("due_on", "pk"))
