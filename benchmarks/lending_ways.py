"""The ways that ``benchmarks.lending`` compares; Django is set up by importing this."""

from __future__ import annotations

import io
import os
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import django

django.setup()

# ruff: noqa: E402 - the apps must be ready first
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from benchmarks.lending_book import NIGHT, WORST, write_book, write_small_book
from core.jobs import run_job_now, running
from core.jobs.running import plan_job
from core.models import JobRun
from credit.lending.models import Loan, NightMark, Share
from credit.lending.models.requests import Method
from credit.lending.rules import Terms, bucket, days_overdue, schedule
from credit.lending.selectors.loans import loan_page
from credit.lending.selectors.nights import CLOSE, unfinished
from credit.lending.services.nightly import close_day, closing
from credit.lending.services.projecting import BUCKETS
from tests.factories.running import Parties, paid, running_loan

PROCESSES = 2
LATE = WORST + timedelta(days=1)
MISSED = (2, 7, 30, 100, 300, 700)
running._WAIT_SECONDS = 0.005  # workers of Celery are woken, they do not look


def measure(loans: int, rounds: int, naive: int, only: str | None = None) -> None:
    """All tables, one after another, or one of them."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    tables: dict[str, Callable[[], None]] = {
        "schedules": _schedules,
        "pages": _pages,
        "catching-up": lambda: _catching_up(rounds + 2),
        "nights": lambda: _nights(loans, rounds, naive),
    }
    for name, table in tables.items():
        if only in (None, name):
            table()


def _timed(what: Callable[[], Any]) -> float:
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


def _execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for statement in statements:
            cursor.execute(statement)


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


# Schedules


def _schedules() -> None:
    terms = Terms.for_loan(
        principal=Decimal("12000.00"),
        disbursed_on=date(2026, 1, 31),
        annual_rate=Decimal("0.06"),
        instalments=12,
    )
    schedule(terms)
    best = 0.0
    for _round in range(5):
        count, end = 0, time.perf_counter() + 0.5
        while time.perf_counter() < end:
            schedule(terms)
            count += 1
        best = max(best, count / 0.5)
    print(f"\nschedules of 12 equal instalments, one process: {best:,.0f} a second")


# The page of a loan


def _pages() -> None:
    """A loan of 24 months and two lenders: without a payment on day 1, with 22 on day 700."""
    first = date(2024, 1, 10)
    loan = running_loan(
        "6000.00",
        "4000.00",
        method=Method.EQUAL_PRINCIPAL,
        months=24,
        delivered_on=first,
    )
    days = (first + timedelta(days=1), first + timedelta(days=700))
    client = Client(SERVER_NAME="localhost")
    client.force_login(Parties(loan).borrower)
    rows = []
    for number, day in enumerate(days):
        if number:
            _pay_until(loan, day)
        queries = _timed_median(lambda day=day: _read(loan.pk, day))
        rows.append(((number and 700) or 1, queries, _timed_median(lambda: _get(client, loan.pk))))
    print("\n| the loan page on day | selector, ms | whole page, ms |\n|---|---|---|")
    for number, queries, page in rows:
        print(f"| {number} | {queries * 1000:.1f} | {page * 1000:.1f} |")


def _pay_until(loan: Any, day: date) -> None:
    for position, share in enumerate(Parties(loan).shares()):
        for row in list(share.instalments.filter(due_on__lte=day).order_by("number")):
            row.refresh_from_db()
            amount = str(row.principal + row.interest)
            paid(Parties(loan).shares()[position], amount, row.due_on)


def _read(loan_id: int, day: date) -> None:
    loan = Loan.objects.select_related("union", "membership__member", "request").get(pk=loan_id)
    loan_page(loan, day)


def _get(client: Client, loan_id: int) -> None:
    response = client.get(f"/credit/loans/{loan_id}/", headers={"x-forwarded-proto": "https"})
    if response.status_code != 200:
        raise SystemExit(f"the loan page answers {response.status_code}")


def _timed_median(what: Callable[[], Any], times: int = 30) -> float:
    what()
    return statistics.median(_timed(what) for _time in range(times))


# Catching up


def _catching_up(rounds: int) -> None:
    start = date(2026, 1, 31)
    _empty()
    shares = write_small_book(1000, start)
    seconds: dict[int, list[float]] = {missed: [] for missed in MISSED}
    marks = {}
    for _round in range(rounds + 1):
        for missed in MISSED:
            _forget()
            _closed(start)
            seconds[missed].append(_timed(lambda on=start + timedelta(days=missed): _close(on)))
            marks[missed] = NightMark.objects.count()
    print(f"\n| 1 000 loans, {shares} shares, days missed | marks | ms | times 7 days |")
    print("|---|---|---|---|")
    median = {missed: statistics.median(found[1:]) for missed, found in seconds.items()}
    for missed, found in median.items():
        print(f"| {missed} | {marks[missed]} | {found * 1000:.0f} | {found / median[7]:.2f} |")
    _empty()


def _forget() -> None:
    """The shares as they were before any night; no marks, figures, runs."""
    _execute(
        "UPDATE lending_share SET bucket = bench_bucket, overdue_since = bench_since,"
        " closed_on = NULL WHERE closed_on IS NOT NULL",
        "TRUNCATE lending_nightmark, lending_unionday, core_jobrun CASCADE",
        "VACUUM (ANALYZE) lending_share",
        "VACUUM (ANALYZE) lending_nightmark",
        "CHECKPOINT",
    )


def _empty() -> None:
    """No rows at all; what refuses that is switched off for a moment."""
    _execute(
        "SET session_replication_role = replica",
        "ALTER TABLE lending_share DROP COLUMN IF EXISTS bench_bucket,"
        " DROP COLUMN IF EXISTS bench_since",
        "TRUNCATE membership_division, accounts_user, lending_nightmark, core_jobrun CASCADE",
        "SET session_replication_role = DEFAULT",
    )


def _closed(on: date) -> None:
    """As if this date had been closed."""
    now = timezone.now()
    JobRun.objects.create(
        kind=CLOSE,
        key=on.isoformat(),
        parameters={"on": on.isoformat()},
        state="done",
        queued_at=now,
        started_at=now,
        finished_at=now,
    )


def _close(on: date) -> None:
    """A night in this process, the unions' figures included."""
    run_job_now(close_day(on=on, at=_after(on)))
    for run in unfinished():
        run_job_now(run)


