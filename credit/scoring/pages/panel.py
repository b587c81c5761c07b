"""The officers' page of a score: points, reasons, inputs, history, and what people made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from credit.scoring.models import Objection, Override
from credit.scoring.pages.inputs import Input, inputs_of
from credit.scoring.pages.score import history_of, limit_lines, title_of_group
from credit.scoring.rules import reasons
from credit.scoring.rules.explaining import Part, limit_steps, parts_of
from credit.scoring.rules.overriding import standing
from credit.scoring.rules.reasons import Reason
from credit.scoring.selectors.scores import ReadScore


@dataclass(frozen=True)
class PanelScore:
    """What the page shows; ``history`` begins with the score itself."""

    read: ReadScore
    parts: list[tuple[Any, Part]]
    reasons: tuple[Reason, ...]
    inputs: list[Input]
    limit: list[tuple[Any, str]]
    history: list[dict[str, Any]]
    override: Override | None
    grade: str
    limit_amount: Any
    statements: list[Objection]


def panel_score(
    read: ReadScore,
    earlier: Sequence[ReadScore],
    override: Override | None,
    statements: Sequence[Objection],
    today: date,
) -> PanelScore:
    """The page; no query. ``earlier``: the member's scores before, the newest first."""
    parts = parts_of(read.card, read.inputs, read.result)
    grade, limit = standing(
        read.result.grade,
        read.result.limit,
        vetoed=bool(read.result.vetoes),
        other_grade=override.grade if override else "",
        other_limit=override.limit_amount if override else None,
    )
    titles = {one.code: one.title for one in read.card.grades}
    return PanelScore(
        read=read,
        parts=[(title_of_group(one.group), one) for one in parts],
        reasons=reasons(read.card, read.inputs, read.result),
        inputs=inputs_of(read),
        limit=limit_lines(limit_steps(read.card, read.inputs, read.result)),
        history=history_of([read, *earlier], today),
        override=override,
        grade=titles.get(grade, grade),
        limit_amount=limit,
        statements=list(statements),
    )
