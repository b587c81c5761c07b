"""What commands share that work runs off in their own process."""

from __future__ import annotations

from django.core.management import BaseCommand, CommandError

from core.jobs import Progress
from core.jobs.kinds import job_title
from core.models import JobRun

BAD_INPUT = 2


class JobCommand(BaseCommand):
    """Shows a run's progress on one line, and how it ended."""

    def show(self, progress: Progress) -> None:
        """Items behind us, of all."""
        self.stdout.write(f"\r{progress.handled} / {progress.total}", ending="")
        self.stdout.flush()

    def tell(self, run: JobRun) -> None:
        """The end of a run, with the items that failed.

        Raises:
            CommandError: the run failed as a whole.
        """
        self.stdout.write(f"\r{job_title(run.kind)} {run.key}：{run.get_state_display()}")
        for failure in run.failures.order_by("item"):
            self.stdout.write(f"  {failure.item} {failure.reason}")
        if run.state == JobRun.State.FAILED:
            raise CommandError(run.reason)
