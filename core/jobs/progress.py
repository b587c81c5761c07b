"""How far a run is, read in one query at any time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.models import JobRun


@dataclass(frozen=True)
class Progress:
    """Items done and failed of a total; ``state`` as in ``JobRun.State``."""

    state: str
    total: int
    done: int
    failed: int
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen."""
        return self.finished_at is not None

    @property
    def handled(self) -> int:
        """Items that are behind us, done or failed."""
        return self.done + self.failed


def unfinished_runs(*kinds: str) -> list[JobRun]:
    """Runs of some kinds that are under way, the oldest first."""
    states = [JobRun.State.QUEUED, JobRun.State.RUNNING]
    return list(JobRun.objects.filter(kind__in=kinds, state__in=states).order_by("pk"))


def progress_of(run_id: int) -> Progress:
    """The progress of a run: the sum over its finished chunks.

    Raises:
        JobRun.DoesNotExist: no such run.
    """
    return progress_in(JobRun.objects.with_progress().get(pk=run_id))


def progress_in(run: JobRun) -> Progress:
    """The same from a row read by ``with_progress``, without another query."""
    return Progress(
        state=run.state,
        total=run.size,
        done=run.items_done,  # type: ignore[attr-defined]
        failed=run.items_failed,  # type: ignore[attr-defined]
        started_at=run.started_at,
        finished_at=run.finished_at,
    )
