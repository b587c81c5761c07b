"""The tasks of the foundation: planning, chunks, and the sweeps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.utils import timezone

from core import files
from core.jobs import running, sweeping
from core.jobs.faults import passes_by_itself

_RETRY_SECONDS = 5


# A plan that kills its worker is tried again by the sweep, once a minute, and not at once.
@shared_task(name="core.plan_job", reject_on_worker_lost=False)
def plan_job(run_id: int) -> None:
    """Plan one run."""
    running.plan_job(run_id)


@shared_task(name="core.run_chunk", bind=True, max_retries=5)
def run_chunk(self, chunk_id: int) -> None:  # type: ignore[no-untyped-def]
    """Do one chunk; locks and lost connections are tried again shortly, later by the sweep."""
    try:
        running.run_chunk(chunk_id)
    except Exception as error:
        if passes_by_itself(error):
            raise self.retry(exc=error, countdown=_RETRY_SECONDS) from error
        raise


@shared_task(name="core.resume_jobs")
def resume_jobs(quiet_seconds: int | None = None) -> int:
    """Every minute, and when a worker starts: pick up what was dropped."""
    quiet = sweeping.QUIET if quiet_seconds is None else timedelta(seconds=quiet_seconds)
    return sweeping.resume_jobs(now=timezone.now(), quiet=quiet)


@worker_ready.connect
def _pick_up_at_once(sender: Any, **_kwargs: object) -> None:
    """A worker that starts after a crash does not wait for the sweep."""
    sender.app.send_task("core.resume_jobs", kwargs={"quiet_seconds": 0})


@shared_task(name="core.sweep_files")
def sweep_files() -> int:
    """Every night: remove files that no row names."""
    return files.sweep_files(now=timezone.now())
