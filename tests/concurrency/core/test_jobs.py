"""Workers side by side, and workers that are killed for real (I15)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from celery import current_app
from django.db import connection
from django.utils import timezone

from config.embedded import tie_to_parent
from core.jobs import kinds, progress_of, running, start_job, sweeping
from core.jobs.running import plan_job, run_chunk, run_job_now
from core.models import JobChunk, JobRun
from tests import probe_job
from tests.race import WAIT_SECONDS, meet, race

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
AT = datetime(2026, 5, 20, 2, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def probe(transactional_db: None) -> Iterator[None]:
    probe_job.make_table()
    with mock.patch.dict(kinds._KINDS, {probe_job.PROBE.code: probe_job.PROBE}):
        yield
    probe_job.drop_table()


def planned(**parameters: Any) -> JobRun:
    run = start_job(kind="test.probe", key=uuid.uuid4().hex, by=None, at=AT, parameters=parameters)
    plan_job(run.pk)
    return run


def do_the_chunk_twice() -> tuple[JobRun, list[bool]]:
    """Two workers at one chunk; neither commits before both have done it, if both may."""
    run = planned(items=10)
    chunk = JobChunk.objects.get(run=run)

    def do_items_and_meet(*args: Any) -> None:
        probe_job.do_items(*args)
        meet()

    held = replace(probe_job.PROBE, do_items=do_items_and_meet)
    with mock.patch.dict(kinds._KINDS, {held.code: held}):
        return run, race(lambda: run_chunk(chunk.pk), lambda: run_chunk(chunk.pk))


def test_one_of_two_workers_does_the_chunk() -> None:
    run, answers = do_the_chunk_twice()
    assert sorted(answers) == [False, True]
    assert probe_job.items_of(run) == list(range(10))


def test_without_the_lock_both_would_do_it() -> None:
    """The twin: the same race with a claim that takes no lock does every item twice."""

    def unlocked(chunk_id: int) -> JobChunk | None:
        return JobChunk.objects.filter(pk=chunk_id, state="pending").order_by("pk").first()

    with mock.patch.object(running, "claim", unlocked):
        run, answers = do_the_chunk_twice()
    assert answers == [True, True]
    assert probe_job.items_of(run) == sorted(list(range(10)) * 2)


def test_two_workers_share_a_run_and_end_it_once() -> None:
    run = planned(items=400, refused=[13, 399])
    race(lambda: run_job_now(run), lambda: run_job_now(run), lambda: run_job_now(run))
    assert probe_job.items_of(run) == [n for n in range(400) if n not in (13, 399)]
    assert probe_job.ends_of(run) == 1
    assert progress_of(run.pk).state == "done_with_failures"


def test_two_starts_at_once_are_one_run() -> None:
    def start() -> int:
        return start_job(kind="test.probe", key="same", by=None, at=AT, parameters={"items": 1}).pk

    first, second = race(start, start)
    assert first == second


def test_two_planners_at_once_cut_the_run_once() -> None:
    run = start_job(kind="test.probe", key="p", by=None, at=AT, parameters={"items": 45})
    race(lambda: plan_job(run.pk), lambda: plan_job(run.pk))
    assert JobChunk.objects.filter(run=run).count() == 3


@contextmanager
def worker(queue: str, hold: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """A real Celery worker on the test's database and a queue of its own."""
    database, _, _name = os.environ["DATABASE_URL"].rpartition("/")
    environment = os.environ | {
        "DATABASE_URL": f"{database}/{connection.settings_dict['NAME']}",
        "PROBE_QUEUE": queue,
        "PROBE_HOLD": hold,
    }
    command = [sys.executable, "-m", "celery", "-A", "tests.probe_worker", "worker"]
    options = ["-P", "solo", "-Q", queue, "-l", "ERROR", "--without-gossip", "--without-mingle"]
    process = subprocess.Popen(
        command + options,
        cwd=ROOT,
        env=environment,
        preexec_fn=tie_to_parent(signal.SIGKILL),
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "not reached in time"
        time.sleep(0.05)


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """kill -9 in the middle of a chunk; two workers that start pick the rest up: the same end state."""
    queue = f"probe-{uuid.uuid4().hex}"
    run = start_job(
        kind="test.probe",
        key=queue,
        by=None,
        at=timezone.now(),
        parameters={"items": 400, "seconds": 0.08, "refused": [250]},
    )
    current_app.send_task("core.plan_job", args=[run.pk], queue=queue)
    half = tmp_path / "half"
    with worker(queue, hold=f"60:{half}") as first:
        wait_until(half.exists)
        first.send_signal(signal.SIGKILL)
        first.wait()
    assert (progress_of(run.pk).done, len(probe_job.items_of(run))) == (60, 60)
    # The server lets go of the dead worker's chunk when it notices; the sweep takes what is free.
    wait_until(lambda: len(sweeping._free_chunks(run.pk)) == 17)

    with worker(queue), worker(queue):
        wait_until(lambda: progress_of(run.pk).finished)
    assert probe_job.items_of(run) == [n for n in range(400) if n != 250]
    assert probe_job.ends_of(run) == 1
    assert progress_of(run.pk).state == "done_with_failures"
