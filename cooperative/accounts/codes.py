"""Codes by SMS: six digits, five minutes, three tries, each good for one use.

A code lives in the shared cache under a challenge, a random name that the browser's session
keeps. The cache holds the number sealed and the code as a keyed digest. Nothing here tells
whether a number is known: known and unknown ones get the same answer and the same message.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from cooperative.accounts import limits
from cooperative.accounts.models import phone_index
from core import throttle
from core.crypto import blind_index, seal, unseal
from core.errors import Refused

VALID_FOR = timedelta(minutes=5)
TRIES = 3
DIGITS = 6
RESEND_AFTER = timedelta(seconds=60)
# The page still knows the number for a while after its code ran out, so that one may ask anew.
_REMEMBER_SECONDS = 30 * 60

Sender = Callable[..., None]
_sender: list[Sender] = []


def register_code_sender(sender: Sender) -> None:
    """Say who sends codes: ``sender(phone=..., text=..., purpose="sign_in_code")``.

    It sends at once, keeps nothing, and raises ``Refused`` when the message could not go out.
    """
    _sender[:] = [sender]


@dataclass(frozen=True)
class Challenge:
    """A code that was asked for, without the code."""

    phone: str
    purpose: str
    sent_at: datetime

    def wait(self, *, at: datetime) -> int:
        """Seconds until another code may be asked for."""
        left = self.sent_at + RESEND_AFTER - at
        return max(0, -(-left // timedelta(seconds=1)))

    def expires_at(self) -> datetime:
        """From this moment on the code is refused."""
        return self.sent_at + VALID_FOR


def send_code(*, phone: str, purpose: str, address: str, at: datetime, use: str = "") -> str:
    """Send a fresh code to a number (11 digits); returns the name of the challenge.

    ``address`` is where the request came from. ``purpose`` binds the code to one use; ``use`` says
    it in the message, so that whoever reads a code aloud hears what it would agree to.

    Raises:
        throttle.TooOften: ``sms_number_limit`` or ``sms_address_limit``.
        Refused: the message could not be sent.
    """
    throttle.take_all(
        limits.SMS_FROM_ADDRESS,
        f"{address}",
        at=at,
        code="sms_address_limit",
        message=limits.SMS_TOO_OFTEN,
    )
    throttle.take_all(
        limits.SMS_TO_NUMBER,
        phone_index(phone),
        at=at,
        code="sms_number_limit",
        message=limits.SMS_TOO_OFTEN,
    )
    code = "".join(secrets.choice("0123456789") for _digit in range(DIGITS))
    name = secrets.token_urlsafe(24)
    kept = {"phone": seal(phone), "purpose": purpose, "sent_at": at}
    cache.set(_about(name), kept, _REMEMBER_SECONDS)
    cache.set(_tries(name), 0, _REMEMBER_SECONDS)
    cache.set(_live(name), _digest(name, code), int(VALID_FOR.total_seconds()))
    _send(phone=phone, text=_text(code, use), purpose="sign_in_code")
    return name


def challenge(name: str, *, purpose: str) -> Challenge | None:
    """What was asked for under this name, or None when it is long gone or for another purpose."""
    kept = cache.get(_about(name)) if name else None
    if kept is None or kept["purpose"] != purpose:
        return None
    return Challenge(unseal(kept["phone"]), kept["purpose"], kept["sent_at"])


def use_code(name: str, code: str, *, purpose: str, at: datetime) -> str:
    """The number that the code proves. A code is used up by this, also when two try at once.

    Raises:
        Refused: ``code_gone``, ``code_expired``, ``code_used_up`` or ``code_wrong``.
    """
    asked = challenge(name, purpose=purpose)
    if asked is None:
        raise Refused("code_gone", _("这次登录已经过期。"), way_on=_("请重新填写手机号。"))
    digest = cache.get(_live(name))
    if digest is None or at >= asked.expires_at():
        raise _expired()
    try:
        tries = cache.incr(_tries(name))
    except ValueError:  # somebody was faster with the same code, and it is gone with its count
        raise _expired() from None
    if tries > TRIES:
        raise _used_up()
    if not constant_time_compare(digest, _digest(name, code)):
        if tries == TRIES:
            cache.delete(_live(name))
            raise _used_up()
        raise Refused(
            "code_wrong",
            _("验证码不对。还可以再试 %(left)s 次。") % {"left": TRIES - tries},
            left=TRIES - tries,
        )
    if not cache.delete(_live(name)):  # somebody was faster with the same code
        raise _expired()
    cache.delete_many([_about(name), _tries(name)])
    return asked.phone


def _expired() -> Refused:
    return Refused("code_expired", _("验证码已经失效。"), way_on=_("请重新发送一条。"))


def _used_up() -> Refused:
    return Refused("code_used_up", _("验证码错了 3 次，已经作废。"), way_on=_("请重新发送一条。"))


def _text(code: str, use: str) -> str:
    """The code comes first: phones offer the first digits of a message to be filled in."""
    if not use:
        return _("验证码 %(code)s，5 分钟内有效。请不要告诉别人，工会干部也不会向您要。") % {
            "code": code
        }
    return _("验证码 %(code)s，%(use)s。5 分钟内有效，请不要告诉别人，工会干部也不会向您要。") % {
        "code": code,
        "use": use,
    }


def _send(*, phone: str, text: str, purpose: str) -> None:
    if not _sender:
        raise RuntimeError("nobody registered as the sender of codes")
    _sender[0](phone=phone, text=text, purpose=purpose)


def _digest(name: str, code: str) -> str:
    return blind_index("code", f"{name}\0{code}")


def _about(name: str) -> str:
    return f"code:{name}:about"


def _tries(name: str) -> str:
    return f"code:{name}:tries"


def _live(name: str) -> str:
    return f"code:{name}:live"
