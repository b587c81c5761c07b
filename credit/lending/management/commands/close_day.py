"""``manage.py close_day``: the close of a business date in this process, with its progress."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from core.dates import today
from core.errors import Refused
from core.jobs import Progress
from core.jobs.kinds import job_title
from core.models import JobRun
from credit.lending.services.nightly import close_day, work_off

BAD_INPUT = 2


class Command(BaseCommand):
    """Twice changes nothing; dates that were missed are closed with it."""

    help = "Close a business date (yesterday by default) and all dates since the last close."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--date", type=date.fromisoformat, help="YYYY-MM-DD, before today")

    def handle(self, *args: Any, **options: Any) -> None:
        """Start the run unless there is nothing to do, and work off all that is under way."""
        on = options["date"] or today() - timedelta(days=1)
        work_off(self._show)
        try:
            close_day(on=on, at=timezone.now())
        except Refused as refused:
            if refused.code != "day_closed":
                raise CommandError(str(refused), returncode=BAD_INPUT) from refused
            self.stdout.write(str(refused))
            return
        for run in work_off(self._show):
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
