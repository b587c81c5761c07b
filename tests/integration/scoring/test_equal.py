"""The statement and Python say the same about every member (I11)."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credit.scoring.rules import Result, compile_card, evaluate
from credit.scoring.rules.compiling import column
from tests.unit.scoring.cards import CARD, bounds, cards, expert_card, facts

pytestmark = pytest.mark.django_db


def statement(card, facts: str) -> str:
    """Points and vetoes, total, grade, limit, each step over the one before."""
    sql = compile_card(card)
    steps = [", ".join(f"{one} AS p{at}" for at, one in enumerate(sql.points))]
    steps[0] += f", {sql.vetoes} AS vetoes"
    steps += [f"{sql.total} AS total", f"{sql.grade} AS grade", f'{sql.limit} AS "limit"']
    for step in steps:
        facts = f"(SELECT *, {step} FROM {facts} OFFSET 0) AS step"
    points = ", ".join(f"p{at}" for at, _ in enumerate(sql.points))
    return f'SELECT ARRAY[{points}], total, vetoes, grade, "limit" FROM {facts} ORDER BY row'


def by_statement(card, rows) -> list[Result]:
    """Score all rows in one statement."""
    cells = ", ".join("%s::numeric" for _ in card.indicators)
    values = ", ".join(f"({at}, {cells})" for at, _ in enumerate(rows))
    names = ", ".join(column(code) for code in card.indicators)
    facts = f"(VALUES {values}) AS facts (row, {names})"
    with connection.cursor() as cursor:
        inputs = [row.get(code) for row in rows for code in card.indicators]
        cursor.execute(statement(card, facts), inputs)
        return [
            Result(tuple(points), total, tuple(vetoes), grade, limit)
            for points, total, vetoes, grade, limit in cursor.fetchall()
        ]


def exactly(results) -> list[str]:
    """Every digit, since 1.50 is not 1.5 once it is stored and hashed."""
    return [repr(one) for one in results]


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_card_over_any_facts(data):
    card = data.draw(cards())
    rows = data.draw(st.lists(facts(card), min_size=1, max_size=25))
    assert exactly(by_statement(card, rows)) == exactly(evaluate(card, row) for row in rows)


def test_a_member_without_facts_and_one_with_contradictory_ones():
    wild = {
        "membership_years": Decimal("-3"),
        "delivery_share": Decimal("7e30"),
        "overdue_days": Decimal(91),
        "court_default": Decimal("0.999"),
        "assets_value": Decimal("-1e25"),
        "operating_income": Decimal("1e25"),
    }
    rows = [{}, wild, {**wild, "overdue_days": Decimal("90.9999")}]
    assert exactly(by_statement(CARD, rows)) == exactly(evaluate(CARD, row) for row in rows)


def test_limits_to_the_cent_with_and_without_assets_and_income():
    card = replace(CARD, limit=replace(CARD.limit, step=Decimal("0.01")))
    amounts = [None, *map(Decimal, ("0", "0.01", "0.05", "-0.07", "33333.33", "999999.99", "-1e9"))]
    best = {"membership_years": Decimal(3), "delivery_share": Decimal(1)}
    rows = [
        {**best, "assets_value": assets, "operating_income": income}
        for assets, income in product(amounts, amounts)
    ]
    assert exactly(by_statement(card, rows)) == exactly(evaluate(card, row) for row in rows)


def test_the_expert_card_over_every_bound_of_it():
    card = expert_card()
    edges = bounds(card)
    rows = [dict.fromkeys(card.indicators, value) for value in (None, *edges)]
    mixed = random.Random(5)
    rows += [{code: mixed.choice([None, *edges]) for code in card.indicators} for _ in range(500)]
    assert exactly(by_statement(card, rows)) == exactly(evaluate(card, row) for row in rows)
