"""On which days a payment is reminded of."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from credit.lending.rules.reminders import late_days, late_on, soon_days, soon_on

DUE = date(2026, 5, 20)
ONE = timedelta(days=1)


def told_on(n: int) -> list[date | None]:
    day = DUE + timedelta(days=n)
    return [told for told in (soon_on(DUE, day - ONE, day), late_on(DUE, day - ONE, day)) if told]


def test_reminders_of_one_payment_day_by_day():
    days = [n for n in range(-30, 50) if told_on(n)]
    assert days == [-7, -3, -1, 0, 1, 3, 7, 14, 21, 28, 35, 42, 49]


@given(st.integers(-12, 60), st.integers(1, 40))
def test_of_days_missed_only_the_newest_reminder_counts(n: int, missed: int):
    today = DUE + timedelta(days=n)
    after = today - timedelta(days=missed)
    window = [after + timedelta(days=k) for k in range(1, missed + 1)]
    before = [day for day in window if soon_on(DUE, day - ONE, day)]
    past = [day for day in window if late_on(DUE, day - ONE, day)]
    assert soon_on(DUE, after, today) == (max(before, default=None) if today <= DUE else None)
    assert late_on(DUE, after, today) == max(past, default=None)


@given(st.integers(-400, 30), st.integers(1, 40))
def test_the_due_days_looked_for_are_those_of_which_something_is_said(n: int, missed: int):
    today = date(2026, 5, 20)
    after, due = today - timedelta(days=missed), today + timedelta(days=n)
    assert (due in soon_days(after, today)) == (soon_on(due, after, today) is not None)
    late = (today - due).days
    weekly = late > 7 and late % 7 < missed
    found = due in list(late_days(after, today)) or weekly
    assert found == (late_on(due, after, today) is not None)
