"""The officers' second step: who needs it, which session has passed it, and its authenticator."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import segno
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, validate_totp_code
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest

from core.crypto import is_current, seal, unseal

NeedsSecondFactor = Callable[[Any], bool]
_needs: list[NeedsSecondFactor] = []
_TOTP_DIGITS = 6
_REMEMBER_USED_SECONDS = 120


def register_needs_second_factor(answer: NeedsSecondFactor) -> None:
    """Say who needs it: one yes of several registered answers is enough."""
    if answer not in _needs:
        _needs.append(answer)


def needs_second_factor(user: Any) -> bool:
    """Whether somebody said that this account must give a second factor."""
    return any(answer(user) for answer in _needs)


def gave_second_factor(request: HttpRequest) -> bool:
    """Whether this session gave a second factor when it signed in."""
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" for record in records)


def passed(request: HttpRequest) -> bool:
    """Whether this session may do an officer's work: second factor given, password one's own."""
    return gave_second_factor(request) and not request.user.must_change_password


def is_guarded(user: Any) -> bool:
    """Whether what this account signs in with may change only after a second factor.

    A code by SMS alone must not lead to an officer's password or authenticator: numbers get stolen.
    """
    return needs_second_factor(user) or authenticator_of(user) is not None


def recently_confirmed(request: HttpRequest) -> bool:
    """Whether the person proved who they are in the last minutes, by any means."""
    since = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    records = get_authentication_records(request, request.user)
    return any(record["at"] >= since for record in records)


def authenticator_of(user: Any) -> Authenticator | None:
    """The account's authenticator app, if one was set up."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()


def new_secret() -> str:
    """A fresh secret for an authenticator app (base32)."""
    return generate_totp_secret()


def is_right(secret: str, code: str) -> bool:
    """Whether the code belongs to the secret now, give or take half a minute."""
    return validate_totp_code(secret, code)


def address_of(user: Any, secret: str) -> str:
    """The ``otpauth:`` address of a secret."""
    return str(get_adapter().build_totp_url(user, secret))


def picture_of(address: str) -> str:
    """A QR code of the address as a ``data:`` picture."""
    return str(
        segno.make(address, error="m").svg_data_uri(
            scale=5, border=3, dark="#1F2A24", light="#FFFFFF"
        )
    )


def check(user: Any, code: str) -> str | None:
    """Which kind of factor the code is (``totp`` or ``recovery_codes``), or None when it is wrong.

    A code of the app works once; a recovery code is used up by this.
    """
    if len(code) == _TOTP_DIGITS:
        found = authenticator_of(user)
        right = found is not None and is_right(get_adapter().decrypt(found.data["secret"]), code)
        # django-allauth forgets a used code after one period, while it is still accepted
        fresh = right and cache.add(f"totp-used:{user.pk}:{code}", 1, _REMEMBER_USED_SECONDS)
        return Authenticator.Type.TOTP.value if fresh else None
    codes = recovery_codes_of(user)
    right = codes is not None and codes.validate_code(code)
    return Authenticator.Type.RECOVERY_CODES.value if right else None


def recovery_codes_of(user: Any) -> RecoveryCodes | None:
    """The account's recovery codes, if it has some."""
    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return RecoveryCodes(found) if found else None


def replace(user: Any, secret: str) -> None:
    """Set the authenticator to this secret and make fresh recovery codes; inside a transaction."""
    remove(user)
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)


def remove(user: Any) -> None:
    """Take the authenticator and its recovery codes away; inside a transaction."""
    Authenticator.objects.filter(user=user).delete()


def renew_recovery_codes(user: Any) -> None:
    """Throw the recovery codes away and make fresh ones; inside a transaction."""
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    RecoveryCodes.activate(user)


_SEALED_PARTS = ("secret", "seed", "migrated_codes")


def reseal() -> int:
    """Put the secrets of all authenticators under the newest key; how many rows needed it."""
    done = 0
    with transaction.atomic():
        rows = Authenticator.objects.order_by("pk").select_for_update(of=("self",), no_key=True)
        for row in rows:
            data = {name: _resealed(name, part) for name, part in row.data.items()}
            if data != row.data:
                row.data = data
                row.save(update_fields=["data"])
                done += 1
    return done


def _resealed(name: str, part: Any) -> Any:
    if name not in _SEALED_PARTS:
        return part
    if isinstance(part, list):
        return [_resealed(name, one) for one in part]
    return part if is_current(part) else seal(unseal(part))
