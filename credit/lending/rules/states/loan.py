"""Where a loan stands."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from credit.lending.rules.states.actors import Actor


class LoanState(StrEnum):
    """Where a loan stands."""

    DRAWN = "drawn"
    SIGNED = "signed"
    ACTIVE = "active"
    SETTLED = "settled"
    WRITTEN_OFF = "written_off"
    CANCELLED = "cancelled"


S = LoanState
TRANSITIONS: Mapping[LoanState, Mapping[LoanState, frozenset[Actor]]] = {
    S.DRAWN: {
        S.SIGNED: frozenset({Actor.BORROWER, Actor.LENDER}),
        S.CANCELLED: frozenset({Actor.BORROWER, Actor.LENDER, Actor.CONVENER, Actor.NIGHT}),
    },
    S.SIGNED: {
        S.ACTIVE: frozenset({Actor.BORROWER, Actor.CONVENER}),
        S.CANCELLED: frozenset({Actor.LENDER, Actor.CONVENER, Actor.NIGHT}),
    },
    S.ACTIVE: {
        S.SETTLED: frozenset(
            {Actor.BORROWER, Actor.LENDER, Actor.CONVENER, Actor.REVIEWER, Actor.NIGHT}
        ),
        S.WRITTEN_OFF: frozenset({Actor.REVIEWER}),
    },
    S.SETTLED: {
        S.ACTIVE: frozenset({Actor.REVIEWER}),
    },
    S.WRITTEN_OFF: {},
    S.CANCELLED: {},
}
