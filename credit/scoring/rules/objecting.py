"""A member's objection to their score: where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class ObjectionState(StrEnum):
    """Where an objection stands."""

    RAISED = "raised"
    UPHELD = "upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class ObjectionActor(StrEnum):
    """Who ends it: whoever raised it, or an officer by an answer in writing."""

    MEMBER = "member"
    OFFICER = "officer"


S = ObjectionState
TRANSITIONS: Mapping[ObjectionState, Mapping[ObjectionState, ObjectionActor]] = {
    S.RAISED: {
        S.UPHELD: ObjectionActor.OFFICER,
        S.REJECTED: ObjectionActor.OFFICER,
        S.WITHDRAWN: ObjectionActor.MEMBER,
    },
    S.UPHELD: {},
    S.REJECTED: {},
    S.WITHDRAWN: {},
}
