"""How much of a year a span of days is, as an exact fraction."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from credit.lending.rules.calendar import step
from credit.lending.rules.terms import DayCount, Every, Terms, Unit

Share = tuple[int, int]
"""A share of a year (or of a rate's period) as numerator and denominator."""

_BASIS = {DayCount.ACTUAL_360: 360, DayCount.ACTUAL_364: 364, DayCount.ACTUAL_365: 365}
_UNITS_PER_YEAR = {Unit.MONTHS: 12, Unit.WEEKS: 52, Unit.DAYS: 365}
_DAYS_IN_30_360 = {Unit.MONTHS: 30, Unit.WEEKS: 7, Unit.DAYS: 1}


class Period(NamedTuple):
    """The time one instalment pays interest for: ``[from_on, due_on)``.

    ``start_on`` is where the interval of the calendar began, earlier than ``from_on`` if money came
    within it; ``full`` is the share of the whole interval. Under a convention that looks at
    intervals rather than at days (``by_interval``) a part of it counts by its days.
    """

    from_on: date
    due_on: date
    start_on: date
    full: Share
    by_interval: bool

    def share(self, start: date, end: date, day_count: DayCount) -> Share:
        """What ``[start, end)`` within this period is of a year."""
        if start == self.start_on and end == self.due_on:
            return self.full
        if self.by_interval:
            days = end.toordinal() - start.toordinal()
            length = self.due_on.toordinal() - self.start_on.toordinal()
            return self.full[0] * days, self.full[1] * length
        return actual_share(start, end, day_count)


def actual_share(start: date, end: date, day_count: DayCount) -> Share:
    """Real days over the days of the year that the convention names."""
    if day_count == DayCount.ACTUAL_ACTUAL:
        return _actual_actual(start, end)
    return end.toordinal() - start.toordinal(), _BASIS[day_count]


def _actual_actual(start: date, end: date) -> Share:
    """Each day over the length of its own year: the first day is not counted, the last one is.

    >>> _actual_actual(date(2023, 12, 12), date(2024, 1, 12)) == (19 * 366 + 12 * 365, 365 * 366)
    True
    """
    if start.year == end.year:
        return end.toordinal() - start.toordinal(), _days_of(start.year)
    common = leap = 0
    while start < end:
        year_end = date(start.year, 12, 31)
        if start == year_end:
            year_end = date(start.year + 1, 12, 31)
        until = min(end, year_end)
        days = until.toordinal() - start.toordinal()
        if _days_of(until.year) == 366:
            leap += days
        else:
            common += days
        start = until
    if not leap:
        return common, 365
    return common * 366 + leap * 365, 365 * 366


def _days_of(year: int) -> int:
    return 366 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 365


def periods(terms: Terms, due: list[date]) -> list[Period]:
    """The periods that end on the due days."""
    day_count, delivered = terms.day_count, terms.disbursed_on
    by_interval = day_count in (DayCount.THIRTY_360, DayCount.PER_PERIOD)
    regular = _whole(terms, 1, 1) if by_interval else None
    start = min(terms.schedule_from or delivered, delivered)
    found: list[Period] = []
    for due_on in due:
        if regular is None:
            full = actual_share(start, due_on, day_count)
        elif found and not terms.custom_due:
            full = regular
        else:
            full = _intervals(terms, start, due_on)
        found.append(Period(max(start, delivered), due_on, start, full, by_interval))
        start = due_on
    return found


def _intervals(terms: Terms, start: date, end: date) -> Share:
    """``[start, end)`` counted in whole intervals and, for what is left, the days of the next one."""
    one = Every(terms.every.unit, 1)
    count = 0
    while (after := step(start, one, count + 1, terms.month_end)) <= end:
        count += 1
    if (before := step(start, one, count, terms.month_end)) == end:
        return _whole(terms, count, terms.every.n)
    days, length = (end - before).days, (after - before).days
    return _whole(terms, count * length + days, terms.every.n * length)


def _whole(terms: Terms, units: int, per: int) -> Share:
    """``units / per`` intervals as a share of a year, or of a rate's period."""
    every = terms.every
    if terms.period_rate is not None:
        return units, per
    if terms.day_count == DayCount.THIRTY_360:
        return units * every.n * _DAYS_IN_30_360[every.unit], per * 360
    return units * every.n, per * _UNITS_PER_YEAR[every.unit]
