"""A kind of work for tests: it writes one row an item, without any constraint against doubles.

A worker with PROBE_HOLD="<items>:<file>" in its environment stands still in the middle of a chunk
once that many items are done; it then makes the file.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from django.db import connection

from core.errors import Refused
from core.jobs import JobKind, progress_of, register_job
from core.models import JobRun

TABLE = "test_probe_job"


def plan(run: JobRun) -> int:
    """As many items as the run's parameters say."""
    return int(run.parameters["items"])


def do_items(run: JobRun, first: int, last: int) -> None:
    """Write the items one by one; refuse those listed, fail at those listed, take some time."""
    for item in range(first, last):
        if item == (first + last) // 2:
            _stand_still_if_told(run)
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {TABLE} (run_id, item) VALUES (%s, %s)", [run.pk, item])
        if item in run.parameters.get("refused", []):
            raise Refused("odd", "这一项不行。")
        if item in run.parameters.get("broken", []):
            raise ZeroDivisionError
    time.sleep(run.parameters.get("seconds", 0))


def _stand_still_if_told(run: JobRun) -> None:
    items, _, file = os.environ.get("PROBE_HOLD", "").partition(":")
    if items and progress_of(run.pk).done >= int(items):
        Path(file).touch()
        signal.pause()


def finish(run: JobRun) -> None:
    """Write one row with item -1."""
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {TABLE} (run_id, item) VALUES (%s, -1)", [run.pk])


def make_table() -> None:
    """Create the table the items are written to."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {TABLE} (run_id bigint, item int)")


def drop_table() -> None:
    """Remove it."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")


def items_of(run: JobRun) -> list[int]:
    """The items written so far, sorted, doubles included, without the mark of the end."""
    return [item for item in _written(run) if item >= 0]


def ends_of(run: JobRun) -> int:
    """How often the finish hook ran."""
    return _written(run).count(-1)


def _written(run: JobRun) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT item FROM {TABLE} WHERE run_id = %s ORDER BY item", [run.pk])
        return [item for (item,) in cursor.fetchall()]


PROBE = JobKind("test.probe", "试验", 20, plan, do_items, finish)


def register() -> None:
    """Make the kind known."""
    register_job(PROBE)
