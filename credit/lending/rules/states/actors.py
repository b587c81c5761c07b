"""Who moves things in lending, and whether a table lets them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

StateT = TypeVar("StateT", bound=StrEnum)


class Actor(StrEnum):
    """Who moves a row: a party, an officer in a role, or the nightly job."""

    BORROWER = "borrower"
    LENDER = "lender"
    CONVENER = "convener"
    REVIEWER = "reviewer"
    NIGHT = "night"


def may_move(
    table: Mapping[StateT, Mapping[StateT, frozenset[Actor]]],
    old: StateT,
    new: StateT,
    actor: Actor,
) -> bool:
    """Whether a table lets this actor go along the arrow from ``old`` to ``new``."""
    return actor in table[old].get(new, frozenset())
