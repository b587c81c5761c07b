"""Where a repayment stands."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from credit.lending.rules.states.actors import Actor


class RepaymentState(StrEnum):
    """Where a repayment stands."""

    DECLARED = "declared"
    DISPUTED = "disputed"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    REVERSED = "reversed"


S = RepaymentState
TRANSITIONS: Mapping[RepaymentState, Mapping[RepaymentState, frozenset[Actor]]] = {
    S.DECLARED: {
        S.CONFIRMED: frozenset({Actor.BORROWER, Actor.LENDER}),
        S.DISPUTED: frozenset({Actor.BORROWER, Actor.LENDER}),
        S.WITHDRAWN: frozenset({Actor.BORROWER, Actor.LENDER}),
    },
    S.DISPUTED: {
        S.CONFIRMED: frozenset({Actor.BORROWER, Actor.LENDER, Actor.CONVENER}),
        S.REJECTED: frozenset({Actor.CONVENER}),
        S.WITHDRAWN: frozenset({Actor.BORROWER, Actor.LENDER}),
    },
    S.CONFIRMED: {
        S.REVERSED: frozenset({Actor.REVIEWER}),
    },
    S.WITHDRAWN: {},
    S.REJECTED: {},
    S.REVERSED: {},
}
