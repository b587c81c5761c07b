"""On which days a payment is reminded of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

BEFORE = (7, 3, 1, 0)
AFTER = (1, 3, 7)
WEEK = 7


def soon_on(due_on: date, after: date, today: date) -> date | None:
    """The newest day in ``(after, today]`` on which a payment still to come is reminded of.

    Seven, three and one day before, and on the day itself. A payment whose day is over has none.

    >>> soon_on(date(2026, 5, 20), date(2026, 5, 16), date(2026, 5, 18))
    datetime.date(2026, 5, 17)
    """
    if due_on < today:
        return None
    days = (due_on - timedelta(days=ahead) for ahead in BEFORE)
    return max((day for day in days if after < day <= today), default=None)


def late_on(due_on: date, after: date, today: date) -> date | None:
    """The newest day in ``(after, today]`` on which a payment past its day is reminded of.

    One, three and seven days after, then every week. Days missed are not made up for: only the
    newest one counts.

    >>> late_on(date(2026, 5, 1), date(2026, 5, 5), date(2026, 5, 21))
    datetime.date(2026, 5, 15)
    """
    days = [due_on + timedelta(days=late) for late in AFTER]
    weeks = (today - due_on).days // WEEK
    if weeks > 1:
        days.append(due_on + timedelta(days=WEEK * weeks))
    return max((day for day in days if after < day <= today), default=None)


def soon_days(after: date, today: date) -> list[date]:
    """The due days of which ``soon_on`` says something."""
    ahead = (today + timedelta(days=n) for n in range(BEFORE[0] + 1))
    return [day for day in ahead if soon_on(day, after, today)]


def late_days(after: date, today: date) -> Iterator[date]:
    """The due days within the first week past of which ``late_on`` says something."""
    back = (today - timedelta(days=n) for n in range(1, WEEK + (today - after).days))
    return (day for day in back if late_on(day, after, today))


def unanswered_from(declared_on: date, days: int) -> date:
    """The first day on which a declaration has waited for so many days.

    >>> unanswered_from(date(2026, 5, 20), 10)
    datetime.date(2026, 5, 30)
    """
    return declared_on + timedelta(days=days)
