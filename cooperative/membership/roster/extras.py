"""What else a roster says of members, for the app above that keeps such facts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple


class RosterFacts(NamedTuple):
    """Areas in mu and the main crop as the list says; None or empty where it says nothing."""

    member_id: int
    union_id: int
    contracted_mu: Decimal | None
    rented_mu: Decimal | None
    crop: str
    by: Any
    at: datetime


Keeper = Callable[[list[RosterFacts]], object]

_KEEPERS: list[Keeper] = []


def register_roster_facts(keeper: Keeper) -> None:
    """Declare, once, from an ``AppConfig.ready``, who keeps the facts.

    It is called inside the import's transaction with the rows of a chunk, also for members whose
    own entry did not change, and must change nothing when called again with the same rows.
    """
    _KEEPERS.append(keeper)


def keep_facts(facts: list[RosterFacts]) -> None:
    """Hand the rows that say anything to every keeper."""
    telling = [f for f in facts if f.contracted_mu or f.rented_mu or f.crop]
    if telling:
        for keeper in _KEEPERS:
            keeper(telling)
