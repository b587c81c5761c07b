"""The nightly run: the scores of a business date, in chunks of members, each one statement.

By default only members are scored of whom something has changed since the last run; all of them on
the first of a month, when the card is another one, or when asked. What a chunk finds unchanged is
confirmed and not written again, so that a date scored twice changes nothing (I15). A run keeps the
card that was active when it was planned.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperative.consent.vocabulary import SCORING
from cooperative.membership.models import Member
from core.dates import business_date
from core.errors import Busy, Refused
from core.jobs import JobKind, Progress, start_job, unfinished_runs
from core.jobs import work_off as core_work_off
from core.models import JobRun
from credit.scoring.models import Scorecard
from credit.scoring.selectors.nights import SCORE, LastNight, changed_since, last_night
from credit.scoring.services.statements import statement_of

CHUNK = 10_000
# More of them are not named in a run: it scores all, which takes as long.
_MOST_NAMED = 100_000
# A deed is dated when it begins and seen when it is committed; none takes longer than that.
_OVERLAP = timedelta(minutes=15)


def score_members(*, on: date, full: bool = False, by: Any = None, at: datetime) -> JobRun:
    """Have the members who agreed to it scored as of a business date; a date that is done gives its run back.

    ``full``: all members, whatever has changed.

    Raises:
        Refused: ``day_to_come``, ``day_scored``: a later date has been scored.
    """
    if on > business_date(at):
        raise Refused("day_to_come", _("%(day)s 还没到，不能评分。") % {"day": on})
    last = last_night()
    if last is not None and on < last.on:
        raise Refused(
            "day_scored",
            _("已经评到 %(last)s，不能再评更早的 %(day)s。") % {"last": last.on, "day": on},
            way_on=_("要重算，请评今天。"),
        )
    key = f"{on.isoformat()}/full" if full else on.isoformat()
    return start_job(
        kind=SCORE,
        key=key,
        by=by,
        at=at,
        parameters={"on": on.isoformat(), "full": full},
    )


def work_off(progress: Callable[[Progress], None] | None = None) -> list[JobRun]:
    """Do all runs that are under way in this process, the oldest first; the runs as they ended."""
    return core_work_off(SCORE, progress=progress)


def plan(run: JobRun) -> int:
    """Fix the card and the members.

    Raises:
        Busy: an earlier run is under way; the sweep tries again.
        Refused: ``no_card``: no card is active.
    """
    if any(other.pk < run.pk for other in unfinished_runs(SCORE)):
        raise Busy()
    card = Scorecard.objects.active().first()
    if card is None:
        raise Refused("no_card", _("还没有在用的评分卡。"), way_on=_("请先批准并启用一张。"))
    on, last, now = date.fromisoformat(run.parameters["on"]), last_night(), run.queued_at
    members = None
    if last is not None and not _all_of_them(run, card, last):
        members = changed_since(last, on, now, most=_MOST_NAMED)
    keys = Member.objects.order_by("pk").values_list("pk", flat=True)
    first, final = keys.first() or 0, keys.last() or 0
    run.parameters |= {
        "card": card.pk,
        "since": (now - _OVERLAP).isoformat(),
        "moment": now.isoformat(),
        "members": members,
        "first": first,
    }
    run.save(update_fields=["parameters"])
    if members is not None:
        return len(members)
    return final - first + 1 if final else 0


def _all_of_them(run: JobRun, card: Scorecard, last: LastNight) -> bool:
    on = date.fromisoformat(run.parameters["on"])
    if run.parameters["full"] or last.card != card.pk:
        return True
    # The first of a month may have been missed.
    return (on.year, on.month) != (last.on.year, last.on.month)


def do_members(run: JobRun, first: int, last: int) -> None:
    """Score some members."""
    told = run.parameters
    day = date.fromisoformat(told["on"])
    if told["members"] is None:
        place: dict[str, Any] = {"first": told["first"] + first, "last": told["first"] + last}
    else:
        place = {"members": told["members"][first:last]}
    with connection.cursor() as cursor:
        cursor.execute(
            statement_of(told["card"], by_range=told["members"] is None),
            {
                "day": day,
                "card": told["card"],
                "purpose": SCORING,
                "moment": told["moment"],
                **place,
            },
        )


def _member_named(run: JobRun, item: int) -> str:
    told = run.parameters
    number = told["first"] + item if told["members"] is None else told["members"][item]
    return _("成员 %(number)s") % {"number": number}


KIND = JobKind(
    SCORE, gettext_lazy("信用评分"), CHUNK, plan, do_members, describe_item=_member_named
)
