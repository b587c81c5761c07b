"""Which instalments move when a loan ends later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from credit.lending.rules.extending import moved_dues

ENDS, TODAY = date(2026, 8, 31), date(2026, 6, 15)


@dataclass
class Row:
    number: int
    due_on: date
    principal_owed: Decimal
    settled_on: date | None = None


def row(number: int, month: int, day: int, owed: str, settled: bool = False) -> Row:
    due = date(2026, month, day)
    return Row(number, due, Decimal(owed), due if settled else None)


def test_whole_months_keep_the_day_of_the_month_and_what_is_paid_or_late_stays():
    rows = [
        row(1, 4, 30, "0.00", settled=True),
        row(2, 5, 31, "100.00"),  # late
        row(3, 6, 30, "100.00"),
        row(4, 7, 31, "100.00"),
        row(5, 8, 31, "100.00"),
    ]
    assert moved_dues(rows, today=TODAY, ends_on=ENDS, new_end=date(2026, 11, 30)) == {
        3: date(2026, 9, 30),
        4: date(2026, 10, 31),
        5: date(2026, 11, 30),
    }


def test_days_move_by_days():
    rows = [row(1, 7, 31, "100.00"), row(2, 8, 31, "100.00")]
    assert moved_dues(rows, today=TODAY, ends_on=ENDS, new_end=date(2026, 9, 10)) == {
        1: date(2026, 8, 10),
        2: date(2026, 9, 10),
    }


def test_lines_of_interest_alone_stay():
    rows = [row(1, 7, 31, "0.00"), row(2, 8, 31, "900.00")]
    moved = moved_dues(rows, today=TODAY, ends_on=ENDS, new_end=date(2026, 12, 31))
    assert moved == {2: date(2026, 12, 31)}
