"""An override: another grade or limit in place of the card's, for a time, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from credit.scoring.rules.states import Actor


class OverrideState(StrEnum):
    """Where an override stands; whether a confirmed one holds today its dates say."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    REVOKED = "revoked"


S = OverrideState
TRANSITIONS: Mapping[OverrideState, Mapping[OverrideState, Actor]] = {
    S.PROPOSED: {S.CONFIRMED: Actor.CHECKER, S.REJECTED: Actor.CHECKER},
    S.CONFIRMED: {S.REVOKED: Actor.CHECKER},
    S.REJECTED: {},
    S.REVOKED: {},
}


def standing(
    grade: str,
    limit: Decimal,
    *,
    vetoed: bool,
    other_grade: str = "",
    other_limit: Decimal | None = None,
) -> tuple[str, Decimal]:
    """The grade and limit that hold where an override names others (empty, None: as scored).

    Under a veto the score stands: nobody overrides a veto upwards, and below it there is nothing.

    >>> standing("b", Decimal(20000), vetoed=False, other_limit=Decimal(30000))
    ('b', Decimal('30000'))
    >>> standing("c", Decimal(0), vetoed=True, other_grade="a", other_limit=Decimal(30000))
    ('c', Decimal('0'))
    """
    if vetoed:
        return grade, limit
    return other_grade or grade, limit if other_limit is None else other_limit
