"""Counters hold, wait and end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core import throttle
from core.throttle import Limit, TooOften

AT = datetime(2026, 5, 20, 4, tzinfo=UTC)
TWICE = Limit("twice", 2, 60)
WEEK = Limit("week", 3, 7 * throttle.DAY)


def test_waits_only_when_the_limit_is_used_up():
    assert throttle.wait_for(TWICE, "a", at=AT) == 0
    assert [throttle.take(TWICE, "a", at=AT) for _ in range(2)] == [1, 2]
    assert throttle.wait_for(TWICE, "a", at=AT) == 60
    assert throttle.wait_for(TWICE, "a", at=AT + timedelta(seconds=59.5)) == 1
    assert throttle.wait_for(TWICE, "a", at=AT + timedelta(seconds=60)) == 0
    assert throttle.wait_for(TWICE, "b", at=AT) == 0


def test_counts_anew_when_the_time_is_over():
    throttle.take(TWICE, "a", at=AT)
    throttle.take(TWICE, "a", at=AT)
    assert throttle.take(TWICE, "a", at=AT + timedelta(seconds=60)) == 1


def test_takes_of_each_limit_or_of_none():
    for _ in range(2):
        throttle.take_all([TWICE, WEEK], "a", at=AT, code="full")
    with pytest.raises(TooOften) as refused:
        throttle.take_all([TWICE, WEEK], "a", at=AT, code="full")
    assert (refused.value.code, refused.value.seconds, refused.value.minutes) == ("full", 60, 1)
    later = AT + timedelta(minutes=2)
    throttle.take_all([TWICE, WEEK], "a", at=later, code="full")
    with pytest.raises(TooOften) as refused:
        throttle.take_all([TWICE, WEEK], "a", at=later, code="full")
    assert refused.value.seconds == WEEK.seconds - 120


def test_forgets_when_told():
    throttle.take(TWICE, "a", at=AT)
    throttle.take(TWICE, "a", at=AT)
    throttle.forget(TWICE, "a")
    assert throttle.wait_for(TWICE, "a", at=AT) == 0
