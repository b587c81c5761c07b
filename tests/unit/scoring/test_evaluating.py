"""Points, total, grade, limit and vetoes: worked examples and what holds for any card."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.scoring.rules import Card, evaluate, reasons, what_if
from tests.unit.scoring.cards import CARD, D, cards, edges, facts


def facts_of(years, delivery, assets=None, income=None, **more):
    given = {
        "membership_years": years,
        "delivery_share": delivery,
        "assets_value": assets,
        "operating_income": income,
        **more,
    }
    return {code: None if value is None else D(value) for code, value in given.items()}


@pytest.mark.parametrize(
    ("years", "delivery", "assets", "income", "points", "total", "grade", "limit"),
    [
        # 100 000 + 10 % of 120 000 + 30 % of 80 500 = 136 150, down to whole hundreds.
        ("3", "0.8", "120000", "80500", ("40", "60"), "100.00", "aaa", "136100.00"),
        ("3", "0.7999", None, None, ("40", "30.25"), "70.25", "a", "50000.00"),
        ("2.999", "0.8", "0", "0.01", ("25", "60"), "85.00", "aa", "80000.00"),
        ("40", "1", "9999999", "1", ("40", "60"), "100.00", "aaa", "200000.00"),  # the cap
        ("1", None, "500000", "500000", ("25", "20.5"), "45.50", "c", "0.00"),  # no base, no limit
        (None, None, None, None, ("10", "20.5"), "30.50", "c", "0.00"),
        ("-7", "-0.5", None, None, ("10", "0.00"), "10.00", "c", "0.00"),
        ("3", "1", "-2000000", None, ("40", "60"), "100.00", "aaa", "0.00"),  # debts eat the base
        ("3", "1", "-300050", None, ("40", "60"), "100.00", "aaa", "69900.00"),
    ],
)
def test_a_member_is_scored(years, delivery, assets, income, points, total, grade, limit):
    result = evaluate(CARD, facts_of(years, delivery, assets, income))
    assert result.points == tuple(map(D, points))
    assert str(result.total) == total
    assert (result.grade, str(result.limit), result.vetoes) == (grade, limit, ())


@pytest.mark.parametrize(
    ("overdue", "court", "vetoes"),
    [
        ("90", "0", ()),
        ("91", "0", ("overdue",)),
        ("91", "1", ("overdue", "court")),
        (None, None, ()),
    ],
)
def test_a_veto_takes_grade_and_limit_but_not_points(overdue, court, vetoes):
    given = facts_of("5", "1", "100000", "0", overdue_days=overdue, court_default=court)
    result = evaluate(CARD, given)
    assert (result.total, result.vetoes) == (D(100), vetoes)
    expected = ("c", D(0)) if vetoes else ("aaa", D(110000))
    assert (result.grade, result.limit) == expected


def test_an_absent_input_is_an_unknown_one():
    assert evaluate(CARD, {}) == evaluate(CARD, dict.fromkeys(CARD.indicators))


def test_a_value_in_no_bin_is_refused_by_name():
    years = replace(CARD.characteristics[0], bins=CARD.characteristics[0].bins[1:])
    with pytest.raises(LookupError, match=r"years: no bin holds 0\.5"):
        evaluate(replace(CARD, characteristics=(years,)), {"membership_years": D("0.5")})


def test_indicators_stand_in_the_order_of_first_use():
    assert CARD.indicators == (
        "membership_years",
        "delivery_share",
        "overdue_days",
        "court_default",
        "assets_value",
        "operating_income",
    )


def test_reasons_name_what_was_lost_and_what_would_change_it():
    given = facts_of("2", None, overdue_days="120")
    found = reasons(CARD, given, evaluate(CARD, given))
    assert [(one.code, one.lost, one.points, one.best) for one in found] == [
        ("overdue", D(0), D(0), D(0)),
        ("delivery", D("39.5"), D("20.5"), D(60)),
        ("years", D(15), D(25), D(40)),
    ]
    assert [one.text for one in found] == [
        "有借款逾期超过 90 天，还没有还上",
        "还没有交粮记录",
        "加入合作社 1 到 3 年",
    ]
    assert found[1].advice == "今年秋粮多交一些给合作社"


def test_nothing_lost_gives_no_reason():
    given = facts_of("3", "0.8")
    assert reasons(CARD, given, evaluate(CARD, given)) == ()


@given(st.data())
def test_totals_and_limits_keep_their_bounds(data):
    card = data.draw(cards())
    result = evaluate(card, data.draw(facts(card)))
    assert 0 <= result.total <= 100
    assert result.total == min(D(100), sum(result.points))
    assert 0 <= result.limit <= card.limit.cap
    assert result.limit % card.limit.step == 0
    assert result.total.as_tuple().exponent == result.limit.as_tuple().exponent == -2
    if result.vetoes:
        assert (result.grade, result.limit) == (card.grades[-1].code, 0)


@given(st.data())
def test_more_is_never_worse_when_points_rise_with_the_value(data):
    card: Card = data.draw(cards(monotone=True))
    given = data.draw(facts(card))
    indicator = card.characteristics[0].indicator
    low, high = sorted([data.draw(edges), data.draw(edges)])
    less, more = (evaluate(card, {**given, indicator: value}) for value in (low, high))
    assert less.total <= more.total
    assert all(one <= other for one, other in zip(less.points, more.points, strict=True))


@given(st.data())
def test_what_if_is_the_evaluation_of_changed_facts(data):
    card = data.draw(cards())
    given, changed = data.draw(facts(card)), data.draw(facts(card))
    some = {code: changed[code] for code in data.draw(st.sets(st.sampled_from(card.indicators)))}
    before, after = what_if(card, given, some)
    assert before == evaluate(card, given)
    assert after == evaluate(card, given | some)


@given(st.data())
def test_reasons_are_ordered_and_true(data):
    card = data.draw(cards())
    given = data.draw(facts(card))
    result = evaluate(card, given)
    found = reasons(card, given, result)
    assert tuple(one.code for one in found[: len(result.vetoes)]) == result.vetoes
    lost = found[len(result.vetoes) :]
    assert len(lost) <= 4
    order = [one.code for one in card.characteristics]
    keys = [(-one.lost, order.index(one.code)) for one in lost]
    assert keys == sorted(keys)
    assert all(one.lost == one.best - one.points > 0 for one in lost)
    every = [one.best - got for one, got in zip(card.characteristics, result.points, strict=True)]
    assert [one.lost for one in lost] == sorted((x for x in every if x > 0), reverse=True)[:4]


def test_huge_facts_are_not_rounded():
    given = facts_of("3", "1", "1e60", "-1e60") | {"assets_value": D(10) ** 60 * 3 + D("0.7")}
    given["operating_income"] = -(D(10) ** 60)
    # 10 % of 3e60 and 30 % of -1e60 cancel exactly, 0.07 stays and falls below the step.
    assert evaluate(CARD, given).limit == Decimal(100000)
