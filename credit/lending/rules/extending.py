"""Which instalments move when a loan ends later, by how many months, and how late it may end.

What bears principal and has not come yet moves by as much as the end; lines of interest alone stay,
and so does what is late already. Source: Civil Code 678.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from credit.lending.rules.calendar import step
from credit.lending.rules.terms import MONTHLY


class Instalment(Protocol):
    """What is looked at of an instalment."""

    number: int
    due_on: date
    settled_on: date | None

    @property
    def principal_owed(self) -> object:
        """Principal still to come back with it."""


def moved_dues(
    rows: Iterable[Instalment], *, today: date, ends_on: date, new_end: date
) -> dict[int, date]:
    """New due days by number. Whole months where the end moves by whole months, else days."""
    months = _whole_months(ends_on, new_end)
    days = new_end - ends_on
    found = {}
    for row in rows:
        if row.settled_on is None and row.due_on >= today and row.principal_owed:
            moved = step(row.due_on, MONTHLY, months) if months else row.due_on + days
            found[row.number] = new_end if row.due_on == ends_on else min(moved, new_end)
    return found


def _whole_months(start: date, end: date) -> int:
    """How many months lead from one day to the other; 0 if no number of whole months does.

    >>> _whole_months(date(2026, 8, 31), date(2026, 11, 30))
    3
    >>> _whole_months(date(2026, 8, 31), date(2026, 9, 29))
    0
    """
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if step(start, MONTHLY, months) == end else 0


def months_later(ends_on: date, new_end: date) -> int:
    """By how many months a loan ends later; a month begun counts as one.

    >>> months_later(date(2026, 8, 31), date(2026, 11, 30))
    3
    >>> months_later(date(2026, 8, 31), date(2026, 12, 1))
    4
    """
    months = (new_end.year - ends_on.year) * 12 + new_end.month - ends_on.month
    return months if step(ends_on, MONTHLY, months) >= new_end else months + 1


def latest_end(ends_on: date, term_months: int, most_months: int) -> date:
    """The last day to which a loan may be extended: by its own term at most, nor by more than so.

    >>> latest_end(date(2026, 8, 31), 12, 6)
    datetime.date(2027, 2, 28)
    >>> latest_end(date(2026, 8, 31), 2, 6)
    datetime.date(2026, 10, 31)
    """
    return step(ends_on, MONTHLY, min(term_months, most_months))
