"""How a score came about: parts, groups, the limit's arithmetic, moves, and what may be supposed."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.scoring.reference import EXPERT_CARD
from credit.scoring.rules import card_from_json, evaluate, what_if
from credit.scoring.rules.explaining import groups_of, limit_steps, moves_between, parts_of
from credit.scoring.rules.supposing import supposals_of, supposed

CARD = card_from_json(json.loads(EXPERT_CARD.read_text(encoding="utf-8")))
D = Decimal
FACTS = st.fixed_dictionaries(
    {
        code: st.none() | st.decimals("-5", "400000", places=4, allow_nan=False)
        for code in CARD.indicators
    }
)


@given(FACTS)
def test_the_parts_and_the_groups_sum_to_the_total(facts: dict[str, Decimal | None]) -> None:
    result = evaluate(CARD, facts)
    parts = parts_of(CARD, facts, result)
    groups = groups_of(parts)
    assert sum(one.points for one in parts) == result.total
    assert sum(one.points for one in groups) == result.total
    assert sum(one.best for one in groups) == 100
    assert all(one.text for one in parts)


@given(FACTS)
def test_the_limit_follows_from_its_steps(facts: dict[str, Decimal | None]) -> None:
    result = evaluate(CARD, facts)
    steps = limit_steps(CARD, facts, result)
    if steps is None:
        assert result.limit == 0
        return
    wished = min(steps.cap, steps.base + steps.assets + steps.income)
    assert steps.limit == result.limit
    assert steps.is_capped is (steps.base + steps.assets + steps.income > steps.cap)
    if wished >= 0:
        assert 0 <= wished - steps.limit < steps.step


@given(FACTS, FACTS)
def test_the_moves_explain_the_whole_difference(
    before: dict[str, Decimal | None], after: dict[str, Decimal | None]
) -> None:
    one, two = evaluate(CARD, before), evaluate(CARD, after)
    moves = moves_between(parts_of(CARD, before, one), parts_of(CARD, after, two))
    assert sum((move.points for move in moves), D("0")) == two.total - one.total
    weights = [abs(move.points) for move in moves]
    assert weights == sorted(weights, reverse=True)
    assert 0 not in weights


@given(FACTS, st.data())
def test_a_supposed_bin_earns_its_points(
    facts: dict[str, Decimal | None], data: st.DataObject
) -> None:
    one = data.draw(st.sampled_from(CARD.characteristics))
    choices = supposals_of(one, facts[one.indicator])
    chosen = data.draw(st.sampled_from(choices))
    _before, after = what_if(CARD, facts, supposed(CARD, {one.code: chosen.key}, {}))
    at = CARD.characteristics.index(one)
    assert after.points[at] == one.bins[int(chosen.key)].points
    assert chosen.text == one.bins[int(chosen.key)].reason


def test_the_bin_of_today_is_not_offered_again() -> None:
    land = next(one for one in CARD.characteristics if one.indicator == "land_mu")
    assert [one.key for one in supposals_of(land, D("20"))] == ["0", "1", "3"]
    assert [one.key for one in supposals_of(land, None)] == ["0", "1", "2", "3"]


def test_a_lifted_veto_gives_the_grade_back() -> None:
    facts = {"overdue_days": D("120"), "land_mu": D("50"), "membership_years": D("9")}
    before, after = what_if(CARD, facts, supposed(CARD, {"overdue_over_90": "lifted"}, {}))
    assert (before.vetoes, before.limit) == (("overdue_over_90",), D("0"))
    assert after.vetoes == ()
    assert after.total == before.total


@pytest.mark.parametrize("chosen", ["now", "", "9", "x", "-1"])
def test_what_is_no_bin_changes_nothing(chosen: str) -> None:
    assert supposed(CARD, {"land_mu": chosen}, {"assets_value": None}) == {}


def test_amounts_are_taken_over() -> None:
    assert supposed(CARD, {}, {"assets_value": D("1000")}) == {"assets_value": D("1000")}
