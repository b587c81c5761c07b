"""``manage.py score_members``: the scores of a business date in this process, with its progress."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management import CommandError
from django.utils import timezone

from core.dates import today
from core.errors import Refused
from core.management.job_command import BAD_INPUT, JobCommand
from credit.scoring.services.nightly import score_members, work_off


class Command(JobCommand):
    """Twice changes nothing; by default only members of whom something changed are scored."""

    help = "Score the members as of a business date (today by default)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--date", type=date.fromisoformat, help="YYYY-MM-DD, not after today")
        parser.add_argument("--full", action="store_true", help="all members, changed or not")

    def handle(self, *args: Any, **options: Any) -> None:
        """Start the run unless it has been, and work off all that is under way."""
        work_off(self.show)
        try:
            run = score_members(
                on=options["date"] or today(), full=options["full"], at=timezone.now()
            )
        except Refused as refused:
            raise CommandError(str(refused), returncode=BAD_INPUT) from refused
        work_off(self.show)
        run.refresh_from_db()
        self.tell(run)
