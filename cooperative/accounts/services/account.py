"""What an account's owner changes: password, number, second step."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cooperative.accounts import codes, lockout, second_factor
from cooperative.accounts.models import User
from core import audit
from core.errors import Refused, refusing

CHANGE_PHONE = "change_phone"
CONFIRM = "confirm"


def locked(user: User) -> User:
    """The account's row, locked; inside a transaction."""
    return User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)


def set_password(*, user: User, password: str, by: User, at: datetime) -> User:
    """Set a password that the validators passed; the account with it."""
    with transaction.atomic():
        row = locked(user)
        row.set_password(password)
        row.must_change_password = False
        row.save(update_fields=["password", "must_change_password"])
        audit.record("account.password_set", row, by=by, at=at)
    return row


def change_phone(*, user: User, challenge: str, code: str, at: datetime) -> User:
    """Give the account the number that the code proves.

    Raises:
        Refused: the code is wrong, expired or used up; ``phone_taken``.
    """
    phone = codes.use_code(challenge, code, purpose=CHANGE_PHONE, at=at)
    taken = Refused(
        "phone_taken",
        _("这个手机号已有账号。"),
        way_on=_("请先退出，用这个号码登录；两个账号要合并，请找工会管理员。"),
    )
    with transaction.atomic():
        row = locked(user)
        row.set_phone(phone, verified_at=at)
        with refusing({"accounts_user_phone_index_key": taken}):
            row.save(update_fields=["phone", "phone_index", "phone_verified_at"])
        audit.record("account.phone_changed", row, by=user, at=at)
    return row


def confirm_by_code(*, user: User, challenge: str, code: str, address: str, at: datetime) -> None:
    """Let the owner prove again who they are, by a code to their own number.

    Raises:
        Refused: the code is wrong, expired or used up.
        TooOften: locked.
    """
    key = lockout.key_of_phone(user.phone)
    lockout.check_may_try(key, address=address, at=at)
    try:
        phone = codes.use_code(challenge, code, purpose=CONFIRM, at=at)
    except Refused as refused:
        if refused.code in {"code_wrong", "code_used_up"}:
            lockout.count_wrong(key, user, address=address, at=at)
        raise
    if phone != user.phone:
        raise Refused("code_gone", _("手机号刚刚换过。"), way_on=_("请重新发送一条。"))


def confirm_by_password(*, user: User, password: str, address: str, at: datetime) -> None:
    """The same, by the password.

    Raises:
        Refused: ``password_wrong``.
        TooOften: locked.
    """
    key = lockout.keys_of(user)[-1]
    lockout.check_may_try(key, address=address, at=at)
    if not user.check_password(password):
        lockout.count_wrong(key, user, address=address, at=at)
        raise Refused("password_wrong", _("密码不对。"))
    lockout.forgive(key)


def set_second_step(*, user: User, secret: str, code: str, at: datetime) -> None:
    """Make the secret the account's authenticator, with fresh recovery codes.

    Raises:
        Refused: ``second_step_wrong``, the code does not belong to the secret.
    """
    if not second_factor.is_right(secret, code):
        raise Refused(
            "second_step_wrong",
            _("验证码不对。"),
            way_on=_("请核对手机时间是否准确，再填身份验证器上的 6 位数字。"),
        )
    with transaction.atomic():
        second_factor.replace(locked(user), secret)
        audit.record("account.second_step_set", user, by=user, at=at)


def renew_recovery_codes(*, user: User, at: datetime) -> None:
    """Make fresh recovery codes; the old ones end."""
    with transaction.atomic():
        second_factor.renew_recovery_codes(locked(user))
        audit.record("account.recovery_codes_renewed", user, by=user, at=at)
