"""The ways that ``benchmarks.roster`` compares; Django is set up by importing this."""

from __future__ import annotations

import csv
import io
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import django

django.setup()

# ruff: noqa: E402 - the apps must be ready first
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from openpyxl import load_workbook

from cooperative.membership.models import (
    Cooperative,
    Division,
    Household,
    Member,
    Membership,
    Roster,
)
from cooperative.membership.models.members import identity_index
from cooperative.membership.roster import sample
from cooperative.membership.roster.services import confirm_roster, upload_roster
from core import audit
from core.dates import add_months, business_date
from core.jobs import run_job_now
from core.parameters import value_on
from tests.factories.roster import place


def _timed(what: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    answer = what()
    return time.perf_counter() - start, answer


def measure(rows: int, naive_rows: int) -> None:
    """Floor, ours, ours a second time, naive; printed as a table."""

    call_command("migrate", verbosity=0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.xlsx"
        sample.write_large_workbook(path, sample.make_sample(rows))
        where = place("BENCH")
        floor, _nothing = _timed(lambda: _floor(path))
        checking, roster = _timed(lambda: _check(where, path))
        importing, roster = _timed(lambda: _import(where, roster))
        members = Member.objects.count()
        again, second = _timed(lambda: _import(where, _check(where, path)))
        naive, count = _timed(lambda: _naive(path, naive_rows))
    naive_all = naive / count * rows
    ours = checking + importing
    print(f"rows {rows}, members {members}, outcome {_short(roster.outcome)}")
    print(f"second time {_short(second.outcome)}")
    print("| way | seconds | times the floor |")
    print("|---|---|---|")
    for name, seconds in (
        ("floor: read the workbook, COPY three rows a line", floor),
        ("dry run", checking),
        ("import", importing),
        ("dry run and import", ours),
        ("the same roster a second time", again),
        (f"one service a row (from {count} rows)", naive_all),
    ):
        print(f"| {name} | {seconds:.1f} | {seconds / floor:.1f} |")


def _short(outcome: dict[str, Any]) -> dict[str, Any]:
    return {name: count for name, count in outcome.items() if name != "problems"}


def _floor(path: Path) -> None:
    """Read every cell and write as many rows as the import does, into tables of the same width."""

    text = io.StringIO()
    writer = csv.writer(text)
    book = load_workbook(path, read_only=True)
    for row in book.worksheets[0].iter_rows(values_only=True):
        cells = [str(value or "") for value in row]
        writer.writerow([*cells, *[""] * 13][:13])
    book.close()
    columns = ", ".join(f"c{n} text" for n in range(13))
    with connection.cursor() as cursor:
        for table in ("floor_member", "floor_membership", "floor_audit"):
            cursor.execute(f"CREATE TABLE {table} (id bigserial PRIMARY KEY, {columns})")
            text.seek(0)
            names = ", ".join(f"c{n}" for n in range(13))
            cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN (FORMAT csv)", text)


def _check(where: Any, path: Path) -> Any:

    upload = SimpleUploadedFile(path.name, path.read_bytes())
    roster = upload_roster(union=where.union, upload=upload, by=where.convener, at=timezone.now())
    assert roster.check_run is not None
    run_job_now(roster.check_run)
    return Roster.objects.get(pk=roster.pk)


def _import(where: Any, roster: Any) -> Any:

    roster = confirm_roster(roster_id=roster.pk, by=where.reviewer, at=timezone.now())
    assert roster.import_run is not None
    run_job_now(roster.import_run)
    return Roster.objects.get(pk=roster.pk)


def _naive(path: Path, count: int) -> int:
    """One transaction a row: look everything up, create, record, for rows of another union."""

    where = place("NAIVE")
    book = load_workbook(path, read_only=True)
    lines = book.worksheets[0].iter_rows(min_row=4, max_row=3 + count, values_only=True)
    done = 0
    for line in lines:
        _one(where, line, done)
        done += 1
    book.close()
    return done


def _one(where: Any, line: tuple[Any, ...], number: int) -> None:
    now = timezone.now()
    identity = f"naive-{number}-{line[3]}"
    with transaction.atomic():
        village = Division.objects.filter(
            pk__startswith=where.union.division_id, name__startswith=str(line[5])
        ).first()
        cooperative = Cooperative.objects.filter(union=where.union, name=line[6]).first()
        household, _made = Household.objects.get_or_create(union=where.union, number=str(line[8]))
        if Member.objects.filter(identity_index=identity_index(identity)).exists():
            return
        member = Member(name=str(line[1]), division=village, household=household, created_at=now)
        member.set_identity(identity)
        member.set_phone(str(line[4]))
        member.save()
        months = int(
            value_on("membership.waiting_months", business_date(now), scope=where.union.path)
        )
        membership = Membership.objects.create(
            member=member,
            union=where.union,
            cooperative=cooperative,
            ground="cooperative_member",
            source="roster",
            state="admitted",
            applied_at=now,
            admitted_on=date(2021, 3, 5),
            waiting_ends_on=add_months(date(2021, 3, 5), months),
        )
        audit.record(
            "membership.imported", membership, by=where.reviewer, at=now, scope=where.union.path
        )
