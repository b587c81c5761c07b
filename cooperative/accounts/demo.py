"""Accounts of the demo: officers whose authenticator the inbox page shows, and phone accounts."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.db import transaction

from cooperative.accounts import second_factor
from cooperative.accounts.models import User

PASSWORD = "sanwei-demo-2026"  # noqa: S105 - the demo says it on its own start page
_PERIOD_SECONDS = 30


@dataclass(frozen=True)
class CurrentCode:
    """What the authenticator of a demo officer shows now, and for how many more seconds."""

    login: str
    name: str
    code: str
    seconds: int


def make_officer(*, username: str, name: str, secret: str, at: datetime) -> User:
    """An officer's account with the demo's password and a fixed authenticator (base32 secret).

    Doing it again changes nothing but password and secret.
    """
    with transaction.atomic():
        user = User.objects.filter(username=username).first() or User(username=username)
        user.name = name
        user.set_password(PASSWORD)
        user.save()
        second_factor.replace(user, secret)
    return user


def make_phone_accounts(people: Iterable[tuple[str, str]], *, at: datetime) -> list[User]:
    """Accounts for ``(phone, name)`` pairs as if each had signed in once; in the same order."""
    made = []
    with transaction.atomic():
        for phone, name in people:
            user = User.objects.with_phone(phone) or User()
            user.name = name
            user.set_phone(phone, verified_at=at)
            if not user.pk:
                user.set_unusable_password()
            user.save()
            made.append(user)
    return made


def current_codes() -> list[CurrentCode]:
    """The codes that the demo's officers would read from their phones; nothing outside the demo."""
    if not settings.DEMO:
        return []
    now = int(time.time())
    rows = Authenticator.objects.filter(
        type=Authenticator.Type.TOTP, user__username__isnull=False
    ).select_related("user")
    return [_code(row, now) for row in rows.order_by("user__username")]


def _code(row: Authenticator, now: int) -> CurrentCode:
    secret = get_adapter().decrypt(row.data["secret"])
    code = format_hotp_value(hotp_value(secret, now // _PERIOD_SECONDS))
    left = _PERIOD_SECONDS - now % _PERIOD_SECONDS
    return CurrentCode(row.user.username, row.user.name, code, left)
