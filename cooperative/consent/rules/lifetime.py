"""When a consent lives. Expiry is a function of time: no job writes it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Standing(StrEnum):
    """How a consent stands at a moment."""

    LIVE = "live"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    NOT_YET = "not_yet"


@dataclass(frozen=True)
class Term:
    """A consent's life: from ``given_at`` until withdrawal, at most until ``valid_until`` (excluded)."""

    given_at: datetime
    valid_until: datetime
    withdrawn_at: datetime | None


def standing(term: Term, at: datetime) -> Standing:
    """How a consent stands; withdrawal goes before expiry, and neither works backwards.

    Source: PIPL arts. 14, 15.
    """
    if at < term.given_at:
        return Standing.NOT_YET
    if term.withdrawn_at is not None and at >= term.withdrawn_at:
        return Standing.WITHDRAWN
    if at >= term.valid_until:
        return Standing.EXPIRED
    return Standing.LIVE


def not_covered(asked: Collection[str], given: Collection[str]) -> list[str]:
    """The kinds of data that were asked for and not given, sorted; empty when all are covered."""
    return sorted(set(asked) - set(given))
