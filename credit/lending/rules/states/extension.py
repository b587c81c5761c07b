"""Where the prolongation of a loan stands."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from credit.lending.rules.states.actors import Actor


class ExtensionState(StrEnum):
    """Where the prolongation of a loan stands."""

    ASKED = "asked"
    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


S = ExtensionState
TRANSITIONS: Mapping[ExtensionState, Mapping[ExtensionState, frozenset[Actor]]] = {
    S.ASKED: {
        S.PROPOSED: frozenset({Actor.CONVENER}),
        S.REFUSED: frozenset({Actor.CONVENER, Actor.LENDER}),
        S.WITHDRAWN: frozenset({Actor.BORROWER}),
        S.EXPIRED: frozenset({Actor.NIGHT}),
    },
    S.PROPOSED: {
        S.IN_FORCE: frozenset({Actor.REVIEWER}),
        S.REFUSED: frozenset({Actor.REVIEWER, Actor.LENDER}),
        S.WITHDRAWN: frozenset({Actor.BORROWER}),
        S.EXPIRED: frozenset({Actor.NIGHT}),
    },
    S.IN_FORCE: {},
    S.REFUSED: {},
    S.WITHDRAWN: {},
    S.EXPIRED: {},
}
