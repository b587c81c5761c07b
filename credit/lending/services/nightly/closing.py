"""The close of a business date, in chunks of shares: one pass, however many dates were missed.

A share's lateness is a function of one date in its own row (``next_due_on``) and of the business
date. So a chunk is two statements over a range of keys: marks of the steps that fall into the
days since the last close, and the buckets of the shares that took one. Only those are read.

A repayment never waits for the night longer than the second statement takes, and the night hardly
ever for a repayment: if a chunk does not get all its shares at once, those that are being worked on
are skipped, and done at the end if what happened to them did not. A share is never put into a milder bucket: what was projected on a later
day knew more.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import F, Func, JSONField, Min, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.dates import business_date
from core.errors import Busy, Refused, is_busy
from core.jobs import JobKind, Progress, start_job
from core.jobs import work_off as core_work_off
from core.models import JobRun
from credit.lending.models import Share
from credit.lending.selectors.nights import CLOSE, UNION_DAYS, last_close, unfinished
from credit.lending.services.nightly.steps import (
    COMMIT_WITHOUT_WAITING,
    Crossing,
    bucket_sql,
    crossings,
    next_step_sql,
)

CHUNK = 40_000

# The dates are said twice: of a list the planner knows how many shares it finds, of a join it guesses.
_MARK = """
INSERT INTO lending_nightmark ("on", kind, share_id, outstanding, bucket)
SELECT crossing."on", crossing.kind, share.id, share.principal_outstanding, crossing.bucket
FROM unnest(%(due_on)s::date[], %(on)s::date[], %(kind)s::text[], %(bucket)s::text[])
    AS crossing (due_on, "on", kind, bucket)
JOIN lending_share share ON share.next_due_on = crossing.due_on
WHERE share.state = 'formed' AND share.id >= %(first)s AND share.id < %(last)s
    AND share.next_due_on = ANY(%(due_on)s::date[])
"""
_AGAIN = "ON CONFLICT DO NOTHING"

_LATE = f"""
    state = 'formed' AND next_due_on = ANY(%(late)s::date[])
    AND id >= %(first)s AND id < %(last)s
    AND %(day)s::date - next_due_on >= {next_step_sql("bucket")}
"""
_MOVED = f"""
    overdue_since = next_due_on, closed_on = %(day)s::date,
    bucket = {bucket_sql("(%(day)s::date - next_due_on)")}
"""
_AT_ONCE = f"UPDATE lending_share SET {_MOVED} WHERE {_LATE}"  # noqa: S608 - as above
_PATIENCE = "SET LOCAL lock_timeout = '50ms'"
# Locking first lets rows be skipped, and takes as long again. State and step are asked again of the row as it is once it is locked; the range of keys too, or
# the planner would look for the locked rows in the whole table.
_MOVE = f"""
WITH free AS MATERIALIZED (
    SELECT id FROM lending_share
    WHERE state = 'formed' AND next_due_on = ANY(%(late)s::date[])
        AND id >= %(first)s AND id < %(last)s AND id <> ALL(%(failed)s::bigint[])
        AND %(day)s::date - next_due_on >= {next_step_sql("bucket")}
    ORDER BY id FOR NO KEY UPDATE {{wait}}
)
UPDATE lending_share share
SET overdue_since = share.next_due_on, closed_on = %(day)s::date,
    bucket = {bucket_sql("(%(day)s::date - share.next_due_on)")}
FROM free
WHERE share.id = free.id AND share.id >= %(first)s AND share.id < %(last)s
    AND share.state = 'formed'
    AND %(day)s::date - share.next_due_on >= {next_step_sql("share.bucket")}
