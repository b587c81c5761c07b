"""The night beside repayments, and killed in the middle (I15)."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.db import connection, transaction

from config.embedded import tie_to_parent
from core.jobs import kinds, progress_of, run_job_now, running
from core.jobs.running import plan_job
from core.models import JobRun
from credit.lending.models import Share
from credit.lending.selectors.nights import CLOSE
from credit.lending.services import projecting
from credit.lending.services.nightly import close_day, closing, work_off
from tests.factories.nights import as_before, close, marks, morning_after, shares_due, standings
from tests.factories.running import Parties, assert_sound, paid, running_loan
from tests.killed_worker import kill_in_the_middle
from tests.race import meet, race

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[3]
DUE = date(2026, 2, 10)
NIGHT = DUE + timedelta(days=1)


def repay_during_the_night() -> Share:
    """The lender confirms the whole instalment; the night comes before that is committed."""
    loan = running_loan(method="equal_principal", months=3)
    close(DUE)
    (share,) = Parties(loan).shares()
    line = share.instalments.get(number=1)
    amount = str(line.principal + line.interest)
    project = projecting.project_share

    def project_and_meet(*args: Any, **named: Any) -> Any:
        projected = project(*args, **named)
        meet()  # the night is about to begin
        meet()  # it has come as far as it can
        return projected

    def do_shares(run: JobRun, first: int, last: int) -> None:
        meet()
        closing.do_shares(run, first, last)

    with (
        mock.patch("credit.lending.services.counting.project_share", project_and_meet),
        mock.patch.object(closing, "KIND", replace(closing.KIND, do_items=do_shares)),
    ):
        night, _repayment = race(
            lambda: close(NIGHT),
            lambda: paid(share, amount, DUE, at=morning_after(NIGHT)),
        )
    assert night.state == "done"
    (share,) = Parties(loan).shares()
    return share


def test_a_repayment_during_the_night_wins() -> None:
    share = repay_during_the_night()
    assert (share.overdue_since, share.bucket) == (None, "current")
    assert share.next_due_on == date(2026, 3, 10)
    assert_sound(share.loan)


_STALE = """
WITH seen AS MATERIALIZED (
    SELECT id, next_due_on FROM lending_share
    WHERE state = 'formed' AND next_due_on = ANY(%(late)s::date[])
        AND id >= %(first)s AND id < %(last)s
)
UPDATE lending_share share SET overdue_since = seen.next_due_on, bucket = 'days_1_30'
FROM seen WHERE share.id = seen.id
"""


def test_without_the_lock_the_night_overwrites_a_repayment() -> None:
    """The twin: what was read before the payment is written after it."""
    with (
        mock.patch.object(closing, "_AT_ONCE", _STALE),
        mock.patch.object(closing, "_PATIENCE", "SELECT"),
    ):
        share = repay_during_the_night()
    assert (share.overdue_since, share.bucket) == (DUE, "days_1_30")


def test_the_night_waits_for_nobody_and_moves_a_share_that_was_held_at_the_end() -> None:
    held, free = shares_due([DUE, DUE])
    close(DUE)
    seen: list[Any] = []

    def hold() -> None:
        with transaction.atomic():
            Share.objects.locked().get(pk=held.pk)
            meet()  # the night is about to begin
            meet()  # it waits for this share, at its end

    def do_shares(run: JobRun, first: int, last: int) -> None:
        meet()
        closing.do_shares(run, first, last)
        seen.extend(standings())

    kind = replace(closing.KIND, do_items=do_shares)
    run = close_day(on=NIGHT, at=morning_after(NIGHT))
    with (
        mock.patch.dict(kinds._KINDS, {kind.code: kind}),
        mock.patch.object(closing, "_moved_at_once", return_value=False),  # it tried for a moment
    ):
        race(hold, lambda: run_job_now(run))
    assert seen[0] == (held.pk, DUE, None, "current")
    assert seen[1] == (free.pk, DUE, DUE, "days_1_30")
    assert [row[2:] for row in standings()] == [(DUE, "days_1_30"), (DUE, "days_1_30")]


def test_a_share_that_is_held_keeps_no_chunk_waiting_for_more_than_a_moment() -> None:
    held, _free = shares_due([DUE, DUE])
    close(DUE)
    run = close_day(on=NIGHT, at=morning_after(NIGHT))
    plan_job(run.pk)
    run.refresh_from_db()
    tried: list[Any] = []

    def hold() -> None:
        with transaction.atomic():
            Share.objects.locked().get(pk=held.pk)
            meet()
            while not tried:
                time.sleep(0.01)

    def do_shares() -> None:
        meet()
        with transaction.atomic():
            closing.do_shares(run, 0, run.size)
        tried.append(standings())

    race(hold, do_shares)
    assert [row[3] for row in tried[0]] == ["current", "days_1_30"]
    run.refresh_from_db()
    assert run.parameters["rest"]


# Killed

BOOK = [DUE - timedelta(days=n * 4) for n in range(30)]


def state() -> tuple[Any, ...]:
    return marks(), standings()


def planned(chunk: int) -> JobRun:
    run = close_day(on=NIGHT, at=morning_after(NIGHT))
    with mock.patch.dict(kinds._KINDS, {CLOSE: replace(closing.KIND, chunk_size=chunk)}):
        plan_job(run.pk)
    return run


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_leaves_the_same_state() -> None:
    """kill -9 in the middle of a chunk, then the rest in another process."""
    shares = shares_due(BOOK)
    close(NIGHT)
    whole = state()
    as_before(shares)
    run = planned(chunk=10)
    kill_in_the_middle(run.pk, done=10)
    assert progress_of(run.pk).done == 10
    assert state() != whole
    work_off()
    assert state() == whole
    assert progress_of(run.pk).state == "done"


def test_a_database_gone_in_the_middle_leaves_the_same_state() -> None:
    """The server ends the connection after a chunk's marks were written, twice."""
    shares = shares_due(BOOK)
    close(NIGHT)
    whole = state()
    as_before(shares)
    run = planned(chunk=10)
    gone = []

    def do_shares(run: JobRun, first: int, last: int) -> None:
        closing.do_shares(run, first, last)
        if first in (0, 20) and first not in gone:
            gone.append(first)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    kind = replace(closing.KIND, do_items=do_shares)
    with (
        mock.patch.dict(kinds._KINDS, {CLOSE: kind}),
        mock.patch.object(running, "_WAIT_SECONDS", 0),
    ):
        run_job_now(run)
    assert gone == [0, 20]
    assert state() == whole
    assert progress_of(run.pk).state == "done"


@pytest.mark.slow
def test_a_night_ends_the_same_when_postgresql_is_killed_in_the_middle() -> None:
    """kill -9 of a durable server between a chunk's writing and its commit, then a new start."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.killed_database"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        preexec_fn=tie_to_parent(signal.SIGKILL),
    )
    assert ended.stdout == "same\n", ended.stdout + ended.stderr


def test_two_workers_share_a_night() -> None:
    shares = shares_due(BOOK)
    close(NIGHT)
    whole = state()
    as_before(shares)
    run = planned(chunk=3)
    race(lambda: run_job_now(run), lambda: run_job_now(run))
    assert state() == whole
