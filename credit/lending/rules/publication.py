"""When the loan prime rate is published: on the 20th, or the next working day.

Source: Announcement of the People's Bank of China No. 15 of 2019; the rule gives all 86 dates of
``data/lpr.csv``.
"""

from __future__ import annotations

from datetime import date, timedelta

from chinese_calendar import is_workday

FIRST_PUBLICATION = date(2019, 8, 20)
"""Before this day the present rate did not exist."""
PUBLICATION_DAY = 20


def is_working_day(day: date) -> bool:
    """Whether China works on a day: make-up Saturdays and Sundays count, holidays do not.

    Holidays are announced a year ahead. Beyond the years the calendar knows only weekends are
    free; ``is_calendar_known`` says so.
    """
    return bool(is_workday(day)) if is_calendar_known(day) else day.weekday() < 5


def is_calendar_known(day: date) -> bool:
    """Whether the holidays of that year are known."""
    try:
        is_workday(day)
    except NotImplementedError:
        return False
    return True


def publication_day(year: int, month: int) -> date:
    """The day of a month on which the rate is published.

    >>> publication_day(2026, 9), publication_day(2024, 10)
    (datetime.date(2026, 9, 20), datetime.date(2024, 10, 21))
    """
    day = date(year, month, PUBLICATION_DAY)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def next_publication_day(after: date) -> date:
    """The first publication day later than a day.

    >>> next_publication_day(date(2026, 9, 20))
    datetime.date(2026, 10, 20)
    """
    this = publication_day(after.year, after.month)
    if this > after:
        return this
    following = date(after.year, after.month, 1) + timedelta(days=32)
    return publication_day(following.year, following.month)
