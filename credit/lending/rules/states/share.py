"""Where one lender's part of a loan stands."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from credit.lending.rules.states.actors import Actor


class ShareState(StrEnum):
    """Where one lender's part of a loan stands."""

    AGREED = "agreed"
    SENT = "sent"
    DISPUTED = "disputed"
    FORMED = "formed"
    SETTLED = "settled"
    WRITTEN_OFF = "written_off"
    LAPSED = "lapsed"


S = ShareState
TRANSITIONS: Mapping[ShareState, Mapping[ShareState, frozenset[Actor]]] = {
    S.AGREED: {
        S.SENT: frozenset({Actor.LENDER}),
        S.LAPSED: frozenset({Actor.BORROWER, Actor.LENDER, Actor.CONVENER, Actor.NIGHT}),
    },
    S.SENT: {
        S.FORMED: frozenset({Actor.BORROWER, Actor.CONVENER}),
        S.DISPUTED: frozenset({Actor.BORROWER}),
        S.AGREED: frozenset({Actor.LENDER, Actor.CONVENER}),
    },
    S.DISPUTED: {
        S.FORMED: frozenset({Actor.BORROWER, Actor.CONVENER}),
        S.SENT: frozenset({Actor.LENDER}),
        S.AGREED: frozenset({Actor.CONVENER}),
        S.LAPSED: frozenset({Actor.CONVENER}),
    },
    S.FORMED: {
        S.SETTLED: frozenset({Actor.BORROWER, Actor.LENDER, Actor.REVIEWER}),
        S.WRITTEN_OFF: frozenset({Actor.REVIEWER}),
    },
    S.SETTLED: {
        S.FORMED: frozenset({Actor.REVIEWER}),
    },
    S.WRITTEN_OFF: {},
    S.LAPSED: {},
}
