"""Who may not try again for a while: five wrong codes or passwords lock an account for minutes.

An account is named by what is typed to reach it, a number or a sign-in name, so that unknown ones
lock like known ones and nobody can tell them apart.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from cooperative.accounts import limits
from cooperative.accounts.models import User, phone_index
from core import audit, throttle
from core.crypto import blind_index
from core.throttle import Limit, TooOften, in_words

LOCKED = Limit("locked", 1, 15 * throttle.MINUTE)


def key_of_phone(phone: str) -> str:
    """The key under which a number is counted."""
    return f"phone:{phone_index(phone)}"


def key_of_name(username: str) -> str:
    """The key under which a sign-in name is counted."""
    return f"name:{blind_index('sign-in-name', username.casefold())}"


def keys_of(user: User) -> list[str]:
    """Every key that leads to an account."""
    keys = [f"phone:{user.phone_index}"] if user.phone_index else []
    return [*keys, key_of_name(user.username)] if user.username else keys


def check_may_try(key: str, *, address: str, at: datetime) -> None:
    """Let only those pass who are not locked out.

    Raises:
        TooOften: ``account_locked`` or ``address_locked``.
    """
    if seconds := throttle.wait_for(LOCKED, key, at=at):
        raise TooOften(
            "account_locked",
            _("连续填错 5 次，暂时不能登录。请等 %(wait)s再试。") % {"wait": in_words(seconds)},
            seconds=seconds,
            way_on=_("着急的话，请找工会管理员解锁。"),
        )
    if seconds := throttle.wait_for(limits.WRONG_FROM_ADDRESS, address, at=at):
        raise TooOften(
            "address_locked",
            _("这个网络上填错的次数太多。请等 %(wait)s再试。") % {"wait": in_words(seconds)},
            seconds=seconds,
        )


def count_wrong(key: str, user: User | None, *, address: str, at: datetime) -> None:
    """Count a wrong code or password; the fifth locks. ``user`` is whose it was, if anybody's."""
    throttle.take(limits.WRONG_FROM_ADDRESS, address, at=at)
    if throttle.take(limits.WRONG_BY_ACCOUNT, key, at=at) < limits.WRONG_BY_ACCOUNT.count:
        return
    throttle.forget(limits.WRONG_BY_ACCOUNT, key)
    throttle.take(LOCKED, key, at=at)
    if user is not None:
        audit.record("account.locked", user, by=None, at=at, minutes=LOCKED.seconds // 60)


def forgive(*keys: str) -> None:
    """Forget what was wrong, and unlock."""
    for key in keys:
        throttle.forget(limits.WRONG_BY_ACCOUNT, key)
        throttle.forget(LOCKED, key)


def minutes_locked(user: User, *, at: datetime) -> int:
    """For how many more minutes an account is locked, 0 when it is not."""
    seconds = max((throttle.wait_for(LOCKED, key, at=at) for key in keys_of(user)), default=0)
    return -(-seconds // throttle.MINUTE)
