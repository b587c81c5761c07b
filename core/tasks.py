"""The tasks of the foundation: planning, chunks, and the sweeps."""

from __future__ import annotations

from celery import shared_task
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
def resume_jobs() -> int:
    """Every minute: pick up what was dropped."""
    return sweeping.resume_jobs(now=timezone.now())


@shared_task(name="core.sweep_files")
def sweep_files() -> int:
    """Every night: remove files that no row names."""
    return files.sweep_files(now=timezone.now())
