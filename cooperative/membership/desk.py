"""The officers' desk: what waits for whom (every app says so here), unions in figures, last jobs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cooperative.membership import roles
from cooperative.membership.access import posts_of, unions_where
from cooperative.membership.models import Ballot, Membership, Post, Union
from cooperative.notices.selectors import failed_count
from core.models import JobRun, Parameter

Text = str | Promise


@dataclass(frozen=True)
class Waiting:
    """A line of the desk: ``count`` rows at ``href`` wait; ``late`` of them are overdue."""

    label: Text
    count: int
    href: str
    late: int = 0


_SOURCES: list[Callable[[Any, date], list[Waiting]]] = []


def register_waiting(source: Callable[[Any, date], list[Waiting]]) -> None:
    """Add a source from ``AppConfig.ready``; it counts only what this officer can act on."""
    _SOURCES.append(source)


def waiting_for(user: Any, today: date) -> list[Waiting]:
    """Everything that waits for an officer, overdue lines first, then the longest."""
    lines = [line for source in _SOURCES for line in source(user, today) if line.count]
    return sorted(lines, key=lambda line: (-line.late, -line.count, str(line.label)))


@dataclass(frozen=True)
class DeskTable:
    """A table of the desk: a line names its row first, figures follow. ``late``: bricks the line."""

    title: Text
    columns: tuple[Text, ...]
    lines: tuple[DeskLine, ...]
    empty: Text = ""


@dataclass(frozen=True)
class DeskLine:
    """One row of a desk's table."""

    label: Text
    figures: tuple[Text, ...]
    href: str = ""
    late: bool = False


_TABLES: list[Callable[[Any, date], DeskTable | None]] = []


def register_desk_table(source: Callable[[Any, date], DeskTable | None]) -> None:
    """Add a table from ``AppConfig.ready``; None where it does not concern this officer."""
    _TABLES.append(source)


def desk_tables(user: Any, today: date) -> list[DeskTable]:
    """The tables that concern an officer, in the order in which apps registered them."""
    return [table for source in _TABLES if (table := source(user, today)) is not None]


def membership_waiting(user: Any, today: date) -> list[Waiting]:
    """Applications without a ballot, ballots and posts without a second officer."""
    memberships = reverse("admin:membership_membership_changelist")
    to_record = Membership.objects.filter(
        union__in=unions_where(user, "ballot.record", today), state="applied"
    ).count()
    to_confirm = (
        Ballot.objects.filter(
            membership__union__in=unions_where(user, "ballot.confirm", today),
            membership__state="balloted",
            outcome="waiting",
        )
        .exclude(made_by=user)
        .count()
    )
    posts = (
        Post.objects.filter(
            union__in=unions_where(user, "post.confirm", today), checked_at__isnull=True
        )
        .exclude(made_by=user)
        .count()
    )
    scopes = unions_where(user, "parameter.confirm", today).values("path")
    figures = (
        Parameter.objects.filter(scope__in=scopes, checked_at__isnull=True)
        .exclude(made_by=user)
        .count()
    )
    return [
        Waiting(_("入会申请等录入表决"), to_record, f"{memberships}?waits=ballot"),
        Waiting(_("入会表决等您复核"), to_confirm, reverse("admin:membership_ballot_changelist")),
        Waiting(_("干部任命等您复核"), posts, reverse("admin:membership_post_changelist")),
        Waiting(
            _("短信没有发出去"),
            failed_count(unions_where(user, "notice.send", today).values("path")),
            reverse("admin:notices_delivery_changelist"),
        ),
        Waiting(_("规则参数等您复核"), figures, reverse("admin:core_parameter_changelist")),
    ]


def union_figures(user: Any, today: date) -> QuerySet[Union]:
    """The officer's grassroots unions with members by state, the largest first."""
    state = "memberships__state"
    return (
        unions_where(user, "membership.view", today)
        .filter(level=Union.Level.GRASSROOTS)
        .annotate(
            admitted=Count("memberships", filter=Q(**{state: "admitted"})),
            waiting=Count(
                "memberships",
                filter=Q(**{state: "admitted"}, memberships__waiting_ends_on__gt=today),
            ),
            applying=Count("memberships", filter=Q(**{f"{state}__in": ["applied", "balloted"]})),
            suspended=Count("memberships", filter=Q(**{state: "suspended"})),
        )
        .order_by("-admitted", "code")
    )


def last_jobs(user: Any, today: date) -> QuerySet[JobRun]:
    """The newest jobs in the officer's unions, with items done; an administrator's include the
    nights, which concern all unions.
    """
    reach = Q(scope__in=unions_where(user, "job.view", today).values("path"))
    if any(post.role == roles.ADMINISTRATOR for post in posts_of(user, today)):
        reach |= Q(scope="")
    done = Sum("chunks__last", filter=Q(chunks__state="done"), default=0) - Sum(
        "chunks__first", filter=Q(chunks__state="done"), default=0
    )
    return JobRun.objects.filter(reach).annotate(items_done=done).order_by("-pk")
