"""A card as SQL of PostgreSQL, equal to ``evaluate`` row by row.

Only codes that ``CODE`` allows and numbers that were read as decimals reach the text, so nothing
that an officer types can become SQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from credit.scoring.rules.card import CODE, Card, Characteristic, LimitFormula
from credit.scoring.rules.checking import errors_of


@dataclass(frozen=True, slots=True)
class CompiledCard:
    """Expressions in steps: each uses columns of the steps before, and none of them is ever null.

    ``points[i]``, numeric, and ``vetoes``, a ``text[]`` of codes, use columns named by indicator;
    ``total`` uses ``p0``, ``p1``, …; ``grade``, a code, uses ``total`` and ``vetoes``; ``limit``
    uses ``grade`` and the indicators. The planner pulls plain subqueries up and would compute the
    total again for the grade and the limit: ``OFFSET 0`` in a step keeps it from that.
    """

    points: tuple[str, ...]
    total: str
    vetoes: str
    grade: str
    limit: str


def compile_card(card: Card, *, points_as: str = "numeric") -> CompiledCard:
    """The card's expressions; ``points_as`` is the type of the points, which need no cast then.

    Raises:
        ValueError: the card has errors; the message is that of the first.
    """
    for fault in errors_of(card):
        raise ValueError(fault.message)
    return CompiledCard(
        tuple(_points(one, points_as) for one in card.characteristics),
        _total(len(card.characteristics)),
        _vetoes(card),
        _grade(card),
        _limit(card),
    )


def column(indicator: str) -> str:
    """The column of an indicator: its code, quoted, so that no reserved word is in the way.

    Raises:
        ValueError: not a code.
    """
    return f'"{_code(indicator)}"'


def _points(one: Characteristic, points_as: str) -> str:
    # The bins of a sound card touch, so a value that is below no earlier end lies in this bin.
    value = column(one.indicator)
    arms = [f"WHEN {value} IS NULL THEN {_number(one.missing_points, points_as)}"]
    arms += [
        f"WHEN {value} < {_number(row.below)} THEN {_number(row.points, points_as)}"
        for row in one.bins
        if row.below is not None
    ]
    return f"CASE {' '.join(arms)} ELSE {_number(one.bins[-1].points, points_as)} END"


def _total(count: int) -> str:
    whole = " + ".join(f"p{at}" for at in range(count))
    return f"round(least(100, greatest(0, {whole})), 2)"


def _vetoes(card: Card) -> str:
    if not card.vetoes:
        return "ARRAY[]::text[]"
    arms = ", ".join(
        f"CASE WHEN {column(one.indicator)} >= {_number(one.at_least)} THEN {_text(one.code)} END"
        for one in card.vetoes
    )
    return f"array_remove(ARRAY[{arms}]::text[], NULL)"


def _grade(card: Card) -> str:
    lowest = _text(card.grades[-1].code)
    arms = [f"WHEN cardinality(vetoes) > 0 THEN {lowest}"]
    arms += [
        f"WHEN total >= {_number(one.at_least)} THEN {_text(one.code)}" for one in card.grades[:-1]
    ]
    return f"CASE {' '.join(arms)} ELSE {lowest} END"


def _limit(card: Card) -> str:
    # Under a veto too: its grade is the lowest, and the lowest grade of a sound card has no base.
    arms = [
        f"WHEN {_text(one.code)} THEN {_amount(card.limit, one.base)}"
        for one in card.grades
        if one.base > 0
    ]
    chosen = f"CASE grade {' '.join(arms)} ELSE 0 END" if arms else "0"
    return f"round({chosen}, 2)"


def _amount(formula: LimitFormula, base: Decimal) -> str:
    """The formula for one base. ``div`` is exact where a division would round."""
    wished = [_number(base)]
    wished += [
        f"coalesce({column(indicator)}, 0) * {_number(share)}"
        for indicator, share in (
            (formula.assets_indicator, formula.assets_share),
            (formula.income_indicator, formula.income_share),
        )
    ]
    allowed = f"greatest(0, least({_number(formula.cap)}, {' + '.join(wished)}))"
    return f"div({allowed}, {_number(formula.step)}) * {_number(formula.step)}"


def _number(value: Decimal, kind: str = "numeric") -> str:
    """A decimal as an exact literal.

    >>> _number(Decimal("0.15")), _number(Decimal("-1E+2"))
    ('0.15::numeric', "'-100'::numeric")
    """
    written = format(value, "f")
    # A minus binds weaker than the cast; in quotes it belongs to the literal.
    return f"'{written}'::{kind}" if written.startswith("-") else f"{written}::{kind}"


def _text(code: str) -> str:
    return f"'{_code(code)}'::text"


def _code(code: str) -> str:
    if not CODE.fullmatch(code):
        raise ValueError(f"not a code: {code!r}")
    return code