def _after(on: date) -> Any:
    return timezone.now().replace(year=on.year + 1)


def _close_together(on: date) -> float:
    """The same by two workers; seconds until the shares were done."""
    run = close_day(on=on, at=_after(on))
    plan_job(run.pk)
    _together(*[_work_off] * PROCESSES)
    run.refresh_from_db()
    return float((run.finished_at - run.started_at).total_seconds())


def _work_off() -> None:
    """What a worker does: the shares, then the figures that their end has queued."""
    while runs := unfinished():
        for run in runs:
            run_job_now(run)


# Nights


def _nights(loans: int, rounds: int, naive: int) -> None:
    shares = write_book(loans)
    nights = {
        "ordinary: a thirtieth is due": NIGHT,
        "worst: every loan is due": WORST,
        "worst: no loan has paid the day before": LATE,
    }
    floor: dict[date, list[float]] = {on: [] for on in nights.values()}
    ours: dict[date, list[float]] = {on: [] for on in nights.values()}
    alone: dict[date, list[float]] = {on: [] for on in nights.values()}
    counts: dict[date, tuple[int, int]] = {}
    for _round in range(rounds):
        _forget()
        _closed(NIGHT - timedelta(days=1))
        for on in nights.values():
            moved = _moved(on)
            floor[on].append(_timed(lambda on=on, moved=moved: _floor(on, moved, shares)))
            _execute("CHECKPOINT")
            before = NightMark.objects.count()
            start = time.perf_counter()
            alone[on].append(_close_together(on))
            ours[on].append(time.perf_counter() - start)
            counts[on] = (NightMark.objects.count() - before, len(moved) and _moved_count(on))
    _forget()
    one_by_one = {on: _naive(on, naive) * loans / naive for on in (WORST, LATE)}
    print(f"\n{loans} loans, {shares} shares, {PROCESSES} processes, medians of {rounds}")
    print(
        "| night | marks | shares moved | floor, s | shares, s | all, s | times the floor"
        " | loan by loan |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name, on in nights.items():
        low, high = statistics.median(floor[on]), statistics.median(ours[on])
        times = f"{one_by_one[on] / high:.0f} times slower" if on in one_by_one else ""
        made, moves = counts[on]
        part = statistics.median(alone[on])
        print(
            f"| {name} | {made} | {moves} | {low:.2f} | {part:.2f} | {high:.2f}"
            f" | {high / low:.2f} | {times} |"
        )


def _moved(on: date) -> list[date]:
    """The due dates of the shares that change on a night."""
    return [crossing.due_on for crossing in closing.crossings(on - timedelta(days=1), on)]


def _moved_count(on: date) -> int:
    return Share.objects.filter(closed_on=on).count()


def _floor(on: date, moved: list[date], shares: int) -> None:
    """Read the shares to which something happens and, for the figures, all; COPY the rows in."""
    _execute(
        "DROP TABLE IF EXISTS floor_mark, floor_share",
        'CREATE TABLE floor_mark ("on" date, kind varchar(10), share_id bigint,'
        " outstanding numeric(14, 2), bucket varchar(10))",
        "CREATE TABLE floor_share (id bigint, overdue_since date, bucket varchar(10),"
        " closed_on date)",
    )
    half = shares // PROCESSES + 1
    ranges = [(n * half, (n + 1) * half) for n in range(PROCESSES)]
    due, *late = sorted(moved, reverse=True)
    _together(*[lambda r=r: _floor_of(on, due, late, r) for r in ranges])


def _floor_of(on: date, due: date, late: list[date], ids: tuple[int, int]) -> None:
    dates = ", ".join(f"'{day}'::date" for day in late)
    place = f"state = 'formed' AND id >= {ids[0]} AND id < {ids[1]}"
    _copied(
        f"SELECT '{on}', 'due', id, principal_outstanding, 'current' FROM lending_share"
        f" WHERE {place} AND next_due_on = '{due}'"
        f" UNION ALL SELECT '{on}', 'overdue', id, principal_outstanding, 'days_1_30'"
        f" FROM lending_share WHERE {place} AND next_due_on IN ({dates})",
        "floor_mark",
    )
    _copied(
        f"SELECT id, next_due_on, 'days_1_30', '{on}' FROM lending_share"
        f" WHERE {place} AND next_due_on IN ({dates})",
        "floor_share",
    )
    _figures_read(place)


def _figures_read(place: str) -> None:
    """The rows of which the figures are made, each read once; nothing is grouped."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), sum(principal_outstanding) FROM lending_share WHERE {place}"
        )
        cursor.execute("SELECT count(union_id) FROM lending_loan")


def _copied(query: str, table: str) -> None:
    with connection.cursor() as cursor:
        rows = io.StringIO()
        cursor.copy_expert(f"COPY ({query}) TO STDOUT", rows)
        rows.seek(0)
        cursor.copy_expert(f"COPY {table} FROM STDIN", rows)


def _naive(on: date, loans: int) -> float:
    """One transaction a loan: its shares and unpaid instalments as instances, saved one by one."""
    first = Share.objects.filter(next_due_on=WORST).order_by("pk").values_list("loan_id", flat=True)
    wanted = sorted(set(first[: loans * 3].iterator()))[:loans]
    return _timed(lambda: [_one(loan_id, on) for loan_id in wanted])


def _one(loan_id: int, on: date) -> None:
    with transaction.atomic():
        for share in Share.objects.filter(loan=loan_id, state="formed").locked():
            unpaid = share.instalments.filter(settled_on__isnull=True, due_on__lte=on)
            oldest = min((row.due_on for row in unpaid.order_by("due_on")), default=None)
            if oldest is None:
                continue
            late = days_overdue(oldest, on)
            place = BUCKETS[bucket(late)].value
            NightMark.objects.get_or_create(
                on=on,
                kind="overdue" if late else "due",
                share=share,
                defaults={"outstanding": share.principal_outstanding, "bucket": place},
            )
            if late:
                share.overdue_since, share.bucket, share.closed_on = oldest, place, on
                share.save()
