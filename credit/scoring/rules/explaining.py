"""How a score came about: its parts, the arithmetic of its limit, and what moved it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from credit.scoring.rules.card import Card
from credit.scoring.rules.evaluating import NOTHING, Inputs, Result
from credit.scoring.rules.reasons import text_of


@dataclass(frozen=True, slots=True)
class Part:
    """One characteristic of a score: what it earned, of how much, and the sentence about it."""

    code: str
    title: str
    group: str
    points: Decimal
    best: Decimal
    text: str


def parts_of(card: Card, inputs: Inputs, result: Result) -> tuple[Part, ...]:
    """The parts in the card's order; their points sum to the total, unless it was clamped."""
    return tuple(
        Part(
            one.code,
            one.title,
            one.group,
            points,
            one.best,
            text_of(one, inputs.get(one.indicator)),
        )
        for one, points in zip(card.characteristics, result.points, strict=True)
    )


@dataclass(frozen=True, slots=True)
class GroupPart:
    """The parts of one group together."""

    group: str
    points: Decimal
    best: Decimal


def groups_of(parts: tuple[Part, ...]) -> tuple[GroupPart, ...]:
    """The groups in the order in which the card first names them."""
    return tuple(
        GroupPart(
            group,
            sum((one.points for one in parts if one.group == group), NOTHING),
            sum((one.best for one in parts if one.group == group), NOTHING),
        )
        for group in dict.fromkeys(one.group for one in parts)
    )


@dataclass(frozen=True, slots=True)
class LimitSteps:
    """The limit's arithmetic in yuan: base + assets part + income part, capped, down to the step."""

    base: Decimal
    assets: Decimal
    income: Decimal
    cap: Decimal
    step: Decimal
    limit: Decimal

    @property
    def is_capped(self) -> bool:
        """Whether the cap decided."""
        return self.base + self.assets + self.income > self.cap


def limit_steps(card: Card, inputs: Inputs, result: Result) -> LimitSteps | None:
    """How the limit was worked out; None where a veto or the grade leaves none."""
    base = next(one.base for one in card.grades if one.code == result.grade)
    if result.vetoes or base <= 0:
        return None
    formula = card.limit
    return LimitSteps(
        base,
        (inputs.get(formula.assets_indicator) or NOTHING) * formula.assets_share,
        (inputs.get(formula.income_indicator) or NOTHING) * formula.income_share,
        formula.cap,
        formula.step,
        result.limit,
    )


@dataclass(frozen=True, slots=True)
class Move:
    """A characteristic that earns more (or less) than before, with the sentence about it now."""

    title: str
    points: Decimal
    text: str


def moves_between(before: tuple[Part, ...], after: tuple[Part, ...]) -> tuple[Move, ...]:
    """What changed between two scores of one card, the weightiest first, ties in its order."""
    old = {one.code: one.points for one in before}
    moves = [
        Move(one.title, one.points - old[one.code], one.text)
        for one in after
        if one.code in old and one.points != old[one.code]
    ]
    return tuple(sorted(moves, key=lambda one: -abs(one.points)))
