"""Which instalments move when a loan ends later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.lending.rules.extending import latest_end, months_later, moved_dues
from credit.lending.rules.policy import check_extension
from tests.unit.lending.test_policy import LIMITS, verdicts

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


@given(
    st.dates(date(2024, 1, 1), date(2030, 12, 31)),
    st.dates(date(2024, 1, 1), date(2031, 12, 31)),
    st.integers(1, 12),
    st.integers(1, 12),
)
def test_a_day_is_in_reach_exactly_when_its_months_are(ends_on, new_end, term, most):
    within = months_later(ends_on, new_end) <= min(term, most)
    assert (new_end <= latest_end(ends_on, term, most)) == within


@pytest.mark.parametrize(
    ("term", "months", "verdict"),
    [
        (12, 3, None),
        (12, 4, "warn"),
        (12, 6, "warn"),
        (12, 7, "stop"),
        (2, 2, None),
        (2, 3, "stop"),
    ],
)
def test_an_extension_is_weighed_against_the_policy_and_the_term(term, months, verdict):
    found = verdicts(check_extension(LIMITS, term, months))
    assert found.get("extension_months") == verdict
