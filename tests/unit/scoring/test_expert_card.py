"""The shipped card: sound, as designed, kind to what is not recorded, and in the house's voice."""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal

import pytest

from credit.scoring.rules import check_card, evaluate
from tests.unit.scoring.cards import D, expert_card

CARD = expert_card()
KNOWN = {
    "membership_years",
    "residence_years",
    "household_labour",
    "land_mu",
    "income_years",
    "income_stability",
    "insured_share",
    "delivery_share",
    "input_credit_on_time",
    "loans_repaid",
    "repaid_on_time_share",
    "guarantees_honoured",
    "partner_loans_on_time",
    "debt_to_income",
    "guarantee_exposure",
    "panel_mean",
    "civic",
    "overdue_days",
    "misuse_proven",
    "court_default",
    "assets_value",
    "operating_income",
}
# Admitted this spring, a common farm, no loan yet; supply, panel and partners record nothing yet.
NEWCOMER = {
    "membership_years": "0.3",
    "residence_years": "30",
    "household_labour": "2",
    "land_mu": "25",
    "income_years": "2",
    "insured_share": "0.5",
    "loans_repaid": "0",
    "debt_to_income": "0",
    "guarantee_exposure": "0",
    "overdue_days": "0",
    "assets_value": "80000",
    "operating_income": "40000",
}
SHOUTED = re.compile("[！!]|投资|理财|收益|回报|保本|保息|刚性兑付|无风险|秒批|高收益|额度秒到")


def score(**changes):
    given = {**NEWCOMER, **changes}
    return evaluate(
        CARD, {code: None if value is None else D(value) for code, value in given.items()}
    )


def test_the_card_has_no_fault_and_uses_every_indicator():
    assert check_card(CARD, KNOWN) == []
    assert set(CARD.indicators) == KNOWN


def test_the_groups_weigh_as_designed():
    weights: dict[str, Decimal] = defaultdict(Decimal)
    for one in CARD.characteristics:
        weights[one.group] += one.best
    assert weights == {
        "identity": 10,
        "production": 20,
        "supply": 20,
        "repayment": 25,
        "burden": 15,
        "peer": 10,
    }


def test_grades_and_limit_are_as_published():
    assert [(one.title, one.at_least, one.base) for one in CARD.grades] == [
        ("AAA", 90, 100_000),
        ("AA", 80, 80_000),
        ("A", 70, 50_000),
        ("B", 60, 20_000),
        ("C", 0, 0),
    ]
    assert (CARD.limit.assets_share, CARD.limit.income_share) == (D("0.1"), D("0.3"))
    assert (CARD.limit.cap, CARD.limit.step) == (200_000, 100)


def test_a_member_without_facts_lands_at_the_lowest_grade():
    result = evaluate(CARD, {})
    assert (result.total, result.grade, result.vetoes, result.limit) == (D(45), "c", (), D(0))


@pytest.mark.parametrize("one", CARD.characteristics, ids=lambda one: one.code)
def test_what_is_not_recorded_never_costs_more_than_a_bad_fact(one):
    worst = min(row.points for row in one.bins)
    assert worst <= one.missing_points < one.best


def test_a_newcomer_with_a_common_farm_may_borrow_a_little():
    # 20 000 + 8 000 + 12 000
    result = score()
    assert (result.total, result.grade, result.limit) == (D(61), "b", D(40_000))


def test_a_newcomer_with_the_largest_farm_and_no_track_record_stays_below_a():
    result = score(land_mu="400", income_years="3", income_stability="1", insured_share="1")
    assert (result.total, result.grade) == (D(69), "b")


def test_a_member_of_many_years_reaches_the_second_grade_on_what_is_recorded_today():
    result = score(
        membership_years="6",
        land_mu="60",
        income_years="3",
        income_stability="0.9",
        insured_share="1",
        loans_repaid="6",
        repaid_on_time_share="1",
    )
    assert (result.total, result.grade) == (D(80), "aa")


@pytest.mark.parametrize(
    ("indicator", "harmless", "harmful"),
    [("overdue_days", "90", "91"), ("misuse_proven", "0", "1"), ("court_default", "0", "1")],
)
def test_each_veto_takes_the_limit(indicator, harmless, harmful):
    assert score(**{indicator: harmless}).limit == 40_000
    assert (score(**{indicator: harmful}).grade, score(**{indicator: harmful}).limit) == ("c", 0)


def test_civic_conduct_moves_a_score_by_two_points_either_way():
    neutral = score(civic="0").total
    assert [score(civic=value).total - neutral for value in ("-4", "4", None)] == [-2, 2, 0]


def test_every_sentence_is_in_the_voice_of_the_house():
    texts = [CARD.title, CARD.source]
    for one in CARD.characteristics:
        texts += [one.title, one.missing_reason, one.advice, *(row.reason for row in one.bins)]
    texts += [text for one in CARD.vetoes for text in (one.title, one.reason)]
    for text in texts:
        assert not SHOUTED.search(text), text
        assert not re.search("[A-Za-z]", text), text