"""  # noqa: S608 - only constants of this module are put in


def close_day(*, on: date, by: Any = None, at: datetime) -> JobRun:
    """Have a business date closed, and every date since the last close with it.

    Raises:
        Refused: ``day_not_over`` for today and later, ``day_closed`` when there is nothing to do.
    """
    if on >= business_date(at):
        raise Refused(
            "day_not_over",
            _("%(day)s 还没有过完，不能日终。") % {"day": on},
            way_on=_("最晚可以办到昨天。"),
        )
    last = last_close()
    if last is not None and on <= last:
        raise Refused("day_closed", _("%(day)s 已经日终，没有要办的。") % {"day": on}, last=last)
    return start_job(kind=CLOSE, key=_key(on), by=by, at=at, parameters={"on": on.isoformat()})


def _key(on: date) -> str:
    """The date; a run that failed as a whole keeps its own, and the next one is numbered."""
    failed = JobRun.objects.filter(
        kind=CLOSE, parameters__on=on.isoformat(), state=JobRun.State.FAILED
    ).count()
    return f"{on.isoformat()}/{failed + 1}" if failed else on.isoformat()


def work_off(progress: Callable[[Progress], None] | None = None) -> list[JobRun]:
    """Do all closes that are under way in this process, the oldest first; the runs as they ended."""
    return core_work_off(CLOSE, UNION_DAYS, progress=progress)


def plan(run: JobRun) -> int:
    """Fix the range of dates and of shares.

    Raises:
        Busy: an earlier close is under way; the sweep tries again.
    """
    if any(other.pk < run.pk for other in unfinished(CLOSE)):
        raise Busy()
    on = date.fromisoformat(run.parameters["on"])
    after = last_close(clean=True) or _first_delivery(on) - timedelta(days=1)
    keys = Share.objects.filter(state=Share.State.FORMED).values_list("pk", flat=True)
    first, last = keys.order_by("pk").first(), keys.order_by("-pk").first()
    run.parameters |= {
        "after": after.isoformat(),
        "first": first or 0,
        "again": _was_tried(after, run),
    }
    run.save(update_fields=["parameters"])
    if after >= on or first is None or last is None:
        return 0
    return last - first + 1


def _first_delivery(on: date) -> date:
    """From when on there was anything to close, before the first close ever."""
    formed = Share.objects.filter(state=Share.State.FORMED)
    first: date | None = formed.aggregate(first=Min("delivered_on"))["first"]
    return first or on


def _was_tried(after: date, run: JobRun) -> bool:
    """Whether an earlier run has written marks of these dates: it had failures, or failed."""
    return JobRun.objects.filter(
        kind=CLOSE, parameters__on__gt=after.isoformat(), pk__lt=run.pk
    ).exists()


def do_shares(run: JobRun, first: int, last: int) -> None:
    """Mark and move the shares of a range of keys."""
    figures = _figures(run, first, last)
    with connection.cursor() as cursor:
        cursor.execute(COMMIT_WITHOUT_WAITING)
        cursor.execute(_MARK + (_AGAIN if run.parameters["again"] else ""), figures)
        if not _moved_at_once(cursor, figures):
            cursor.execute(_MOVE.format(wait="SKIP LOCKED"), figures)
            JobRun.objects.filter(pk=run.pk).update(parameters=_with_rest())


def _moved_at_once(cursor: Any, figures: dict[str, Any]) -> bool:
    """Move all shares of a chunk, unless somebody keeps one for longer than a moment."""
    try:
        with transaction.atomic():
            cursor.execute(_PATIENCE)
            cursor.execute(_AT_ONCE, figures)
    except OperationalError as error:
        if not is_busy(error):
            raise
        return False
    return True


def _with_rest() -> Any:
    """The parameters of a run that has left something to its end."""
    return Func(
        F("parameters"),
        Value({"rest": True}, JSONField()),
        arg_joiner=" || ",
        template="%(expressions)s",
    )


def finish(run: JobRun) -> None:
    """Move what was skipped, waiting for it, and have the unions' figures written."""
    if run.parameters.get("rest"):
        with connection.cursor() as cursor:
            failed = run.failures.order_by("item").values_list("item", flat=True)
            left_out = [run.parameters["first"] + item for item in failed]
            figures = _figures(run, 0, run.size) | {"failed": left_out}
            cursor.execute(_MOVE.format(wait=""), figures)
    if run.parameters["after"] >= run.parameters["on"]:
        return
    start_job(
        kind=UNION_DAYS,
        key=run.key,
        by=run.requested_by,
        at=run.queued_at,
        parameters={"on": run.parameters["on"]},
    )


def _figures(run: JobRun, first: int, last: int) -> dict[str, Any]:
    on = date.fromisoformat(run.parameters["on"])
    found = crossings(date.fromisoformat(run.parameters["after"]), on)
    return {
        "day": on,
        "first": run.parameters["first"] + first,
        "last": run.parameters["first"] + last,
        "failed": [],
        "late": _late(found),
        "due_on": [crossing.due_on for crossing in found],
        "on": [crossing.on for crossing in found],
        "kind": [crossing.step.kind for crossing in found],
        "bucket": [crossing.step.bucket for crossing in found],
    }


def _late(found: list[Crossing]) -> list[date]:
    return sorted({crossing.due_on for crossing in found if crossing.step.days})


def _share_named(run: JobRun, item: int) -> str:
    return _("出借份额 %(number)s") % {"number": run.parameters["first"] + item}


KIND = JobKind(CLOSE, gettext_lazy("日终"), CHUNK, plan, do_shares, finish, _share_named)
