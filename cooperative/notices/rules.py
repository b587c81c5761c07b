"""When a message may be sent, when it is tried again, what state follows which."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta

from core.dates import BUSINESS_ZONE

QUIET_FROM = time(21)
QUIET_UNTIL = time(8)

# Pauses after the first, second, … failed attempt; one failure more than pauses is the end.
PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
LONGEST_PAUSE = PAUSES[-1]
MOST_TRIES = len(PAUSES) + 1

# A worker that says nothing for so long is taken for dead; another may try again. Longer than
# any gateway call may last.
LEASE = timedelta(minutes=5)

SINGLE_SMS = 70
PART_OF_LONG_SMS = 67

PENDING = "pending"
SENT = "sent"
FAILED = "failed"

# Who moves a delivery from one state to the next.
TRANSITIONS: Mapping[str, Mapping[str, str]] = {
    PENDING: {SENT: "worker", FAILED: "worker"},
    SENT: {},
    FAILED: {PENDING: "officer"},
}

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_RELATIVE = re.compile(r"/(?![/\\])[^\x00-\x20\\]*")


def is_quiet(moment: datetime) -> bool:
    """Whether members are not to be disturbed: ``[21:00, 08:00)`` in Asia/Shanghai.

    Raises:
        ValueError: the moment carries no zone.
    """
    if moment.tzinfo is None:
        raise ValueError("an aware datetime is needed")
    local = moment.astimezone(BUSINESS_ZONE).time()
    return local >= QUIET_FROM or local < QUIET_UNTIL


def after_quiet_hours(moment: datetime) -> datetime:
    """The moment itself, or 08:00 in Asia/Shanghai of the morning that ends its quiet hours.

    >>> late = datetime(2026, 5, 20, 23, 30, tzinfo=BUSINESS_ZONE)
    >>> after_quiet_hours(late).isoformat()
    '2026-05-21T08:00:00+08:00'
    """
    if not is_quiet(moment):
        return moment
    local = moment.astimezone(BUSINESS_ZONE)
    day = local.date() + timedelta(days=1 if local.time() >= QUIET_FROM else 0)
    return datetime.combine(day, QUIET_UNTIL, tzinfo=BUSINESS_ZONE)


def next_attempt(
    tries: int, at: datetime, *, asked_pause: timedelta | None = None
) -> datetime | None:
    """When to try again after ``tries`` failed attempts (1 or more), or None: give up.

    ``asked_pause`` is what the gateway asked for (Retry-After); the longer pause counts, though
    never more than six hours. The result lies outside quiet hours.

    Raises:
        ValueError: fewer than one attempt.
    """
    if tries < 1:
        raise ValueError("nothing was tried yet")
    if tries >= MOST_TRIES:
        return None
    pause = max(PAUSES[tries - 1], min(asked_pause or timedelta(), LONGEST_PAUSE))
    return after_quiet_hours(at + pause)


def can_follow(state: str, following: str) -> bool:
    """Whether a delivery may go from one state to the other."""
    return following in TRANSITIONS[state]


def can_receive_sms(phone: str) -> bool:
    """Whether a number is a mobile one of the mainland: 11 digits from 13 to 19.

    >>> can_receive_sms("13812345678"), can_receive_sms("0451-5312345"), can_receive_sms("")
    (True, False, False)
    """
    return _MOBILE.fullmatch(phone) is not None


def sms_parts(text: str) -> int:
    """How many messages the operator bills for a Chinese text, its signature included.

    >>> sms_parts("您" * 70), sms_parts("您" * 71), sms_parts("您" * 135)
    (1, 2, 3)
    """
    return 1 if len(text) <= SINGLE_SMS else math.ceil(len(text) / PART_OF_LONG_SMS)


def is_relative_link(link: str) -> bool:
    """Whether a link stays on this site: a path, never another host.

    >>> is_relative_link("/farm/?plot=3"), is_relative_link("//elsewhere.cn/"), is_relative_link("")
    (True, False, False)
    """
    return _RELATIVE.fullmatch(link) is not None


def code_in(text: str) -> str:
    """The one-time code of six digits that a text carries, or an empty string.

    >>> code_in("登录验证码 048213，5 分钟内有效。"), code_in("应还 5,000 元，订单 20260520001")
    ('048213', '')
    """
    found = re.search(r"(?<![\d,.])\d{6}(?![\d,.])", text)
    return found.group() if found else ""
