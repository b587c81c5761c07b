"""Where an invited lender stands."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from credit.lending.rules.states.actors import Actor


class PledgeState(StrEnum):
    """Where an invited lender stands."""

    INVITED = "invited"
    PLEDGED = "pledged"
    CONTRACTED = "contracted"
    DECLINED = "declined"
    LAPSED = "lapsed"


S = PledgeState
TRANSITIONS: Mapping[PledgeState, Mapping[PledgeState, frozenset[Actor]]] = {
    S.INVITED: {
        S.PLEDGED: frozenset({Actor.LENDER}),
        S.DECLINED: frozenset({Actor.LENDER}),
        S.LAPSED: frozenset({Actor.CONVENER, Actor.BORROWER, Actor.NIGHT}),
    },
    S.PLEDGED: {
        S.INVITED: frozenset({Actor.LENDER}),
        S.DECLINED: frozenset({Actor.LENDER}),
        S.CONTRACTED: frozenset({Actor.CONVENER}),
        S.LAPSED: frozenset({Actor.CONVENER, Actor.BORROWER, Actor.NIGHT}),
    },
    S.CONTRACTED: {
        S.PLEDGED: frozenset({Actor.BORROWER, Actor.LENDER, Actor.CONVENER, Actor.NIGHT}),
    },
    S.DECLINED: {
        S.INVITED: frozenset({Actor.CONVENER}),
    },
    S.LAPSED: {},
}
