"""An authenticator app for tests."""

from __future__ import annotations

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value


def code_of(secret: str, *, at: float | None = None) -> str:
    """What an app with this secret shows now, or at a Unix time."""
    moment = time.time() if at is None else at
    return format_hotp_value(hotp_value(secret, int(moment) // 30))


def wrong_code_of(secret: str) -> str:
    """Six digits that the app shows neither now nor just before or after."""
    near = {code_of(secret, at=time.time() + shift) for shift in (-60, -30, 0, 30, 60)}
    return next(code for code in ("000000", "111111", "222222") if code not in near)
