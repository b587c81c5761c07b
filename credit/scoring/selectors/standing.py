"""What holds for a member now: score, grade and limit, for the apps that let people borrow."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from credit.scoring.models import Override, Score
from credit.scoring.rules.overriding import standing
from credit.scoring.selectors.scores import read_score


@dataclass(frozen=True)
class CreditStanding:
    """A member's score with the grade and limit that hold, be they the score's or an override's.

    ``limit`` is in yuan, the most the member may owe in all; ``override`` is the one in force.
    """

    total: Decimal
    grade: str
    limit: Decimal
    override: Override | None


def standings_of(member_ids: Collection[int], on: date) -> dict[int, CreditStanding]:
    """The standing of those who are scored, by member; two queries."""
    overrides = _overrides(member_ids, on)
    rows = Score.objects.current().filter(member__in=member_ids).select_related("scorecard")
    return {
        row.member_id: _standing(row, overrides.get(row.member_id)) for row in rows.order_by("pk")
    }


def _standing(row: Score, override: Override | None) -> CreditStanding:
    grade, limit = _held(row, override)
    titles = {one.code: one.title for one in read_score(row).card.grades}
    return CreditStanding(row.total, titles.get(grade, grade), limit, override)


def _held(row: Score, override: Override | None) -> tuple[str, Decimal]:
    return standing(
        row.grade,
        row.limit_amount,
        vetoed=bool(row.vetoes),
        other_grade=override.grade if override else "",
        other_limit=override.limit_amount if override else None,
    )


@dataclass(frozen=True)
class HeldLimit:
    """What a scored member may owe in all, in yuan, and whether a veto is the reason for nothing."""

    amount: Decimal
    is_vetoed: bool


def limits_of_members(member_ids: Collection[int], on: date) -> dict[int, HeldLimit]:
    """Only the limits, by member, of those who are scored; two queries."""
    overrides = _overrides(member_ids, on)
    rows = Score.objects.current().filter(member__in=member_ids).order_by("pk")
    return {
        row.member_id: HeldLimit(_held(row, overrides.get(row.member_id))[1], bool(row.vetoes))
        for row in rows
    }


def _overrides(member_ids: Collection[int], on: date) -> dict[int, Override]:
    rows = Override.objects.in_force(on).filter(member__in=member_ids).order_by("pk")
    return {row.member_id: row for row in rows}
