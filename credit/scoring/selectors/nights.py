"""What the last nights scored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from core.models import JobRun

SCORE = "scoring.score_members"
_ENDED = (JobRun.State.DONE, JobRun.State.DONE_WITH_FAILURES)


@dataclass(frozen=True)
class LastNight:
    """The last run that ended: its date, its card, and from when on changes are news."""

    on: date
    card: int
    since: datetime


def last_night() -> LastNight | None:
    """The ended run of the latest date."""
    runs = JobRun.objects.filter(kind=SCORE, state__in=_ENDED).order_by("-parameters__on", "-pk")
    run = runs.first()
    if run is None:
        return None
    told = run.parameters
    return LastNight(
        date.fromisoformat(told["on"]), told["card"], datetime.fromisoformat(told["since"])
    )
