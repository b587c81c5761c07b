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
    LAPSED = "lapsed"
    REVERSED = "reversed"


S = CostState
TRANSITIONS: Mapping[CostState, Mapping[CostState, frozenset[Actor]]] = {
    S.PROPOSED: {
        S.CONFIRMED: frozenset({Actor.REVIEWER}),
        S.DROPPED: frozenset({Actor.REVIEWER}),
        # the share has ended: a payment was confirmed, or a write-off
        S.LAPSED: frozenset({Actor.BORROWER, Actor.LENDER, Actor.CONVENER, Actor.REVIEWER}),
    },
    S.CONFIRMED: {S.REVERSED: frozenset({Actor.REVIEWER})},
    S.DROPPED: {},
    S.LAPSED: {},
    S.REVERSED: {},
}
