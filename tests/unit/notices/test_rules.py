"""Quiet hours, pauses, states and links of notices."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooperative.notices import rules
from core.dates import BUSINESS_ZONE

MOMENTS = st.datetimes(
    min_value=datetime(2000, 1, 1),
    max_value=datetime(2100, 1, 1),
    timezones=st.sampled_from([UTC, BUSINESS_ZONE, timezone(timedelta(hours=-8))]),
)


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BUSINESS_ZONE)


@pytest.mark.parametrize(
    ("moment", "start"),
    [
        ("2026-05-20T07:59:59", "2026-05-20T08:00:00"),
        ("2026-05-20T08:00:00", "2026-05-20T08:00:00"),
        ("2026-05-20T20:59:59", "2026-05-20T20:59:59"),
        ("2026-05-20T21:00:00", "2026-05-21T08:00:00"),
        ("2026-05-20T23:59:59", "2026-05-21T08:00:00"),
        ("2026-05-21T00:00:00", "2026-05-21T08:00:00"),
        ("2026-12-31T22:00:00", "2027-01-01T08:00:00"),
        ("2028-02-28T21:30:00", "2028-02-29T08:00:00"),
    ],
)
def test_message_waits_for_the_morning_when_it_is_quiet(moment: str, start: str) -> None:
    assert rules.after_quiet_hours(shanghai(moment)) == shanghai(start)


def test_quiet_hours_are_those_of_shanghai_when_the_moment_comes_in_another_zone() -> None:
    assert rules.is_quiet(datetime(2026, 5, 20, 13, 0, tzinfo=UTC))
    assert not rules.is_quiet(datetime(2026, 5, 20, 12, 59, 59, tzinfo=UTC))
    assert not rules.is_quiet(datetime(2026, 5, 20, 0, 0, tzinfo=UTC))
    late = datetime(2026, 5, 20, 16, 30, tzinfo=UTC)  # half past midnight of the 21st
    assert rules.after_quiet_hours(late) == datetime(2026, 5, 21, 0, 0, tzinfo=UTC)


def test_moment_without_a_zone_is_an_error() -> None:
    with pytest.raises(ValueError, match="aware"):
        rules.is_quiet(datetime(2026, 5, 20, 12))


@given(MOMENTS)
def test_start_is_never_quiet_never_early_and_never_eleven_hours_late(moment: datetime) -> None:
    start = rules.after_quiet_hours(moment)
    assert not rules.is_quiet(start)
    assert moment <= start <= moment + timedelta(hours=11)
    assert rules.after_quiet_hours(start) == start


@pytest.mark.parametrize(
    ("tries", "pause"),
    [
        (1, timedelta(minutes=1)),
        (2, timedelta(minutes=5)),
        (3, timedelta(minutes=30)),
        (4, timedelta(hours=2)),
        (5, timedelta(hours=6)),
    ],
)
def test_pause_grows_with_each_attempt(tries: int, pause: timedelta) -> None:
    at = shanghai("2026-05-20T09:00:00")
    assert rules.next_attempt(tries, at) == at + pause


def test_sixth_failure_is_the_last() -> None:
    assert rules.next_attempt(6, shanghai("2026-05-20T09:00:00")) is None


def test_gateway_may_ask_for_a_longer_pause_but_for_no_more_than_six_hours() -> None:
    at = shanghai("2026-05-20T09:00:00")
    assert rules.next_attempt(1, at, asked_pause=timedelta(minutes=3)) == at + timedelta(minutes=3)
    assert rules.next_attempt(3, at, asked_pause=timedelta(minutes=3)) == at + timedelta(minutes=30)
    assert rules.next_attempt(1, at, asked_pause=timedelta(days=9)) == at + timedelta(hours=6)


def test_nothing_tried_has_no_next_attempt() -> None:
    with pytest.raises(ValueError, match="nothing"):
        rules.next_attempt(0, shanghai("2026-05-20T09:00:00"))


@given(
    st.integers(min_value=1, max_value=5),
    MOMENTS,
    st.none() | st.timedeltas(min_value=timedelta(), max_value=timedelta(days=30)),
)
def test_next_attempt_keeps_every_pause_and_the_quiet_hours(
    tries: int, at: datetime, asked: timedelta | None
) -> None:
    following = rules.next_attempt(tries, at, asked_pause=asked)
    assert following is not None
    assert not rules.is_quiet(following)
    assert following >= at + rules.PAUSES[tries - 1]
    assert following >= at + min(asked or timedelta(), rules.LONGEST_PAUSE)
    assert following <= at + rules.LONGEST_PAUSE + timedelta(hours=11)


def test_transitions_are_total_and_nothing_leaves_sent() -> None:
    states = set(rules.TRANSITIONS)
    assert {to for ways in rules.TRANSITIONS.values() for to in ways} <= states
    assert states == {"pending", "sent", "failed"}
    assert not rules.TRANSITIONS["sent"]
    assert rules.can_follow("failed", "pending")
    assert not rules.can_follow("sent", "pending")


@pytest.mark.parametrize(
    "link",
    ["https://elsewhere.cn/", "//elsewhere.cn", "/\\elsewhere.cn", "javascript:x", "a", "/a b"],
)
def test_link_is_no_path_of_this_site(link: str) -> None:
    assert not rules.is_relative_link(link)


@pytest.mark.parametrize("link", ["/", "/farm/", "/farm/?plot=3#top"])
def test_link_is_a_path_of_this_site(link: str) -> None:
    assert rules.is_relative_link(link)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("验证码 048213，5 分钟内有效。", "048213"),
        ("验证码048213。", "048213"),
        ("订单 20260520001", ""),
        ("应还 100,000000 元", ""),
        ("没有数字", ""),
    ],
)
def test_code_is_found_in_a_text(text: str, code: str) -> None:
    assert rules.code_in(text) == code
