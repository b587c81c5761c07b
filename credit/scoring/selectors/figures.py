"""Scores of many members at two dates, as counts; a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Func, OuterRef, Q, QuerySet, Subquery

from cooperative.membership.models import Member
from credit.scoring.models import Objection, Override, Score
from credit.scoring.rules.figures import counted


@dataclass(frozen=True)
class Counts:
    """Scores on a day: by total, by grade."""

    totals: Mapping[Decimal, int]
    grades: Mapping[str, int]

    @property
    def whole(self) -> int:
        """How many are scored."""
        return sum(self.grades.values())


@dataclass(frozen=True)
class Figures:
    """Two dates side by side. ``moved`` by (grade then, grade now); ``vetoes`` by code; objections
    open now, and answered or withdrawn since the earlier date, by state."""

    now: Counts
    then: Counts
    moved: Mapping[tuple[str, str], int]
    vetoes: Mapping[str, int]
    overridden: int
    objections: Mapping[str, int]


def figures(members: QuerySet[Member], *, then: date, now: date) -> Figures:
    """The figures of some members; six queries."""
    mine = Score.objects.filter(member__in=members)
    return Figures(
        now=_counts(mine, now),
        then=_counts(mine, then),
        moved=_moved(mine, then, now),
        vetoes=_vetoes(mine, now),
        overridden=Override.objects.in_force(now).filter(member__in=members).count(),
        objections=_objections(members, then),
    )


def holding_on(day: date) -> Q:
    """The scores that held on a day: from their date until they were superseded, exclusive."""
    return Q(as_of__lte=day) & (Q(superseded_on__isnull=True) | Q(superseded_on__gt=day))


def _counts(scores: QuerySet[Score], day: date) -> Counts:
    rows = scores.filter(holding_on(day)).values_list("total", "grade")
    found = list(rows.annotate(count=Count("pk")).order_by("total", "grade"))
    totals: dict[Decimal, int] = {}
    for total, _grade, count in found:
        totals[total] = totals.get(total, 0) + count
    return Counts(totals, counted((grade, count) for _total, grade, count in found))


def _moved(scores: QuerySet[Score], then: date, now: date) -> dict[tuple[str, str], int]:
    before = Score.objects.filter(holding_on(then), member=OuterRef("member")).values("grade")
    rows: Any = (
        scores.filter(holding_on(now))
        .annotate(before=Subquery(before[:1]))
        .filter(before__isnull=False)
        .values_list("before", "grade")
        .annotate(count=Count("pk"))
        .order_by("before", "grade")
    )
    return {(was, is_): count for was, is_, count in rows}


def _vetoes(scores: QuerySet[Score], day: date) -> dict[str, int]:
    codes = scores.filter(holding_on(day)).annotate(code=Func(F("vetoes"), function="unnest"))
    return counted((code, 1) for code in codes.order_by("pk").values_list("code", flat=True))


def _objections(members: QuerySet[Member], since: date) -> dict[str, int]:
    rows = Objection.objects.filter(member__in=members).filter(
        Q(state="raised") | Q(answered_at__date__gte=since) | Q(withdrawn_at__date__gte=since)
    )
    return dict(rows.values_list("state").annotate(count=Count("pk")).order_by("state"))
