"""What an administrator does for an account: unlock, take a lost second step away, close, open."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cooperative.accounts import lockout, second_factor
from cooperative.accounts.authority import accounts_within_reach
from cooperative.accounts.models import User
from cooperative.accounts.services.account import locked
from cooperative.accounts.services.sessions import end_sessions
from core import audit
from core.errors import Forbidden, NotFound, Refused, refusing


def unlock(*, user: User, by: User, at: datetime) -> None:
    """Let an account that was locked after wrong tries try again at once.

    Raises:
        NotFound: out of the administrator's reach.
    """
    _check_reach(user, by)
    with transaction.atomic():
        audit.record("account.unlocked", user, by=by, at=at)
    lockout.forgive(*lockout.keys_of(user))


def reset_second_step(*, user: User, by: User, at: datetime) -> None:
    """Take away an authenticator that was lost; its owner sets up a new one at the next sign-in.

    Raises:
        NotFound: out of reach.
        Forbidden: ``own_account``.
    """
    _check_reach(user, by)
    _check_other(user, by)
    with transaction.atomic():
        second_factor.remove(locked(user))
        audit.record("account.second_step_reset", user, by=by, at=at)
        end_sessions(user=user, by=by, at=at)


def close(*, user: User, by: User, at: datetime) -> None:
    """Close an account: its owner is out at once and cannot come back.

    Raises:
        NotFound: out of reach.
        Forbidden: ``own_account``.
    """
    _check_reach(user, by)
    _check_other(user, by)
    with transaction.atomic():
        _set_active(user, active=False)
        audit.record("account.closed", user, by=by, at=at)
        end_sessions(user=user, by=by, at=at)


def reopen(*, user: User, by: User, at: datetime) -> None:
    """Let a closed account sign in again.

    Raises:
        NotFound: out of reach.
        Forbidden: ``own_account``.
    """
    _check_reach(user, by)
    _check_other(user, by)
    with transaction.atomic():
        _set_active(user, active=True)
        audit.record("account.reopened", user, by=by, at=at)


def create_officer(
    *, username: str, name: str, password: str, by: User | None, at: datetime
) -> User:
    """An account for a new officer with a temporary password; its posts are another matter.

    Raises:
        Refused: ``name_taken``.
    """
    taken = Refused("name_taken", _("已经有人用“%(name)s”这个登录名。") % {"name": username})
    user = User(username=username, name=name, must_change_password=True)
    user.set_password(password)
    with transaction.atomic():
        if User.objects.filter(username__iexact=username).exists():
            raise taken
        with refusing({"accounts_user_username_key": taken}):
            user.save(force_insert=True)
        audit.record("account.created", user, by=by, at=at)
    return user


def set_temporary_password(*, user: User, password: str, by: User, at: datetime) -> None:
    """Give an officer who forgot theirs a password that works until they choose their own.

    Raises:
        NotFound: out of reach.
        Forbidden: ``own_account``.
        Refused: ``no_sign_in_name``, a member signs in by code instead.
    """
    _check_reach(user, by)
    _check_other(user, by)
    if not user.username:
        raise Refused("no_sign_in_name", _("社员用短信验证码登录，不用临时密码。"))
    with transaction.atomic():
        row = locked(user)
        row.set_password(password)
        row.must_change_password = True
        row.save(update_fields=["password", "must_change_password"])
        audit.record("account.password_reset", row, by=by, at=at)
        end_sessions(user=row, by=by, at=at)


def _set_active(user: User, *, active: bool) -> None:
    row = locked(user)
    row.is_active = active
    row.save(update_fields=["is_active"])


def _check_reach(user: User, by: User) -> None:
    if not accounts_within_reach(by).filter(pk=user.pk).exists():
        raise NotFound()


def _check_other(user: User, by: User) -> None:
    if user.pk == by.pk:
        raise Forbidden(
            "own_account", _("不能处理自己的账号。"), way_on=_("请找另一位管理员办理。")
        )
