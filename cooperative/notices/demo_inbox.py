"""What the demo's inbox shows: SMS gathered by number, and officers' one-time codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cooperative.accounts.demo import current_codes
from cooperative.notices import rules
from cooperative.notices.models import DemoMessage

FRESH = timedelta(minutes=5)


@dataclass(frozen=True)
class ShownSms:
    """One SMS; ``code`` in two halves for the eye, empty if it carries none."""

    text: str
    code: str
    at: datetime
    is_fresh: bool

    @property
    def spaced_code(self) -> str:
        """The code as people read it aloud."""
        return spaced(self.code)


@dataclass(frozen=True)
class Phone:
    """One number and its messages, newest first."""

    number: str
    messages: list[ShownSms]


@dataclass(frozen=True)
class OfficerCode:
    """What an officer's authenticator shows now."""

    login: str
    name: str
    code: str
    seconds: int

    @property
    def spaced_code(self) -> str:
        """The code as people read it aloud."""
        return spaced(self.code)


def spaced(code: str) -> str:
    """A code of six digits in two halves.

    >>> spaced("048213"), spaced("")
    ('048 213', '')
    """
    return f"{code[:3]} {code[3:]}" if code else ""


def by_phone(messages: Iterable[DemoMessage], now: datetime) -> list[Phone]:
    """Messages, given newest first, by number; the number that was written to last comes first."""
    phones: dict[str, Phone] = {}
    for message in messages:
        phone = phones.setdefault(message.phone_index, Phone(message.phone, []))
        code = "" if message.purpose == "notice" else rules.code_in(message.text)
        fresh = now - message.at < FRESH
        phone.messages.append(ShownSms(message.text, code, message.at, fresh))
    return list(phones.values())


def officers_codes() -> list[OfficerCode]:
    """The current codes of the demo's officers, by sign-in name."""
    return [
        OfficerCode(shown.login, shown.name, shown.code, shown.seconds) for shown in current_codes()
    ]
