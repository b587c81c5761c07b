"""Phones of tests: they catch the codes that would have been sent. The fixture is ``phones``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field


@dataclass
class Phones:
    """Catches what would have been sent."""

    sent: list[tuple[str, str, str]] = field(default_factory=list)

    def __call__(self, *, phone: str, text: str, purpose: str) -> None:
        self.sent.append((phone, text, purpose))

    @property
    def code(self) -> str:
        """The code in the last message."""
        return re.search(r"\d{6}", self.sent[-1][1]).group()

    @property
    def wrong(self) -> str:
        """A code that is not that one."""
        return f"{(int(self.code) + 1) % 1_000_000:06d}"
