"""``manage.py remind_repayments``: the reminders of a day in this process."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management import CommandError
from django.utils import timezone

from core.dates import today
from core.jobs import run_job_now
from core.management.job_command import BAD_INPUT, JobCommand
from credit.lending.services.nightly import remind


class Command(JobCommand):
    """Twice tells nobody twice."""

    help = "Send the repayment reminders of a day (today by default)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--date", type=date.fromisoformat, help="YYYY-MM-DD, not after today")

    def handle(self, *args: Any, **options: Any) -> None:
        """Work the day's run off here; one that has ended stays as it is."""
        day = options["date"] or today()
        if day > today():
            raise CommandError("还没到那一天，不能提醒。", returncode=BAD_INPUT)
        final = run_job_now(remind(today=day, at=timezone.now()), self.show)
        self.stdout.write(f"\r{day}：借款 {final.done} 笔，没有办成 {final.failed} 笔。")
