"""The life of a scorecard."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class CardState(StrEnum):
    """Where a card stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    ACTIVE = "active"
    RETIRED = "retired"


class Actor(StrEnum):
    """Who moves it: who made it, another officer, or the card that takes its place."""

    MAKER = "maker"
    CHECKER = "checker"
    SUCCESSOR = "successor"


TRANSITIONS: Mapping[CardState, Mapping[CardState, Actor]] = {
    CardState.DRAFT: {CardState.APPROVED: Actor.CHECKER},
    CardState.APPROVED: {CardState.ACTIVE: Actor.CHECKER},
    CardState.ACTIVE: {CardState.RETIRED: Actor.SUCCESSOR},
    CardState.RETIRED: {},
}
