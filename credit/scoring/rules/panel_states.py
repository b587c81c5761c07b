"""The life of a panel review."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class PanelState(StrEnum):
    """Where a panel stands: who rates may still change, rated, over with a result, called off."""

    CALLED = "called"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class PanelActor(StrEnum):
    """Who moves it: an officer, or the night when its last day has passed."""

    CONVENER = "convener"
    NIGHT = "night"


S = PanelState
TRANSITIONS: Mapping[PanelState, Mapping[PanelState, frozenset[PanelActor]]] = {
    S.CALLED: {
        S.OPEN: frozenset({PanelActor.CONVENER}),
        S.CANCELLED: frozenset({PanelActor.CONVENER}),
    },
    S.OPEN: {
        S.CLOSED: frozenset({PanelActor.CONVENER, PanelActor.NIGHT}),
        S.CANCELLED: frozenset({PanelActor.CONVENER}),
    },
    S.CLOSED: {},
    S.CANCELLED: {},
}


def may_move(old: PanelState, new: PanelState, actor: PanelActor) -> bool:
    """Whether this actor may go along the arrow from ``old`` to ``new``."""
    return actor in TRANSITIONS[old].get(new, frozenset())
