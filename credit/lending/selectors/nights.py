"""What the last nights did: which date is closed, how far behind we are, what is overdue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce

from core.exact import ZERO
from core.jobs import unfinished_runs
from core.models import JobRun
from core.money import MoneyField
from credit.lending.models import Share

CLOSE = "lending.close_of_day"
UNION_DAYS = "lending.union_days"
REMIND = "lending.remind"

# Where a union's day keeps the principal of each bucket of overdue shares.
OVERDUE = {
    Share.Bucket.DAYS_1_30.value: "overdue_1_30",
    Share.Bucket.DAYS_31_60.value: "overdue_31_60",
    Share.Bucket.DAYS_61_90.value: "overdue_61_90",
    Share.Bucket.OVER_90.value: "overdue_over_90",
}
_CLEAN = (JobRun.State.DONE,)
_ENDED = (JobRun.State.DONE, JobRun.State.DONE_WITH_FAILURES)


def last_close(*, clean: bool = False) -> date | None:
    """The last business date that was closed; ``clean``: and without a share left out."""
    return last_date_of(CLOSE, _CLEAN if clean else _ENDED)


def last_date_of(kind: str, states: Iterable[str] = _ENDED) -> date | None:
    """The latest date of the ended runs of a kind that is run for dates."""
    runs = JobRun.objects.filter(kind=kind, state__in=states).order_by("-parameters__on", "-pk")
    latest = runs.values_list("parameters__on", flat=True).first()
    return date.fromisoformat(latest) if latest else None


def unfinished(*kinds: str) -> list[JobRun]:
    """Closes under way, the oldest first."""
    return unfinished_runs(*(kinds or (CLOSE, UNION_DAYS)))


@dataclass(frozen=True)
class NightState:
    """How the night stands: ``lag_days`` is 0 when yesterday is closed."""

    last_close: date | None
    lag_days: int
    running: bool
    failures: int


def night_state(today: date) -> NightState:
    """For the officers' first page."""
    last = last_close()
    yesterday = today - timedelta(days=1)
    newest = JobRun.objects.filter(kind=CLOSE).order_by("-pk").first()
    return NightState(
        last_close=last,
        lag_days=max((yesterday - last).days, 0) if last else 0,
        running=bool(unfinished()),
        failures=newest.failures.count() if newest else 0,
    )


@dataclass(frozen=True)
class OverdueIn:
    """What is overdue in one bucket."""

    bucket: str
    label: str
    shares: int
    outstanding: Decimal


def overdue_by_bucket(unions: Any) -> list[OverdueIn]:
    """Overdue shares of these unions (a queryset or ids) by bucket, the mildest first."""
    rows = (
        Share.objects.filter(
            state=Share.State.FORMED, overdue_since__isnull=False, loan__union__in=unions
        )
        .order_by()
        .values("bucket")
        .annotate(
            shares=Count("pk"),
            outstanding=Coalesce(Sum(F("principal_outstanding")), ZERO, output_field=MoneyField()),
        )
    )
    found = {row["bucket"]: row for row in rows}
    return [
        OverdueIn(
            bucket,
            str(Share.Bucket(bucket).label),
            found[bucket]["shares"] if bucket in found else 0,
            found[bucket]["outstanding"] if bucket in found else ZERO,
        )
        for bucket in OVERDUE
    ]
