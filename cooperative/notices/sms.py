"""The port to phones: what a message is, how a way out behaves, how it fails.

The ways out stand in ``gateway`` (HTTP) and ``senders`` (console, demo); a port is called outside
any transaction.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

NOTICE = "notice"


@dataclass(frozen=True)
class Sms:
    """One SMS. ``key`` is the same for every attempt at it, so that a gateway can send it once."""

    phone: str
    text: str
    purpose: str
    key: str = field(default_factory=lambda: uuid.uuid4().hex)


class SmsError(Exception):
    """The SMS was not accepted; ``code`` is short, stable and free of personal data."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code[:60]


class SmsUnavailable(SmsError):
    """Trying again later may help; ``pause`` is how long the gateway asks us to wait."""

    def __init__(self, code: str, pause: timedelta | None = None) -> None:
        super().__init__(code)
        self.pause = pause


class SmsRefused(SmsError):
    """The gateway will not take this message, however often it is asked."""


class SmsPort(Protocol):
    """Whoever takes an SMS to a phone."""

    def send(self, sms: Sms) -> str:
        """Hand the message over; the provider's id for it.

        Raises:
            SmsUnavailable: not now.
            SmsRefused: not ever.
        """
