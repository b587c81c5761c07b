"""Dates of business: one zone, clocks read only at the outer ring."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")


def business_date(at: datetime) -> date:
    """The local date in Asia/Shanghai of an aware moment.

    Raises:
        ValueError: the moment carries no zone.
    """
    if at.tzinfo is None:
        raise ValueError("an aware datetime is needed")
    return at.astimezone(BUSINESS_ZONE).date()


def today() -> date:
    """Today's business date, read from the clock: for views, tasks and commands only."""
    return business_date(timezone.now())


def add_months(day: date, months: int) -> date:
    """The same day of the month ``months`` later, or that month's last day.

    >>> add_months(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def start_of_day(day: date) -> datetime:
    """The first moment of a business date."""
    return datetime(day.year, day.month, day.day, tzinfo=BUSINESS_ZONE)


def days_until(day: date, today: date) -> int:
    """Days from ``today`` to ``day``; negative when past."""
    return (day - today) // timedelta(days=1)
