"""A row of everything in scoring for a township of ``tests.two_townships``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.factories.scoring import (
    ObjectionFactory,
    OverrideFactory,
    ScorecardFactory,
    ScoreFactory,
)

if TYPE_CHECKING:
    from tests.two_townships import Township


def scoring_rows(here: Township) -> None:
    """The member's score with an objection to it and a proposal to override it."""
    card = ScorecardFactory()  # one card for the whole federation
    score = ScoreFactory(member=here.member, scorecard=card)
    here.keep(
        card,
        score,
        OverrideFactory(score=score, reason=here.name("调整")),
        ObjectionFactory(score=score, rejected=True, words=here.name("异议")),
    )


OBJECTION = {"objection", "withdraw_objection", "objection_statement"}


def row_of(name: str, rows: dict[str, Any]) -> int | None:
    """The key of a row of the township's member at an address of scoring, None elsewhere."""
    return int(rows["scoring.objection"].pk) if name in OBJECTION else None
