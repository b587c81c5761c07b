"""The nights of ``tests.killed_database``; Django is set up by importing this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import django

django.setup()

# ruff: noqa: E402 - the apps must be ready first
from django.core.management import call_command
from django.utils import timezone

from benchmarks.lending_book import write_small_book
from core.jobs import job_kind, register_job, run_job_now
from core.models import JobRun
from credit.lending.models import NightMark, Share, UnionDay
from credit.lending.services.nightly import close_day, work_off
from credit.lending.services.nightly.closing import KIND


def prepare(start: date) -> None:
    """A migrated database with 200 loans that never pay."""
    call_command("migrate", verbosity=0)
    write_small_book(200, start)


def close(on: date, chunk: int, disturb: Callable[[], None] | None = None) -> list[Any]:
    """Close a date; ``disturb`` is called once, when the second chunk has been written."""
    disturbed = []

    def do_items(run: JobRun, first: int, last: int) -> None:
        KIND.do_items(run, first, last)
        if disturb is not None and first == chunk and not disturbed:
            disturbed.append(first)
            disturb()

    register_job(replace(job_kind(KIND.code), chunk_size=chunk, do_items=do_items))
    run = run_job_now(close_day(on=on, at=timezone.now().replace(year=on.year + 1)))
    work_off()
    assert run.state == "done", run
    assert bool(disturbed) == (disturb is not None)
    return [
        list(NightMark.objects.order_by("on", "share", "kind").values_list()),
        list(
            Share.objects.order_by("pk").values_list("pk", "overdue_since", "bucket", "closed_on")
        ),
        list(UnionDay.objects.order_by("union", "on").values_list("union", "on", "outstanding")),
        list(JobRun.objects.order_by("kind").values_list("kind", "key", "state", "size")),
    ]


def forget() -> None:
    """The book as it was before any night."""
    NightMark.objects.all().delete()
    UnionDay.objects.all().delete()
    JobRun.objects.all().delete()
    Share.objects.update(overdue_since=None, bucket="current", closed_on=None)
