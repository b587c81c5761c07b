"""How a member's request about their own data moves, and which need a second officer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum


class RequestState(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    PROPOSED = "proposed"
    ANSWERED = "answered"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class RequestKind(StrEnum):
    """What a member may ask for (PIPL arts. 24, 44-47)."""

    ACCESS_COPY = "access_copy"
    CORRECTION = "correction"
    ERASURE = "erasure"
    OBJECTION = "objection"


class RequestActor(StrEnum):
    """Who moves a request."""

    MEMBER = "member"
    CONVENER = "convener"
    REVIEWER = "reviewer"


S, A = RequestState, RequestActor
TRANSITIONS: Mapping[RequestState, Mapping[RequestState, frozenset[RequestActor]]] = {
    S.OPEN: {
        S.PROPOSED: frozenset({A.CONVENER}),
        S.ANSWERED: frozenset({A.CONVENER}),
        S.REFUSED: frozenset({A.CONVENER}),
        S.WITHDRAWN: frozenset({A.MEMBER}),
    },
    S.PROPOSED: {
        S.OPEN: frozenset({A.REVIEWER}),
        S.ANSWERED: frozenset({A.REVIEWER}),
        S.REFUSED: frozenset({A.REVIEWER}),
        S.WITHDRAWN: frozenset({A.MEMBER}),
    },
    S.ANSWERED: {},
    S.REFUSED: {},
    S.WITHDRAWN: {},
}
WAITING = frozenset({S.OPEN, S.PROPOSED})
FOUR_EYES = frozenset({RequestKind.CORRECTION, RequestKind.ERASURE})


def may_move(old: RequestState, new: RequestState, actor: RequestActor) -> bool:
    """Whether the table lets this actor move a request from one state to another."""
    return actor in TRANSITIONS[old].get(new, frozenset())


def needs_second_officer(kind: str) -> bool:
    """Whether the answer takes effect only when another officer confirms it."""
    return kind in FOUR_EYES


def due_on(opened_on: date, days: int) -> date:
    """The last day on which the answer is in time; the day of opening is not counted.

    Source: Civil Code art. 201.

    >>> due_on(date(2026, 2, 10), 20)
    datetime.date(2026, 3, 2)
    """
    return opened_on + timedelta(days=days)
