"""How often something may be tried: counters in the shared cache, so they hold over processes."""

from __future__ import annotations

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from core.errors import Refused


class TooOften(Refused):
    """Tried too often; ``minutes`` says how long to wait at most."""

    status = 429

    def __init__(self, seconds: int) -> None:
        minutes = -(-seconds // 60)
        super().__init__(
            "too_often",
            _("试的次数太多了，请过 %(minutes)s 分钟再来。") % {"minutes": minutes},
            minutes=minutes,
        )


def count_try(key: str, *, limit: int, seconds: int) -> None:
    """Count one try under a key and let the first ``limit`` in ``seconds`` pass.

    Raises:
        TooOften: the limit is used up; the window starts with the first try and is not prolonged.
    """
    name = f"tries:{key}"
    if cache.add(name, 1, seconds):
        return
    try:
        tries = cache.incr(name)
    except ValueError:  # the window ended between the two calls
        cache.add(name, 1, seconds)
        return
    if tries > limit:
        raise TooOften(seconds)


def forget_tries(key: str) -> None:
    """Start afresh, e.g. after a success."""
    cache.delete(f"tries:{key}")
