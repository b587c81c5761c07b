"""Where a cost of realising a claim stands."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from credit.lending.rules.states.actors import Actor


class CostState(StrEnum):
    """Where a cost of realising a claim stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DROPPED = "dropped"


S = CostState
TRANSITIONS: Mapping[CostState, Mapping[CostState, frozenset[Actor]]] = {
    S.PROPOSED: {
        S.CONFIRMED: frozenset({Actor.REVIEWER}),
        S.DROPPED: frozenset({Actor.REVIEWER}),
    },
    S.CONFIRMED: {},
    S.DROPPED: {},
}
