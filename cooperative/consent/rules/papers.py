"""How a consent signed on paper moves from the sheet to a consent that counts."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class PaperState(StrEnum):
    """Where a signed sheet stands for one member."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class PaperActor(StrEnum):
    """Who moves it."""

    CONVENER = "convener"
    REVIEWER = "reviewer"


S, A = PaperState, PaperActor
TRANSITIONS: Mapping[PaperState, Mapping[PaperState, frozenset[PaperActor]]] = {
    S.PROPOSED: {
        S.CONFIRMED: frozenset({A.REVIEWER}),
        S.REJECTED: frozenset({A.REVIEWER}),
        S.WITHDRAWN: frozenset({A.CONVENER}),
    },
    S.CONFIRMED: {},
    S.REJECTED: {},
    S.WITHDRAWN: {},
}


def may_move(old: PaperState, new: PaperState, actor: PaperActor) -> bool:
    """Whether the table lets this actor move a sheet from one state to another."""
    return actor in TRANSITIONS[old].get(new, frozenset())
