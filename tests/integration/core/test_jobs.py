"""Runs of work: chunks, failures alone, kills, and the end that comes once (I15)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Refused
from core.jobs import JobKind, kinds, progress_of, register_job, running, start_job, sweeping
from core.jobs.running import plan_job, run_chunk, run_job_now
from core.models import JobChunk, JobFailure, JobRun
from tests import probe_job

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 20, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def probe(db: None) -> Iterator[None]:
    """The probe kind and its table; nothing is sent to the queue."""
    probe_job.make_table()
    with mock.patch.dict(kinds._KINDS, {probe_job.PROBE.code: probe_job.PROBE}):
        yield


def started(key: str = "1", **parameters: Any) -> JobRun:
    return start_job(kind="test.probe", key=key, by=None, at=AT, parameters=parameters)


class LockNotAvailable(Exception):
    """What the driver raises below Django when a lock could not be had in time."""

    pgcode = "55P03"


class Killed(BaseException):
    """What a killed worker looks like from inside: nothing catches it, the transaction is gone."""


def test_a_run_does_every_item_once_and_ends_once() -> None:
    run = started(items=45)
    final = run_job_now(run)
    assert (final.state, final.total, final.done, final.failed) == ("done", 45, 45, 0)
    assert probe_job.items_of(run) == list(range(45))
    assert probe_job.ends_of(run) == 1
    ranges = JobChunk.objects.order_by("first").values_list("first", "last", "state")
    assert list(ranges) == [(0, 20, "done"), (20, 40, "done"), (40, 45, "done")]


def test_starting_the_same_key_again_returns_the_same_run() -> None:
    first = started(items=3)
    run_job_now(first)
    again = started(items=99)
    assert again.pk == first.pk
    assert run_job_now(again).done == 3
    assert probe_job.ends_of(first) == 1


def test_a_run_without_items_ends_at_once() -> None:
    run = started(items=0)
    plan_job(run.pk)
    assert progress_of(run.pk).state == "done"
    assert probe_job.ends_of(run) == 1


def test_failing_items_are_alone_and_named() -> None:
    run = started(items=50, refused=[7, 49], broken=[8])
    final = run_job_now(run)
    assert (final.state, final.done, final.failed) == ("done_with_failures", 47, 3)
    assert probe_job.items_of(run) == [n for n in range(50) if n not in (7, 8, 49)]
    told = JobFailure.objects.order_by("item").values_list("item", "code", "reason")
    assert list(told) == [
        (7, "odd", "这一项不行。"),
        (8, "error", "程序出错，没有办成，原因已记入日志。请联系管理员。"),
        (49, "odd", "这一项不行。"),
    ]


def test_an_unforeseen_error_is_logged_without_its_values(caplog: Any) -> None:
    def refuse(run: JobRun, first: int, last: int) -> None:
        name, number = "王秋实", "230113197805201234"
        raise ValueError(f"{name} {number}")

    kind = JobKind("test.names", "试验", 1, lambda run: 1, refuse)
    with mock.patch.dict(kinds._KINDS, {kind.code: kind}):
        run_job_now(start_job(kind=kind.code, key="1", by=None, at=AT))
    assert "unforeseen ValueError" in caplog.text
    logged = [line for line in caplog.text.splitlines() if "name, number" not in line]
    assert "王秋实" not in "".join(logged)
    assert "2301131978" not in "".join(logged)


def test_a_plan_that_refuses_ends_the_run_with_its_reason() -> None:
    def refuse(run: JobRun) -> int:
        raise Refused("unreadable", "文件打不开。")

    kind = JobKind("test.plan", "试验", 1, refuse, probe_job.do_items)
    with mock.patch.dict(kinds._KINDS, {kind.code: kind}):
        run = start_job(kind=kind.code, key="1", by=None, at=AT)
        assert run_job_now(run).state == "failed"
    run.refresh_from_db()
    assert run.reason == "文件打不开。"


def test_an_end_that_fails_is_rolled_back_and_told() -> None:
    def end(run: JobRun) -> None:
        probe_job.finish(run)
        raise Refused("not_ended", "收尾没有成功。")

    kind = JobKind("test.end", "试验", 5, probe_job.plan, probe_job.do_items, end)
    with mock.patch.dict(kinds._KINDS, {kind.code: kind}):
        run = start_job(kind=kind.code, key="1", by=None, at=AT, parameters={"items": 5})
        assert run_job_now(run).state == "failed"
    assert probe_job.items_of(run) == [0, 1, 2, 3, 4]
    assert probe_job.ends_of(run) == 0


def test_a_lock_that_could_not_be_had_is_tried_again_and_is_no_failure() -> None:
    calls = []

    def locked_once(run: JobRun, first: int, last: int) -> None:
        calls.append(first)
        if len(calls) == 1:
            error = OperationalError("lock timeout")
            raise error from LockNotAvailable()
        probe_job.do_items(run, first, last)

    kind = JobKind("test.locked", "试验", 5, probe_job.plan, locked_once)
    with (
        mock.patch.dict(kinds._KINDS, {kind.code: kind}),
        mock.patch.object(running, "_WAIT_SECONDS", 0),
    ):
        run = start_job(kind=kind.code, key="1", by=None, at=AT, parameters={"items": 5})
        assert run_job_now(run).state == "done"
    assert calls == [0, 0]
    assert list(JobChunk.objects.order_by("pk").values_list("attempts", flat=True)) == [1]


def test_a_constraint_checked_at_commit_fails_its_item_alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"ALTER TABLE {probe_job.TABLE} ADD CONSTRAINT probe_once UNIQUE (run_id, item) "
            "DEFERRABLE INITIALLY DEFERRED"
        )

    def twice(run: JobRun, first: int, last: int) -> None:
        probe_job.do_items(run, first, last)
        if first <= 3 < last:
            probe_job.do_items(run, 3, 4)

    kind = JobKind("test.late", "试验", 8, probe_job.plan, twice)
    with mock.patch.dict(kinds._KINDS, {kind.code: kind}):
        run = start_job(kind=kind.code, key="1", by=None, at=AT, parameters={"items": 8})
        final = run_job_now(run)
    assert (final.done, final.failed) == (7, 1)
    assert probe_job.items_of(run) == [0, 1, 2, 4, 5, 6, 7]


def test_an_item_that_kills_its_worker_again_and_again_is_left_out() -> None:
    def kill(run: JobRun, first: int, last: int) -> None:
        if first <= 5 < last:
            raise Killed
        probe_job.do_items(run, first, last)

    kind = JobKind("test.killer", "试验", 8, probe_job.plan, kill)
    with mock.patch.dict(kinds._KINDS, {kind.code: kind}):
        run = start_job(kind=kind.code, key="1", by=None, at=AT, parameters={"items": 8})
        kills = 0
        while not progress_of(run.pk).finished:
            try:
                run_job_now(run)
            except Killed:
                kills += 1
    assert kills == 4 * running.MOST_STARTS
    assert probe_job.items_of(run) == [0, 1, 2, 3, 4, 6, 7]
    assert JobFailure.objects.get().code == "worker_lost"


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    size=st.integers(0, 70),
    failing=st.sets(st.integers(0, 69), max_size=8),
    kills=st.sets(st.integers(1, 40), max_size=3),
    chunk_size=st.integers(1, 30),
)
def test_whatever_fails_or_is_killed_all_other_items_are_done_once(
    size: int, failing: set[int], kills: set[int], chunk_size: int
) -> None:
    """I15."""
    calls = 0

    def do(run: JobRun, first: int, last: int) -> None:
        nonlocal calls
        calls += 1
        probe_job.do_items(run, first, last)
        if calls in kills:
            raise Killed

    kind = JobKind("test.any", "试验", chunk_size, probe_job.plan, do, probe_job.finish)
    parameters = {"items": size, "refused": sorted(failing)}
    with mock.patch.dict(kinds._KINDS, {kind.code: kind}):
        run = start_job(kind=kind.code, key=uuid4().hex, by=None, at=AT, parameters=parameters)
        while not progress_of(run.pk).finished:
            try:
                run_job_now(run)
            except Killed:
                continue
    failed = {item for item in failing if item < size}
    assert probe_job.items_of(run) == [n for n in range(size) if n not in failed]
    assert set(JobFailure.objects.filter(run=run).values_list("item", flat=True)) == failed
    assert probe_job.ends_of(run) == 1
    final = progress_of(run.pk)
    assert (final.done, final.failed) == (size - len(failed), len(failed))


def test_progress_is_one_query(django_assert_num_queries: Any) -> None:
    run = started(items=45)
    plan_job(run.pk)
    run_chunk(JobChunk.objects.order_by("first").values_list("pk", flat=True)[0])
    with django_assert_num_queries(1):
        progress = progress_of(run.pk)
    assert (progress.state, progress.done, progress.total) == ("running", 20, 45)


def test_a_chunk_that_is_done_is_not_done_again() -> None:
    run = started(items=5)
    plan_job(run.pk)
    chunk = JobChunk.objects.get(run=run)
    assert run_chunk(chunk.pk)
    assert not run_chunk(chunk.pk)
    assert not plan_job(run.pk)
    assert probe_job.items_of(run) == [0, 1, 2, 3, 4]


def test_the_sweep_wakes_what_stands_still_and_nothing_else() -> None:
    run = started(items=45)
    now = AT + timedelta(minutes=2)
    with mock.patch.object(sweeping, "wake") as wake:
        sweeping.resume_jobs(now=AT + timedelta(seconds=10))
        assert [call.args for call in wake.call_args_list] == [("core.plan_job", [])]
        wake.reset_mock()
        assert sweeping.resume_jobs(now=now) == 1
        assert wake.call_args_list[0].args == ("core.plan_job", [run.pk])
        plan_job(run.pk)
        JobRun.objects.update(started_at=AT)
        chunks = list(JobChunk.objects.order_by("first").values_list("pk", flat=True))
        wake.reset_mock()
        assert sweeping.resume_jobs(now=now) == 3
        assert wake.call_args_list[-1].args == ("core.run_chunk", chunks)
        run_chunk(chunks[0])
        JobChunk.objects.filter(pk=chunks[0]).update(ended_at=now)
        assert sweeping.resume_jobs(now=now) == 0


def test_the_sweep_ends_a_run_whose_last_worker_died_before_the_end() -> None:
    run = started(items=5)
    plan_job(run.pk)
    with mock.patch.object(running, "finish_job"):
        run_chunk(JobChunk.objects.get(run=run).pk)
    long_ago = AT - timedelta(hours=1)
    JobRun.objects.update(started_at=long_ago)
    JobChunk.objects.update(ended_at=long_ago)
    sweeping.resume_jobs(now=AT)
    assert progress_of(run.pk).state == "done"
    assert probe_job.ends_of(run) == 1


def test_a_kind_nobody_registered_cannot_start() -> None:
    with pytest.raises(KeyError):
        start_job(kind="no.such", key="1", by=None, at=AT)
    assert not JobRun.objects.exists()


def test_a_queue_that_is_away_does_not_stop_the_start(
    django_capture_on_commit_callbacks: Any, caplog: Any
) -> None:
    from kombu.exceptions import OperationalError as Away

    with (
        mock.patch("core.jobs.queue.current_app.send_task", side_effect=Away),
        django_capture_on_commit_callbacks(execute=True),
    ):
        run = started(items=2)
    assert "the queue is away" in caplog.text
    assert run_job_now(run).done == 2


def test_registering_makes_a_kind_known() -> None:
    with mock.patch.dict(kinds._KINDS):
        register_job(JobKind("test.new", "新的", 1, lambda run: 0, probe_job.do_items))
        assert kinds.job_kind("test.new").title == "新的"
        assert kinds.job_title("test.new") == "新的"
    assert kinds.job_title("test.new") == "test.new"
