"""When instalments fall due."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from credit.lending.rules.terms import Every, MonthEnd, Terms, Unit


def step(start: date, every: Every, times: int, month_end: MonthEnd = MonthEnd.CLAMP) -> date:
    """The day ``times`` intervals after ``start``.

    Always counted from ``start``, so a day once lost to a short month comes back:

    >>> monthly = Every(Unit.MONTHS, 1)
    >>> [str(step(date(2025, 1, 31), monthly, n)) for n in (1, 2)]
    ['2025-02-28', '2025-03-31']
    >>> [str(step(date(2025, 1, 31), monthly, n, MonthEnd.ROLL)) for n in (1, 2, 3)]
    ['2025-03-01', '2025-03-31', '2025-05-01']
    """
    if every.unit != Unit.MONTHS:
        days = every.n * times * (7 if every.unit == Unit.WEEKS else 1)
        return start + timedelta(days=days)
    year, month = divmod(start.year * 12 + start.month - 1 + every.n * times, 12)
    day = start.day
    if day > 28:
        last = monthrange(year, month + 1)[1]
        if day > last:
            if month_end == MonthEnd.CLAMP:
                day = last
            else:
                # The day a month lacks is never in December, so the next month is of the same year.
                return date(year, month + 2, 1)
    return date(year, month + 1, day)


def due_dates(terms: Terms) -> list[date]:
    """The due day of every instalment except a down payment.

    Days are counted from the start of the schedule; a first due day set by hand starts a count of
    its own, unless it is the one the schedule would have had anyway.
    """
    if terms.custom_due:
        return [due.on for due in terms.custom_due]
    start = terms.schedule_from or terms.disbursed_on
    first = terms.first_due_on
    count = range(1, terms.instalments + 1)
    if first is None or first == step(start, terms.every, 1, terms.month_end):
        return [step(start, terms.every, n, terms.month_end) for n in count]
    return [step(first, terms.every, n - 1, terms.month_end) for n in count]
