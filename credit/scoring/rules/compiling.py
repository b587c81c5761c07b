"""A card as SQL of PostgreSQL, equal to ``evaluate`` row by row.

Only codes that ``CODE`` allows and numbers that were read as decimals reach the text, so nothing
that an officer types can become SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from credit.scoring.rules.card import CODE, Card, Characteristic, LimitFormula
from credit.scoring.rules.checking import errors_of

Column = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class CompiledCard:
    """Expressions over one row of facts: numerics, and a ``text[]`` of veto codes, never null."""

    points: tuple[str, ...]
    total: str
    vetoes: str
    grade: str
    grade_limit: str


def column(indicator: str) -> str:
    """The column of an indicator: its code, quoted, so that no reserved word is in the way.

    Raises:
        ValueError: not a code.
    """
    return f'"{_code(indicator)}"'


def compile_card(card: Card, column: Column = column) -> CompiledCard:
    """The card's expressions over the columns that ``column`` names by indicator.

    Each expression stands alone, so the later ones repeat the earlier. A statement that computes
    them in steps builds its own from ``points_sql``, ``total_sql`` and those that follow.

    Raises:
        ValueError: the card has errors, or a code that is none.
    """
    faults = errors_of(card)
    if faults:
        raise ValueError("; ".join(fault.text for fault in faults))
    points = tuple(points_sql(one, column) for one in card.characteristics)
    total, vetoes = total_sql(points), vetoes_sql(card, column)
    grade, limit = grade_sql(card, total, vetoes), limit_sql(card, total, vetoes, column)
    return CompiledCard(points, total, vetoes, grade, limit)


def points_sql(one: Characteristic, column: Column) -> str:
    """The points of one characteristic."""
    value = column(one.indicator)
    arms = [f"WHEN {value} IS NULL THEN {number(one.missing_points)}"]
    arms += [
        f"WHEN {value} < {number(row.below)} THEN {number(row.points)}"
        for row in one.bins
        if row.below is not None
    ]
    return f"CASE {' '.join(arms)} ELSE {number(one.bins[-1].points)} END"


def total_sql(points: Sequence[str]) -> str:
    """The sum of the points, from 0.00 to 100.00."""
    whole = " + ".join(f"({one})" for one in points)
    return f"round(least(100, greatest(0, {whole})), 2)"


def vetoes_sql(card: Card, column: Column) -> str:
    """The codes of the vetoes that apply, in the card's order."""
    if not card.vetoes:
        return "ARRAY[]::text[]"
    arms = ", ".join(
        f"CASE WHEN {column(one.indicator)} >= {number(one.at_least)} THEN {text(one.code)} END"
        for one in card.vetoes
    )
    return f"array_remove(ARRAY[{arms}]::text[], NULL)"


def grade_sql(card: Card, total: str, vetoes: str) -> str:
    """The grade's code, given expressions of the total and the vetoes."""
    grades = [text(one.code) for one in card.grades]
    return _by_grade(card, total, vetoes, grades, otherwise=grades[-1])


def limit_sql(card: Card, total: str, vetoes: str, column: Column) -> str:
    """The limit in yuan, given expressions of the total and the vetoes."""
    amounts = [_amount(card.limit, one.base, column) for one in card.grades]
    return f"round({_by_grade(card, total, vetoes, amounts, otherwise=number(Decimal(0)))}, 2)"


def _by_grade(card: Card, total: str, vetoes: str, values: Sequence[str], *, otherwise: str) -> str:
    """One value for each grade; ``otherwise`` under a veto. The total is computed once."""
    # width_bucket counts the thresholds at or below the total: 0 is the lowest grade.
    starts = [number(one.at_least) for one in reversed(card.grades[:-1])]
    place = f"width_bucket({total}, ARRAY[{', '.join(starts)}]::numeric[])"
    arms = [f"WHEN {at} THEN {value}" for at, value in enumerate(reversed(values))]
    chosen = f"CASE {place} {' '.join(arms)} END" if starts else values[0]
    return f"CASE WHEN cardinality({vetoes}) > 0 THEN {otherwise} ELSE {chosen} END"


def _amount(formula: LimitFormula, base: Decimal, column: Column) -> str:
    """The formula for one base. ``div`` is exact where a division would round."""
    if base <= 0:
        return number(Decimal(0))
    assets = f"coalesce({column(formula.assets_indicator)}, 0) * {number(formula.assets_share)}"
    income = f"coalesce({column(formula.income_indicator)}, 0) * {number(formula.income_share)}"
    wished = f"{number(base)} + {assets} + {income}"
    allowed = f"greatest(0, least({number(formula.cap)}, {wished}))"
    return f"div({allowed}, {number(formula.step)}) * {number(formula.step)}"


def number(value: Decimal) -> str:
    """A decimal as an exact literal.

    >>> number(Decimal("0.15")), number(Decimal("-1E+2"))
    ('0.15::numeric', "'-100'::numeric")
    """
    written = format(value, "f")
    # A minus binds weaker than the cast; in quotes it belongs to the literal.
    return f"'{written}'::numeric" if value < 0 else f"{written}::numeric"


def text(code: str) -> str:
    """A code as a literal.

    Raises:
        ValueError: not a code.
    """
    return f"'{_code(code)}'::text"


def _code(code: str) -> str:
    if not CODE.fullmatch(code):
        raise ValueError(f"not a code: {code!r}")
    return code
