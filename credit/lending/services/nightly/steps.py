"""The steps of being late, read off the pure rule, and the same rule as SQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from credit.lending.models import NightMark, Share
from credit.lending.rules.overdue import bucket
from credit.lending.services.projecting import BUCKETS

_LOOKED_AT = 400

# A chunk's rows and the note that it is done are one transaction, and the run's end is committed
# as usual and after them: what a crash may take is done again.
COMMIT_WITHOUT_WAITING = "SET LOCAL synchronous_commit = off"


@dataclass(frozen=True, order=True)
class Step:
    """So many days after its oldest unpaid day a share is here."""

    days: int
    kind: str
    bucket: str


def _steps() -> Iterator[Step]:
    yield Step(0, NightMark.Kind.DUE.value, Share.Bucket.CURRENT.value)
    for days in range(1, _LOOKED_AT):
        if bucket(days) != bucket(days - 1):
            kind = NightMark.Kind.OVERDUE if days == 1 else NightMark.Kind.BUCKET
            yield Step(days, kind.value, BUCKETS[bucket(days)].value)


STEPS = tuple(_steps())
LATE_STEPS = tuple(step for step in STEPS if step.days)


def bucket_sql(days: str) -> str:
    """An SQL expression for the bucket of so many days (an SQL expression too)."""
    whens = " ".join(f"WHEN {days} >= {s.days} THEN '{s.bucket}'" for s in reversed(LATE_STEPS))
    return f"CASE {whens} ELSE '{Share.Bucket.CURRENT.value}' END"


def next_step_sql(column: str) -> str:
    """An SQL expression for the days at which a share in this bucket goes deeper; NULL at the end."""
    whens = " ".join(f"WHEN '{step.bucket}' THEN {after.days}" for step, after in pairwise(STEPS))
    return f"CASE {column} {whens} END"


def between_sql(days: str, place: str) -> str:
    """An SQL condition: so many days are in this bucket."""
    step = next(step for step in LATE_STEPS if step.bucket == place)
    after = next((other for other in LATE_STEPS if other.days > step.days), None)
    below = f" AND {days} < {after.days}" if after else ""
    return f"{days} >= {step.days}{below}"


@dataclass(frozen=True)
class Crossing:
    """Shares whose oldest unpaid day is ``due_on`` take this step on ``on``."""

    due_on: date
    on: date
    step: Step


def crossings(after: date, on: date) -> list[Crossing]:
    """All that can happen in ``(after, on]``: five for each day, day by day."""
    days = [after + timedelta(days=n) for n in range(1, (on - after).days + 1)]
    return [Crossing(day - timedelta(days=step.days), day, step) for day in days for step in STEPS]
