"""The life of a run: started, planned, worked off chunk by chunk, finished once.

Locks: a chunk's row for the length of its work; a run's row while it is planned and ended. Nobody
waits for either: who finds one taken leaves it to the taker or to the sweep.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.jobs.faults import Fault, passes_by_itself, told
from core.jobs.kinds import job_kind
from core.jobs.progress import Progress, progress_of, unfinished_runs
from core.jobs.queue import CHUNK, PLAN, wake_after_commit
from core.models import JobChunk, JobFailure, JobRun

# A chunk that was begun this often and never ended kills its workers: it is split like a fault.
MOST_STARTS = 4
_WAIT_SECONDS = 0.5
_WAITS_BEFORE_GIVING_UP = 120


def start_job(
    *, kind: str, key: str, by: Any, at: datetime, scope: str = "", parameters: Any = None
) -> JobRun:
    """The run of this kind and key, which is queued unless it exists already.

    Raises:
        KeyError: the kind is not registered.
    """
    job_kind(kind)
    run, created = JobRun.objects.get_or_create(
        kind=kind,
        key=key,
        defaults={
            "scope": scope,
            "parameters": parameters or {},
            "requested_by": by,
            "queued_at": at,
        },
    )
    if created:
        wake_after_commit(PLAN, [run.pk])
    return run


def plan_job(run_id: int) -> bool:
    """Prepare a queued run and cut it into chunks; False when there was nothing to plan.

    What the kind's ``plan`` writes is committed together with the chunks. A plan that fails ends
    the run with its reason.

    Raises:
        Exception: one that passes by itself; nothing was written and the sweep tries again.
    """
    with transaction.atomic():
        run = _take_run(run_id, JobRun.State.QUEUED)
        if run is None:
            return False
        run.started_at = timezone.now()
        try:
            with _whole_or_nothing():
                run.size = job_kind(run.kind).plan(run)
        except Exception as error:
            if passes_by_itself(error):
                raise
            _end(run, JobRun.State.FAILED, told(error).reason)
            return True
        run.state = JobRun.State.RUNNING
        run.save(update_fields=["started_at", "size", "state"])
        wake_after_commit(CHUNK, _cut(run))
    finish_job(run_id)
    return True


def run_chunk(chunk_id: int) -> bool:
    """Do one chunk and end the run if it was the last; False when it is not ours to do.

    A chunk that fails is split in two; a single item that fails becomes a ``JobFailure``.

    Raises:
        Exception: one that passes by itself; nothing was written and the sweep tries again.
    """
    if not _count_start(chunk_id):
        return False
    try:
        with transaction.atomic():
            chunk = claim(chunk_id)
            if chunk is None:
                return False
            _do(chunk)
    except Exception as error:
        if passes_by_itself(error):
            _uncount_start(chunk_id)
        raise
    finish_job(chunk.run_id)
    return True


def claim(chunk_id: int) -> JobChunk | None:
    """The chunk, its row locked until the transaction ends; None when done or being done."""
    return (
        JobChunk.objects.select_related("run")
        .select_for_update(of=("self",), no_key=True, skip_locked=True)
        .filter(pk=chunk_id, state=JobChunk.State.PENDING, run__state=JobRun.State.RUNNING)
        .order_by("pk")
        .first()
    )


def finish_job(run_id: int) -> bool:
    """End a running run that has no chunk left; True for the one caller who did it."""
    if _has_work(run_id):
        return False
    with transaction.atomic():
        run = _take_run(run_id, JobRun.State.RUNNING)
        if run is None or _has_work(run_id):
            return False
        try:
            with _whole_or_nothing():
                job_kind(run.kind).finish(run)
        except Exception as error:
            if passes_by_itself(error):
                raise
            _end(run, JobRun.State.FAILED, told(error).reason)
            return True
        failed = JobFailure.objects.filter(run=run).exists()
        _end(run, JobRun.State.DONE_WITH_FAILURES if failed else JobRun.State.DONE)
    return True


def run_job_now(run: JobRun, progress: Callable[[Progress], None] | None = None) -> Progress:
    """Work a run off in this process, beside whatever workers there are; its final progress.

    Raises:
        Exception: one that should pass by itself and did not for a minute.
    """
    waits = 0
    while True:
        try:
            state = progress_of(run.pk)
            if progress is not None:
                progress(state)
            if state.finished:
                return state
            moved = _move_on(run.pk, state.state)
        except Exception as error:
            if not passes_by_itself(error) or waits >= _WAITS_BEFORE_GIVING_UP:
                raise
            moved = False
            if connection.connection is not None and not connection.is_usable():
                connection.close()
        if not moved:
            waits += 1
            time.sleep(_WAIT_SECONDS)


def work_off(*kinds: str, progress: Callable[[Progress], None] | None = None) -> list[JobRun]:
    """Do all runs of some kinds that are under way, and those that they start, in this process.

    The oldest first; the runs as they ended.
    """
    ended: list[JobRun] = []
    while runs := unfinished_runs(*kinds):
        for run in runs:
            run_job_now(run, progress)
            run.refresh_from_db()
            ended.append(run)
    return ended


def _move_on(run_id: int, state: str) -> bool:
    """One step of a run: plan it, do its first free chunk, or end it. False when all is taken."""
    if state == JobRun.State.QUEUED:
        return plan_job(run_id)
    chunks = JobChunk.objects.filter(run_id=run_id, state=JobChunk.State.PENDING)
    with transaction.atomic():
        free = (
            chunks.order_by("first", "pk")
            .select_for_update(of=("self",), no_key=True, skip_locked=True)
            .values_list("pk", flat=True)
            .first()
        )
    return run_chunk(free) if free is not None else finish_job(run_id)


def _take_run(run_id: int, state: str) -> JobRun | None:
    return (
        JobRun.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        .filter(pk=run_id, state=state)
        .order_by("pk")
        .first()
    )


def _has_work(run_id: int) -> bool:
    return JobChunk.objects.filter(run_id=run_id, state=JobChunk.State.PENDING).exists()


def _cut(run: JobRun) -> list[int]:
    """Write the chunks of a planned run; their keys."""
    step = job_kind(run.kind).chunk_size
    chunks = [
        JobChunk(run=run, first=first, last=min(first + step, run.size))
        for first in range(0, run.size, step)
    ]
    return [chunk.pk for chunk in JobChunk.objects.bulk_create(chunks)]


def _do(chunk: JobChunk) -> None:
    """Do a claimed chunk, or break it up when it fails."""
    if chunk.attempts > MOST_STARTS:
        lost = _("办到这一项时程序几次中断，已跳过。请联系管理员。")
        _break_up(chunk, Fault("worker_lost", lost))
        return
    try:
        with _whole_or_nothing():
            job_kind(chunk.run.kind).do_items(chunk.run, chunk.first, chunk.last)
    except Exception as error:
        if passes_by_itself(error):
            raise
        _break_up(chunk, told(error))
    else:
        _close(chunk, JobChunk.State.DONE)


def _break_up(chunk: JobChunk, fault: Fault) -> None:
    """Halve a chunk, or record its only item as failed."""
    if chunk.last - chunk.first == 1:
        JobFailure.objects.create(
            run=chunk.run,
            item=chunk.first,
            code=fault.code,
            reason=fault.reason,
            at=timezone.now(),
        )
        _close(chunk, JobChunk.State.FAILED)
        return
    middle = (chunk.first + chunk.last) // 2
    halves = JobChunk.objects.bulk_create(
        [
            JobChunk(run=chunk.run, first=chunk.first, last=middle),
            JobChunk(run=chunk.run, first=middle, last=chunk.last),
        ]
    )
    _close(chunk, JobChunk.State.SPLIT)
    wake_after_commit(CHUNK, [half.pk for half in halves])


def _close(chunk: JobChunk, state: str) -> None:
    chunk.state = state
    chunk.ended_at = timezone.now()
    chunk.save(update_fields=["state", "ended_at"])


def _end(run: JobRun, state: str, reason: str = "") -> None:
    run.state = state
    run.reason = reason
    run.finished_at = timezone.now()
    run.save(update_fields=["state", "reason", "finished_at", "started_at"])


@contextmanager
def _whole_or_nothing() -> Iterator[None]:
    """A savepoint that also brings forward what the database would only check at commit."""
    with transaction.atomic():
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _count_start(chunk_id: int) -> bool:
    """Note, in a transaction of its own, that a chunk is begun; False when it is not free."""
    with transaction.atomic():
        chunk = claim(chunk_id)
        if chunk is None:
            return False
        chunk.attempts += 1
        chunk.save(update_fields=["attempts"])
    return True


def _uncount_start(chunk_id: int) -> None:
    """Take back a start that ended in an error which passes; best effort, the database may be away."""
    try:
        with transaction.atomic():
            chunk = claim(chunk_id)
            if chunk is not None and chunk.attempts:
                chunk.attempts -= 1
                chunk.save(update_fields=["attempts"])
    except Exception as error:
        if not passes_by_itself(error):
            raise
