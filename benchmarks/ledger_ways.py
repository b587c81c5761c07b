"""The ways that ``benchmarks.ledger`` compares; Django is set up by importing this."""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import django

django.setup()

# ruff: noqa: E402 - the apps must be ready first
from django.core.management import call_command
from django.db import connection, transaction

from cooperative.ledger.models import Chain
from cooperative.ledger.selectors import balances, balances_of
from cooperative.ledger.services import Draft, post_entries, post_entry
from cooperative.ledger.verification import Tally, first_fault
from tests.factories.ledger import DAY, KIND, NOON, delivery, subject

MEMBERS = 2000
AT_ONCE = 1000

_FLOOR = """
CREATE TABLE floor_{table} (LIKE ledger_{table} INCLUDING DEFAULTS);
ALTER TABLE floor_{table} DROP CONSTRAINT IF EXISTS floor_{table}_pkey;
"""


def _timed(what: Callable[[], Any]) -> float:
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


def measure(entries: int, single: int) -> None:
    """Floor, a thousand at once, one by one, reading; printed as tables.

    The ways take turns, batch by batch, and medians are compared: the machine is shared.
    """
    call_command("migrate", verbosity=0)
    post_entries(_drafts(0, MEMBERS), by=None, at=NOON)  # accounts and caches
    _make_floor()
    batches = max(entries // AT_ONCE, 1)
    seconds: dict[str, list[float]] = {"floor": [], "new": [], "known": [], "single": []}
    for batch in range(batches):
        first = MEMBERS + batch * AT_ONCE
        seconds["new"].append(_timed(lambda first=first: _in_bulk(first)))
        seconds["known"].append(_timed(lambda first=first: _in_bulk(first)))
        seconds["floor"].append(_timed_floor(first))
        few = max(single // batches, 1)
        alone = _timed(lambda first=first, few=few: _one_by_one(first, few))
        seconds["single"].append(alone / few * AT_ONCE)
    middle = {way: statistics.median(times) for way, times in seconds.items()}
    print(f"{batches} batches of {AT_ONCE} entries, four postings each, a transaction a batch")
    print("| way | entries a second | times the floor |")
    print("|---|---|---|")
    for way, name in (
        ("floor", "floor: COPY the same rows into bare tables"),
        ("new", "post_entries, subjects new"),
        ("known", "post_entries, subjects known"),
        ("single", f"one post_entry a transaction (from {single})"),
    ):
        print(f"| {name} | {AT_ONCE / middle[way]:,.0f} | {middle[way] / middle['floor']:.1f} |")
    _reading()


def _drafts(first: int, count: int) -> list[Draft]:
    return [_draft(number) for number in range(first, first + count)]


def _draft(number: int) -> Draft:
    lender, borrower = number % MEMBERS + 1, (number + 7) % MEMBERS + 1
    lines = delivery(str(100 + number % 900), f"member:{lender}", f"member:{borrower}")
    return Draft(subject(number + 1), KIND, DAY, lines, "A/")


def _in_bulk(first: int) -> None:
    with transaction.atomic():
        post_entries(_drafts(first, AT_ONCE), by=None, at=NOON)


def _one_by_one(first: int, count: int) -> None:
    for draft in _drafts(first, count):
        with transaction.atomic():
            post_entry(
                subject=draft.subject,
                kind=draft.kind,
                business_date=draft.business_date,
                lines=draft.lines,
                by=None,
                at=NOON,
                scope=draft.scope,
            )


def _make_floor() -> None:
    with connection.cursor() as cursor:
        for table in ("chain", "entry", "posting"):
            cursor.execute(_FLOOR.format(table=table))


def _timed_floor(first: int) -> float:
    """COPY the batch's chains, entries and postings once more, in one transaction."""
    subjects = [first + 1, first + AT_ONCE]
    with connection.cursor() as cursor:
        rows = {}
        for table, query in (
            ("chain", "SELECT c.* FROM ledger_chain c"),
            ("entry", "SELECT e.* FROM ledger_entry e JOIN ledger_chain c ON c.id = e.chain_id"),
            (
                "posting",
                "SELECT p.* FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id"
                " JOIN ledger_chain c ON c.id = e.chain_id",
            ),
        ):
            once = "" if table == "chain" else " AND e.sequence = 1"
            cursor.execute(f"{query} WHERE c.subject_id BETWEEN %s AND %s{once}", subjects)
            rows[table] = cursor.fetchall()

        @transaction.atomic
        def copy() -> None:
            for table, found in rows.items():
                text = io.StringIO("".join(_copied(found)))
                cursor.copy_expert(f"COPY floor_{table} FROM STDIN", text)

        return _timed(copy)


def _copied(rows: Iterable[tuple[Any, ...]]) -> Iterable[str]:
    for row in rows:
        yield "\t".join("\\N" if value is None else str(value) for value in row) + "\n"


def _reading() -> None:
    """A balance, all balances, and the verification of the whole book."""
    holders = [f"member:{number + 1}" for number in range(MEMBERS)]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    tally = Tally()

    @transaction.atomic
    def verify() -> None:
        assert first_fault(Chain.objects.all(), tally=tally) is None

    one = min(_timed(lambda: balances("member:5")) for _ in range(5))
    everybody = min(_timed(lambda: balances_of(holders)) for _ in range(3))
    verifying = _timed(verify)
    assert balances("member:5")["claim"] > Decimal(0)
    print()
    print(f"| reading, {tally.entries} entries, {tally.postings} postings | |")
    print("|---|---|")
    print(f"| balances of one holder | {one * 1000:.1f} ms |")
    print(f"| balances of {MEMBERS} holders | {everybody * 1000:.0f} ms |")
    print(f"| verify_ledger | {tally.entries / verifying:,.0f} entries a second |")
