"""The ways that ``benchmarks.scoring`` compares; Django is set up by importing this."""

from __future__ import annotations

import contextlib
import os
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import django
import psutil

django.setup()

# ruff: noqa: E402 - the apps must be ready first
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Max, Min

from benchmarks.scoring_book import DAY, NEXT, night, write_book, write_changes
from benchmarks.scoring_loop import score_one_by_one
from cooperative.accounts.models import User
from core.jobs import job_kind, register_job, running
from core.jobs.running import plan_job
from core.models import JobRun
from credit.scoring.models import Score
from credit.scoring.reference import load_reference
from credit.scoring.services import nightly

PROCESSES = 2
running._WAIT_SECONDS = 0.005  # workers of Celery are woken, they do not look

# The tables that the shipped card's scores are made of, and what is needed of each.
_READ = {
    "membership_membership": ("member_id", "state", "admitted_on"),
    "consent_consent": ("member_id", "purpose", "given_at", "valid_until", "withdrawn_at"),
    "farming_plot": ("member_id", "state", "area_mu", "rented_until", "ended_on"),
    "farming_asset": ("member_id", "state", "value", "ended_on"),
    "farming_yearlyincome": ("member_id", "state", "year", "source", "amount", "costs"),
    "lending_loan": ("membership_id", "state"),
    "lending_share": ("loan_id", "state", "principal_outstanding", "next_due_on"),
    "lending_instalment": ("share_id", "due_on", "settled_on"),
}
_COPIED = (
    "id, member_id, scorecard_id, as_of, confirmed_on, superseded_on, inputs, points, total, vetoes,"
    " grade, limit_amount"
)


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock, and of processors: PostgreSQL's and our processes' together."""

    clock: float
    cpu: float


@dataclass(frozen=True)
class Night:
    """How a run went; what its slowest chunk took, and the largest worker's memory in MB."""

    cost: Cost
    planning: float
    size: int
    written: int
    slowest: float
    quarter: float
    memory: float


def measure(members: int, rounds: int, naive: int) -> None:
    """The book, then the ways in turns."""
    call_command("migrate", verbosity=0)
    loading = _timed(lambda: write_book(members))
    print(f"\n{members} members, loaded in {loading:.0f} s; {PROCESSES} processes", flush=True)
    by, checked_by = User.objects.order_by("pk")[:2]
    load_reference(by=by, checked_by=checked_by, at=night(DAY))
    print("| way | s | s of processors | rows | planning, s | slowest chunk, s | worker, MB |")
    print("|---|---|---|---|---|---|---|", flush=True)
    floors, fulls = [], []
    for _round in range(rounds):
        _execute("TRUNCATE scoring_score, core_jobrun CASCADE")
        fulls.append(_told("full", _run(DAY, full=True)))
        floors.append(_floor())
        print(f"| floor | {floors[-1].clock:.2f} | {floors[-1].cpu:.2f} |", flush=True)
    loop = score_one_by_one(naive) * members
    JobRun.objects.all().delete()
    _told("the same date again", _run(DAY, full=True))
    write_changes(night(DAY) + timedelta(hours=1))
    changed = _told("changed only", _run(NEXT))
    _told("all, the next day", _run(NEXT, full=True))
    _ratios(floors, fulls, changed, loop)


def _told(name: str, run: Night) -> Night:
    cost = run.cost
    print(
        f"| {name} ({run.size} looked at) | {cost.clock:.2f} | {cost.cpu:.2f} | {run.written}"
        f" | {run.planning:.2f} | {run.slowest:.2f} | {run.quarter:.0f}, {run.memory:.0f} |",
        flush=True,
    )
    return run


def _ratios(floors: list[Cost], fulls: list[Night], changed: Night, loop: float) -> None:
    def median(costs: list[Cost]) -> Cost:
        return Cost(
            statistics.median(one.clock for one in costs),
            statistics.median(one.cpu for one in costs),
        )

    floor, full = median(floors), median([run.cost for run in fulls])
    print(
        f"\nfull: {full.clock / floor.clock:.2f} times the floor by the clock,"
        f" {full.cpu / floor.cpu:.2f} times in processors' time"
    )
    print(f"loop: {loop:.0f} s, {loop / full.clock:.0f} times the full run")
    print(
        f"full run: {full.clock / changed.cost.clock:.1f} times the changed one by the clock,"
        f" {full.cpu / changed.cost.cpu:.1f} times in processors' time"
    )


# Our way


