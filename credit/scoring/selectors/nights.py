"""What the last nights scored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from cooperative.consent.vocabulary import SCORING
from core.models import JobRun
from credit.scoring.indicators import sources

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


# Who agreed to be scored, or does not any more.
_AGREED = """(
    SELECT member_id FROM consent_consent
    WHERE purpose = %(purpose)s AND (given_at > %(since)s OR withdrawn_at > %(since)s
        OR (valid_until > %(since)s AND valid_until <= %(now)s))
)"""


def changed_since(last: LastNight, on: date, now: datetime, *, most: int) -> list[int] | None:
    """The keys of members whose score may be another one than at the last night; one query.

    None: more than ``most``.
    """
    union = " UNION ".join([_AGREED, *(f"({source.changed})" for source in sources())])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT member_id FROM ({union}) changed ORDER BY member_id LIMIT %(most)s + 1",  # noqa: S608
            {
                "since": last.since,
                "after": last.on,
                "day": on,
                "purpose": SCORING,
                "now": now,
                "most": most,
            },
        )
        found = [member for (member,) in cursor.fetchall()]
    return found if len(found) <= most else None
