"""From applicant to member: who may move a membership where, and when a ballot carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class MembershipState(StrEnum):
    """Where a membership stands."""

    APPLIED = "applied"
    BALLOTED = "balloted"
    ADMITTED = "admitted"
    SUSPENDED = "suspended"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LEFT = "left"


class Actor(StrEnum):
    """Who moves a membership."""

    APPLICANT = "applicant"
    CONVENER = "convener"
    REVIEWER = "reviewer"


S = MembershipState
TRANSITIONS: Mapping[MembershipState, Mapping[MembershipState, frozenset[Actor]]] = {
    S.APPLIED: {
        S.BALLOTED: frozenset({Actor.CONVENER}),
        S.WITHDRAWN: frozenset({Actor.APPLICANT}),
        S.REJECTED: frozenset({Actor.REVIEWER}),
    },
    S.BALLOTED: {
        S.ADMITTED: frozenset({Actor.REVIEWER}),
        S.REJECTED: frozenset({Actor.REVIEWER}),
        S.APPLIED: frozenset({Actor.REVIEWER}),
        S.WITHDRAWN: frozenset({Actor.APPLICANT}),
    },
    S.ADMITTED: {
        S.SUSPENDED: frozenset({Actor.REVIEWER}),
        S.LEFT: frozenset({Actor.REVIEWER}),
    },
    S.SUSPENDED: {
        S.ADMITTED: frozenset({Actor.REVIEWER}),
        S.LEFT: frozenset({Actor.REVIEWER}),
    },
    S.REJECTED: {},
    S.WITHDRAWN: {},
    S.LEFT: {},
}
LIVE_STATES = frozenset({S.APPLIED, S.BALLOTED, S.ADMITTED, S.SUSPENDED})


def may_move(old: MembershipState, new: MembershipState, actor: Actor) -> bool:
    """Whether the table lets this actor move a membership from one state to another."""
    return actor in TRANSITIONS[old].get(new, frozenset())


@dataclass(frozen=True)
class BallotCount:
    """Votes of a members' meeting, in heads: one member, one vote."""

    entitled: int
    present: int
    votes_for: int
    votes_against: int
    abstained: int


def ballot_problem(count: BallotCount) -> str | None:
    """Why a count cannot be right (``negative``, ``present``, ``sum``), or None."""
    if (
        min(count.entitled, count.present, count.votes_for, count.votes_against, count.abstained)
        < 0
    ):
        return "negative"
    if count.present > count.entitled or count.present == 0:
        return "present"
    if count.votes_for + count.votes_against + count.abstained != count.present:
        return "sum"
    return None


def has_quorum(count: BallotCount) -> bool:
    """Two thirds of those entitled must be present.

    Source: Farmers' Specialised Co-operatives Law (2018) art. 30.
    """
    return 3 * count.present >= 2 * count.entitled


def is_carried(count: BallotCount) -> bool:
    """More than half of those entitled must vote for it.

    Source: Farmers' Specialised Co-operatives Law (2018) arts. 24, 30.
    """
    return has_quorum(count) and 2 * count.votes_for > count.entitled


def waiting_is_over(waiting_ends_on: date, today: date) -> bool:
    """Whether a member may lend and borrow: from the day the waiting period ends."""
    return today >= waiting_ends_on