def _run(on: date, *, full: bool = False) -> Night:
    """A night by two workers, on a table that was vacuumed before."""
    _execute("VACUUM (ANALYZE) scoring_score", "CHECKPOINT")
    before, planning, run = _written(), 0.0, JobRun()

    def work() -> None:
        nonlocal run, planning
        run = nightly.score_members(on=on, full=full, at=night(on))
        planning = _timed(lambda: plan_job(run.pk))
        _together(*[lambda n=n: _work(run.pk, n) for n in range(PROCESSES)])

    cost = _cost(work)
    run.refresh_from_db()
    if run.state != "done":
        raise SystemExit(f"the run is {run.state}: {run.reason}")
    told = [[float(x) for x in _file(f"worker-{n}").read_text().split()] for n in range(PROCESSES)]
    slowest, quarter, memory = (max(column) for column in zip(*told, strict=True))
    return Night(cost, planning, run.size, _written() - before, slowest, quarter, memory)


def _work(run_id: int, worker: int) -> None:
    """What a worker does; it tells its slowest chunk, and its memory after a quarter and at last."""
    slowest, quarter = 0.0, 0.0

    def do_items(run: JobRun, first: int, last: int) -> None:
        nonlocal slowest, quarter
        slowest = max(slowest, _timed(lambda: nightly.do_members(run, first, last)))
        if first <= run.size / 4:
            quarter = _peak()

    register_job(replace(job_kind(nightly.KIND.code), do_items=do_items))
    running.run_job_now(JobRun.objects.get(pk=run_id))
    _file(f"worker-{worker}").write_text(f"{slowest} {quarter} {_peak()}")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _written() -> int:
    """Rows of scores that were ever written, changed or not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT n_tup_ins + n_tup_upd FROM pg_stat_all_tables WHERE relname = 'scoring_score'"
        )
        (rows,) = cursor.fetchone()
    return int(rows)


# The floor


def _floor() -> Cost:
    """Halves of each table read and of the scores copied in, in two processes."""
    _execute(
        "DROP TABLE IF EXISTS floor_score",
        "CREATE TABLE floor_score (LIKE scoring_score INCLUDING DEFAULTS INCLUDING INDEXES)",
    )
    edges = Score.objects.aggregate(first=Min("pk"), last=Max("pk"))
    half = (edges["last"] - edges["first"]) // PROCESSES + 1
    for n in range(PROCESSES):
        _copy_out(n, edges["first"] + n * half, half)
    _execute("CHECKPOINT")
    cost = _cost(lambda: _together(*[lambda n=n: _floor_of(n) for n in range(PROCESSES)]))
    for n in range(PROCESSES):
        _file(f"rows-{n}").unlink()
    _execute("DROP TABLE floor_score")
    return cost


def _copy_out(n: int, first: int, count: int) -> None:
    with connection.cursor() as cursor, _file(f"rows-{n}").open("wb") as rows:
        cursor.copy_expert(
            f"COPY (SELECT {_COPIED} FROM scoring_score WHERE id >= {first}"
            f" AND id < {first + count} ORDER BY id) TO STDOUT",
            rows,
        )


def _floor_of(n: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0; SET statement_timeout = 0")
        for table, columns in _READ.items():
            cursor.execute(
                "SELECT pg_relation_size(%s) / current_setting('block_size')::int", [table]
            )
            half = cursor.fetchone()[0] // PROCESSES + 1
            read = ", ".join(f"count({column})" for column in columns)
            cursor.execute(
                f"SELECT {read} FROM {table} WHERE ctid >= '({n * half},0)'"
                f" AND ctid < '({(n + 1) * half},0)'"
            )
        with transaction.atomic(), _file(f"rows-{n}").open("rb") as rows:
            cursor.copy_expert(f"COPY floor_score ({_COPIED}) FROM STDIN", rows)


# What both need


def _execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for statement in statements:
            cursor.execute(statement)


def _file(name: str) -> Path:
    return Path(os.environ["PRIVATE_ROOT"]).parent / name


def _together(*calls: Callable[[], Any]) -> None:
    """Each call in a process of its own, all ended."""
    connection.close()
    children = [_forked(call) for call in calls]
    for child in children:
        _pid, status = os.waitpid(child, 0)
        if status:
            raise SystemExit("a process of the benchmark failed")


def _forked(call: Callable[[], Any]) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        call()
        code = 0
    finally:
        connection.close()
        os._exit(code)


def _timed(what: Callable[[], Any]) -> float:
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


def _cost(what: Callable[[], Any]) -> Cost:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = psutil.Process(cursor.fetchone()[0]).parent()
    before = _cpu(server)
    clock = _timed(what)
    return Cost(clock, _cpu(server) - before)


def _cpu(server: Any) -> float:
    """Of the server's processes, ended or not, and of ours."""
    seconds = 0.0
    for process in (server, psutil.Process(), *server.children()):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            seconds += times.user + times.system + times.children_user + times.children_system
    return seconds
