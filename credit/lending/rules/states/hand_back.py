"""Where a sum stands that came of a transfer whose share came to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from credit.lending.rules.states.actors import Actor


class HandBackState(StrEnum):
    """Where a sum stands that the borrower has to give back."""

    OWED = "owed"
    DECLARED = "declared"
    RETURNED = "returned"


S = HandBackState
TRANSITIONS: Mapping[HandBackState, Mapping[HandBackState, frozenset[Actor]]] = {
    S.OWED: {
        S.DECLARED: frozenset({Actor.BORROWER}),
        S.RETURNED: frozenset({Actor.LENDER, Actor.CONVENER}),
    },
    S.DECLARED: {
        S.OWED: frozenset({Actor.LENDER}),
        S.RETURNED: frozenset({Actor.LENDER, Actor.CONVENER}),
    },
    S.RETURNED: {},
}
