"""What was dropped is picked up: runs nobody planned, chunks whose worker died."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from core.jobs.queue import CHUNK, PLAN, wake
from core.jobs.running import finish_job
from core.models import JobChunk, JobRun

# A run that moved within this time has workers; its messages are left alone.
QUIET = timedelta(seconds=20)
# Messages of the sweep die before the next sweep, so that they never pile up.
_EXPIRES_SECONDS = 55
_MOST_CHUNKS = 1000


def resume_jobs(*, now: datetime, quiet: timedelta = QUIET) -> int:
    """Queue again what stands still; the number of messages sent. Safe to call at any time.

    A message too many is harmless: its chunk is held or done, and it ends at once.
    """
    before = now - quiet
    waiting = _free_runs(before)
    wake(PLAN, waiting, expires=_EXPIRES_SECONDS)
    sent = len(waiting)
    for run_id in _standing_still(before):
        if not finish_job(run_id):
            chunks = _free_chunks(run_id)
            wake(CHUNK, chunks, expires=_EXPIRES_SECONDS)
            sent += len(chunks)
    return sent


def _free_runs(before: datetime) -> list[int]:
    """Queued runs nobody is planning."""
    with transaction.atomic():
        return list(
            JobRun.objects.filter(state=JobRun.State.QUEUED, queued_at__lte=before)
            .order_by("pk")
            .select_for_update(of=("self",), no_key=True, skip_locked=True)
            .values_list("pk", flat=True)
        )


def _standing_still(before: datetime) -> list[int]:
    """Running runs of which no chunk has ended lately."""
    lately = JobChunk.objects.filter(run=OuterRef("pk"), ended_at__gt=before)
    return list(
        JobRun.objects.filter(
            ~Q(Exists(lately)), state=JobRun.State.RUNNING, started_at__lte=before
        )
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def _free_chunks(run_id: int) -> list[int]:
    """Pending chunks no worker holds."""
    with transaction.atomic():
        return list(
            JobChunk.objects.filter(run_id=run_id, state=JobChunk.State.PENDING)
            .order_by("first", "pk")
            .select_for_update(of=("self",), no_key=True, skip_locked=True)
            .values_list("pk", flat=True)[:_MOST_CHUNKS]
        )
