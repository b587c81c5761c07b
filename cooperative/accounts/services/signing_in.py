"""Proving who one is: a code, a password, a second factor. Each wrong try counts."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import authenticate
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from cooperative.accounts import codes, lockout, second_factor
from cooperative.accounts.models import User, phone_index
from core import audit
from core.errors import Refused, violated_constraint

SIGN_IN = "sign_in"
_COUNTED = {"code_wrong", "code_used_up"}


def ask_for_code(*, phone: str, address: str, at: datetime) -> str:
    """Send a sign-in code to a number, known or not; the name of the challenge.

    Raises:
        TooOften: locked, or too many messages.
    """
    lockout.check_may_try(lockout.key_of_phone(phone), address=address, at=at)
    return codes.send_code(phone=phone, purpose=SIGN_IN, address=address, at=at)


def prove_by_code(*, challenge: str, code: str, address: str, at: datetime) -> User:
    """The account of the number that the code proves; made on the spot when there is none.

    Raises:
        Refused: the code is wrong, expired, used up; ``account_closed``.
        TooOften: locked.
    """
    asked = codes.challenge(challenge, purpose=SIGN_IN)
    if asked is not None:
        lockout.check_may_try(lockout.key_of_phone(asked.phone), address=address, at=at)
    try:
        phone = codes.use_code(challenge, code, purpose=SIGN_IN, at=at)
    except Refused as refused:
        if asked is not None and refused.code in _COUNTED:
            key, user = lockout.key_of_phone(asked.phone), User.objects.with_phone(asked.phone)
            lockout.count_wrong(key, user, address=address, at=at)
        raise
    lockout.forgive(lockout.key_of_phone(phone))
    user = account_of_phone(phone=phone, at=at)
    check_open(user)
    return user


def account_of_phone(*, phone: str, at: datetime) -> User:
    """The account of a number just proven, made when there is none; also when two ask at once."""
    with transaction.atomic():
        user = _find(phone) or _make(phone, at)
        if user.phone_verified_at is None:
            user.phone_verified_at = at
            user.save(update_fields=["phone_verified_at"])
    return user


def _find(phone: str) -> User | None:
    rows = User.objects.filter(phone_index=phone_index(phone))
    return rows.order_by("pk").select_for_update(of=("self",), no_key=True).first()


def _make(phone: str, at: datetime) -> User:
    user = User()
    user.set_phone(phone, verified_at=at)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            audit.record("account.created", user, by=user, at=at)
    except IntegrityError as error:
        other = User.objects.with_phone(phone)
        if "phone_index" not in violated_constraint(error) or other is None:
            raise
        return other
    return user


def prove_by_password(
    *, request: HttpRequest, phone: str, password: str, address: str, at: datetime
) -> User:
    """The account with this number and password.

    Raises:
        Refused: ``password_wrong``, also for an unknown number or a closed account.
        TooOften: locked.
    """
    key = lockout.key_of_phone(phone)
    lockout.check_may_try(key, address=address, at=at)
    user = authenticate(request, phone=phone, password=password)
    if not isinstance(user, User):
        lockout.count_wrong(key, User.objects.with_phone(phone), address=address, at=at)
        raise Refused(
            "password_wrong",
            _("手机号或密码不对。"),
            way_on=_("没有设过密码的，请用短信验证码登录。"),
        )
    lockout.forgive(key)
    return user


def prove_officer(
    *, request: HttpRequest, username: str, password: str, address: str, at: datetime
) -> User:
    """The account with this sign-in name and password: the first of an officer's two steps.

    Raises:
        Refused: ``password_wrong``, whatever was wrong.
        TooOften: locked.
    """
    key = lockout.key_of_name(username)
    lockout.check_may_try(key, address=address, at=at)
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        whose = User.objects.filter(username__iexact=username).first()
        if whose is not None:
            audit.record("account.sign_in_failed", whose, by=None, at=at, step="password")
        lockout.count_wrong(key, whose, address=address, at=at)
        raise Refused("password_wrong", _("登录名或密码不对。"))
    return user


def prove_second_step(*, user: User, code: str, address: str, at: datetime) -> str:
    """Which kind of second factor the code was; it is used up by this.

    Raises:
        Refused: ``second_step_wrong``.
        TooOften: locked.
    """
    key = lockout.keys_of(user)[-1]
    lockout.check_may_try(key, address=address, at=at)
    kind = second_factor.check(user, code)
    if kind is None:
        audit.record("account.sign_in_failed", user, by=None, at=at, step="second")
        lockout.count_wrong(key, user, address=address, at=at)
        raise Refused(
            "second_step_wrong",
            _("验证码不对。"),
            way_on=_("请等身份验证器换一个新的，再填一次。"),
        )
    lockout.forgive(*lockout.keys_of(user))
    if kind != "totp":
        audit.record("account.recovery_code_used", user, by=user, at=at)
    return kind


def check_open(user: User) -> None:
    """Let only accounts pass that may sign in.

    Raises:
        Refused: ``account_closed``.
    """
    if not user.is_active:
        raise Refused("account_closed", _("这个账号已经停用。"), way_on=_("请联系工会办公室。"))
