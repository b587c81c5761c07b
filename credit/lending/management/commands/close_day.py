"""``manage.py close_day``: the close of a business date in this process, with its progress."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management import CommandError
from django.utils import timezone

from core.dates import today
from core.errors import Refused
from core.management.job_command import BAD_INPUT, JobCommand
from credit.lending.services.nightly import close_day, work_off


class Command(JobCommand):
    """Twice changes nothing; dates that were missed are closed with it."""

    help = "Close a business date (yesterday by default) and all dates since the last close."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--date", type=date.fromisoformat, help="YYYY-MM-DD, before today")

    def handle(self, *args: Any, **options: Any) -> None:
        """Start the run unless there is nothing to do, and work off all that is under way."""
        on = options["date"] or today() - timedelta(days=1)
        work_off(self.show)
        try:
            close_day(on=on, at=timezone.now())
        except Refused as refused:
            if refused.code != "day_closed":
                raise CommandError(str(refused), returncode=BAD_INPUT) from refused
            self.stdout.write(str(refused))
            return
        for run in work_off(self.show):
            self.tell(run)
