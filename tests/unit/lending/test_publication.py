"""The days on which the loan prime rate is published."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.lending.rules import publication
from credit.lending.services.lpr import shipped_rates

DAYS = st.dates(date(2005, 1, 1), date(2060, 12, 31))


def test_rule_gives_every_published_date():
    days = [day for day, _rate in shipped_rates()]
    assert len(days) == 86
    computed = [publication.FIRST_PUBLICATION]
    while computed[-1] < days[-1]:
        computed.append(publication.next_publication_day(computed[-1]))
    assert computed == days


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [
        (2021, 2, date(2021, 2, 20)),  # a Saturday worked for the Spring Festival
        (2026, 9, date(2026, 9, 20)),  # a Sunday worked for National Day
        (2024, 10, date(2024, 10, 21)),  # the 20th is a Sunday
        (2026, 2, date(2026, 2, 24)),  # the 20th falls into the Spring Festival
    ],
)
def test_publication_day_of_a_month(year, month, day):
    assert publication.publication_day(year, month) == day


def test_beyond_the_calendar_only_weekends_are_free():
    unknown = date(2050, 10, 3)  # within the National Day holidays of every year
    assert not publication.is_calendar_known(unknown)
    assert publication.is_working_day(unknown)
    assert publication.publication_day(2050, 3) == date(2050, 3, 21)  # the 20th is a Sunday


def test_holidays_of_known_years_are_free():
    holiday = date(2026, 10, 5)
    assert publication.is_calendar_known(holiday)
    assert not publication.is_working_day(holiday)


@given(DAYS)
def test_next_publication_is_later_and_within_two_months(day):
    following = publication.next_publication_day(day)
    assert day < following <= day + timedelta(days=62)
    assert following.day >= publication.PUBLICATION_DAY
    assert publication.is_working_day(following)


@given(DAYS)
def test_no_publication_day_is_skipped(day):
    following = publication.next_publication_day(day)
    if following - timedelta(days=1) > day:
        assert publication.next_publication_day(following - timedelta(days=1)) == following
