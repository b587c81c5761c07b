"""``manage.py score_members``: the scores of a business date in this process, with its progress."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from core.dates import today
from core.errors import Refused
from core.jobs import Progress
from core.jobs.kinds import job_title
from core.models import JobRun
from credit.scoring.services.nightly import score_members, work_off

BAD_INPUT = 2


class Command(BaseCommand):
    """Twice changes nothing; by default only members of whom something changed are scored."""

    help = "Score the members as of a business date (today by default)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--date", type=date.fromisoformat, help="YYYY-MM-DD, not after today")
        parser.add_argument("--full", action="store_true", help="all members, changed or not")

    def handle(self, *args: Any, **options: Any) -> None:
        """Start the run unless it has been, and work off all that is under way."""
        work_off(self._show)
        try:
            run = score_members(
                on=options["date"] or today(), full=options["full"], at=timezone.now()
            )
        except Refused as refused:
            raise CommandError(str(refused), returncode=BAD_INPUT) from refused
        work_off(self._show)
        run.refresh_from_db()
        self._tell(run)

    def _show(self, progress: Progress) -> None:
        self.stdout.write(f"\r{progress.handled} / {progress.total}", ending="")
        self.stdout.flush()

    def _tell(self, run: JobRun) -> None:
        self.stdout.write(f"\r{job_title(run.kind)} {run.key}：{run.get_state_display()}")
        for failure in run.failures.order_by("item"):
            self.stdout.write(f"  {failure.item} {failure.reason}")
        if run.state == JobRun.State.FAILED:
            raise CommandError(run.reason)
