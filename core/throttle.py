"""How often something may be tried: counters in the shared cache, so they hold over processes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.errors import Refused, Text

MINUTE = 60
HOUR = 3600
DAY = 24 * HOUR


@dataclass(frozen=True)
class Limit:
    """At most ``count`` times within ``seconds`` after the first; ``name`` tells limits apart."""

    name: str
    count: int
    seconds: int


class TooOften(Refused):
    """The limit is reached; ``seconds`` is how long to wait, ``minutes`` the same rounded up."""

    status = 429

    def __init__(self, code: str, message: Text, *, seconds: int, way_on: Text = "") -> None:
        super().__init__(code, message, way_on=way_on, seconds=seconds)
        self.seconds = seconds
        self.minutes = ceil(seconds / MINUTE)


def in_words(seconds: int) -> str:
    """A wait as a person says it: seconds under two minutes, then minutes, then hours, rounded up.

    >>> from django.utils import translation
    >>> with translation.override("zh-hans"):
    ...     in_words(45), in_words(125), in_words(2 * 3600 + 1)
    ('45 秒', '3 分钟', '3 小时')
    """
    if seconds < 2 * MINUTE:
        return ngettext("%(count)s 秒", "%(count)s 秒", seconds) % {"count": seconds}
    if seconds <= 2 * HOUR:
        count = ceil(seconds / MINUTE)
        return ngettext("%(count)s 分钟", "%(count)s 分钟", count) % {"count": count}
    count = ceil(seconds / HOUR)
    return ngettext("%(count)s 小时", "%(count)s 小时", count) % {"count": count}


def take(limit: Limit, key: str, *, at: datetime) -> int:
    """Count one use of ``limit`` by ``key``; the number of uses so far.

    Atomic: of several at once, each gets a number of its own.
    """
    counter, until = _names(limit, key)
    now = at.timestamp()
    ends = cache.get(until)
    if ends is not None and ends <= now:
        cache.delete_many([counter, until])
    cache.add(until, now + limit.seconds, limit.seconds)
    cache.add(counter, 0, limit.seconds)
    try:
        return int(cache.incr(counter))
    except ValueError:  # it ended between the two lines
        cache.set(counter, 1, limit.seconds)
        return 1


def wait_for(limit: Limit, key: str, *, at: datetime) -> int:
    """Seconds until ``key`` may again, 0 when it may now. Counts nothing."""
    counter, until = _names(limit, key)
    found = cache.get_many([counter, until])
    if found.get(counter, 0) < limit.count:
        return 0
    return max(0, ceil(float(found.get(until, 0)) - at.timestamp()))


def longest_wait(limits: Iterable[Limit], key: str, *, at: datetime) -> int:
    """The longest of the waits of several limits."""
    return max(wait_for(limit, key, at=at) for limit in limits)


def forget(limit: Limit, key: str) -> None:
    """Start the count anew."""
    cache.delete_many(_names(limit, key))


def take_all(
    limits: Iterable[Limit],
    key: str,
    *,
    at: datetime,
    code: str = "too_often",
    message: Text = _("试的次数太多了，请等 %(wait)s再来。"),
) -> None:
    """Count one use of each limit, or of none.

    Raises:
        TooOften: with ``code`` and ``message`` (it may name ``wait``), when one is used up.
    """
    limits = tuple(limits)
    seconds = longest_wait(limits, key, at=at)
    if not seconds and any(take(limit, key, at=at) > limit.count for limit in limits):
        seconds = max(1, longest_wait(limits, key, at=at))
    if seconds:
        raise TooOften(code, message % {"wait": in_words(seconds)}, seconds=seconds)


def _names(limit: Limit, key: str) -> tuple[str, str]:
    return f"limit:{limit.name}:{key}", f"limit:{limit.name}:{key}:until"
