"""Where a roster may go: a dry run, a second officer's yes, the import."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class RosterState(StrEnum):
    """Where a roster stands."""

    CHECKING = "checking"
    CHECKED = "checked"
    UNREADABLE = "unreadable"
    REJECTED = "rejected"
    IMPORTING = "importing"
    IMPORTED = "imported"


class RosterActor(StrEnum):
    """Who moves it; a job moves it when its last chunk is done."""

    JOB = "job"
    CONVENER = "convener"
    REVIEWER = "reviewer"


S = RosterState
TRANSITIONS: Mapping[RosterState, Mapping[RosterState, frozenset[RosterActor]]] = {
    S.CHECKING: {
        S.CHECKED: frozenset({RosterActor.JOB}),
        S.UNREADABLE: frozenset({RosterActor.JOB}),
    },
    S.CHECKED: {
        S.IMPORTING: frozenset({RosterActor.REVIEWER}),
        S.REJECTED: frozenset({RosterActor.REVIEWER, RosterActor.CONVENER, RosterActor.JOB}),
    },
    S.UNREADABLE: {},
    S.REJECTED: {},
    S.IMPORTING: {S.IMPORTED: frozenset({RosterActor.JOB})},
    S.IMPORTED: {},
}


def may_move(old: RosterState, new: RosterState, actor: RosterActor) -> bool:
    """Whether the table lets this actor move a roster from one state to another."""
    return actor in TRANSITIONS[old].get(new, frozenset())
