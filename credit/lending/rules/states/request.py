"""Where a request for money stands."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from credit.lending.rules.states.actors import Actor


class RequestState(StrEnum):
    """Where a request for money stands."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    PROPOSED = "proposed"
    CONVENING = "convening"
    COVERED = "covered"
    CONTRACTED = "contracted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


S = RequestState
TRANSITIONS: Mapping[RequestState, Mapping[RequestState, frozenset[Actor]]] = {
    S.SUBMITTED: {
        S.RETURNED: frozenset({Actor.CONVENER}),
        S.PROPOSED: frozenset({Actor.CONVENER}),
        S.CONVENING: frozenset({Actor.CONVENER}),
        S.REFUSED: frozenset({Actor.CONVENER}),
        S.WITHDRAWN: frozenset({Actor.BORROWER}),
        S.EXPIRED: frozenset({Actor.NIGHT}),
    },
    S.RETURNED: {
        S.SUBMITTED: frozenset({Actor.BORROWER}),
        S.WITHDRAWN: frozenset({Actor.BORROWER}),
        S.EXPIRED: frozenset({Actor.NIGHT}),
    },
    S.PROPOSED: {
        S.CONVENING: frozenset({Actor.REVIEWER}),
        S.SUBMITTED: frozenset({Actor.REVIEWER}),
        S.REFUSED: frozenset({Actor.REVIEWER}),
        S.WITHDRAWN: frozenset({Actor.BORROWER}),
        S.EXPIRED: frozenset({Actor.NIGHT}),
    },
    S.CONVENING: {
        S.COVERED: frozenset({Actor.LENDER}),
        S.REFUSED: frozenset({Actor.CONVENER}),
        S.WITHDRAWN: frozenset({Actor.BORROWER}),
        S.EXPIRED: frozenset({Actor.NIGHT}),
    },
    S.COVERED: {
        S.CONVENING: frozenset({Actor.LENDER, Actor.CONVENER, Actor.NIGHT}),
        S.CONTRACTED: frozenset({Actor.CONVENER}),
        S.REFUSED: frozenset({Actor.CONVENER}),
        S.WITHDRAWN: frozenset({Actor.BORROWER}),
        S.EXPIRED: frozenset({Actor.NIGHT}),
    },
    S.CONTRACTED: {
        S.COVERED: frozenset({Actor.BORROWER, Actor.LENDER, Actor.CONVENER, Actor.NIGHT}),
    },
    S.REFUSED: {},
    S.WITHDRAWN: {},
    S.EXPIRED: {},
}
