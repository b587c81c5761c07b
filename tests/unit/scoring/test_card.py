"""Cards as JSON, and what is wrong with a card."""

from __future__ import annotations

import doctest
import json
from dataclasses import replace
from importlib import import_module

import pytest
from hypothesis import given

from credit.scoring.rules import Bin, Grade, card_from_json, card_to_json, check_card, compile_card
from credit.scoring.rules.compiling import column
from tests.unit.scoring.cards import CARD, DELIVERY, YEARS, D, cards


@given(cards())
def test_json_brings_back_the_same_card(card):
    written = json.dumps(card_to_json(card))
    back = card_from_json(json.loads(written))
    assert back == card
    assert json.dumps(card_to_json(back)) == written
    assert back.indicators == card.indicators


def test_numbers_are_strings_and_open_ends_null():
    data = card_to_json(CARD)
    assert data["characteristics"][1]["bins"][0] == {
        "at_least": None,
        "below": "0.5",
        "points": "0.00",
        "reason": "交给合作社的粮食不到一半",
    }
    assert data["limit"]["assets_share"] == "0.10"


def spoilt(change):
    data = card_to_json(CARD)
    change(data)
    return data


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda d: d.pop("vetoes"), "card.vetoes is missing"),
        (lambda d: d.update(colour="green"), "card.colour is not known"),
        (lambda d: d["limit"].update(cap=200000.0), "card.limit.cap: a number"),
        (lambda d: d["limit"].update(cap=True), "card.limit.cap: a number"),
        (lambda d: d["limit"].update(cap="NaN"), "card.limit.cap: a number"),
        (lambda d: d["limit"].update(cap="1e9"), "card.limit.cap: a number"),
        (lambda d: d["grades"].append("d"), r"card.grades\[6\]: a record"),
        (lambda d: d.update(grades={}), "card.grades: a list"),
        (
            lambda d: d["characteristics"][1]["bins"][2].update(points=None),
            r"card.characteristics\[2\].bins\[3\].points: a number",
        ),
        (
            lambda d: d["characteristics"][0].update(title=7),
            r"card.characteristics\[1\].title: a text",
        ),
    ],
)
def test_what_is_no_card_is_refused_with_its_path(change, where):
    with pytest.raises(ValueError, match=where):
        card_from_json(spoilt(change))


def test_a_sound_card_has_no_fault():
    assert check_card(CARD, CARD.indicators) == []


@given(cards())
def test_any_sound_card_has_no_error(card):
    assert [one for one in check_card(card, card.indicators) if not one.is_warning] == []


def with_bins(*ends):
    rows = [
        Bin(None if low is None else D(low), None if high is None else D(high), D(40), "一档")
        for low, high in ends
    ]
    return replace(CARD, characteristics=(replace(YEARS, bins=tuple(rows)), DELIVERY))


@pytest.mark.parametrize(
    ("ends", "code", "bin_number", "text"),
    [
        (
            [(None, "1"), ("2", None)],
            "gap",
            2,
            "“入社年限”第 1 档（…，1）和第 2 档［2，…）之间有空档",
        ),
        (
            [(None, "2"), ("1", None)],
            "overlap",
            2,
            "“入社年限”第 1 档（…，2）和第 2 档［1，…）重叠",
        ),
        (
            [(None, None), ("1", None)],
            "overlap",
            2,
            "“入社年限”第 1 档（…，…）和第 2 档［1，…）重叠",
        ),
        (
            [(None, "1"), ("3", "5"), ("1", "3"), ("5", None)],
            "wrong_order",
            3,
            "“入社年限”第 2 档［3，5）和第 3 档［1，3）次序颠倒，要从小到大排",
        ),
        ([("0", None)], "gap", 1, "“入社年限”第 1 档以下没有分档，小于 0 的没有分数"),
        ([(None, "9")], "gap", 1, "“入社年限”第 1 档以上没有分档，9 起没有分数"),
        (
            [(None, "1"), ("1", "1"), ("1", None)],
            "empty_bin",
            2,
            "“入社年限”第 2 档［1，1）是空的：下限要小于上限",
        ),
    ],
)
def test_gaps_and_overlaps_are_named_by_bin(ends, code, bin_number, text):
    card = with_bins(*ends)
    fault = next(one for one in check_card(card, card.indicators) if one.code == code)
    assert (fault.where, fault.bin, fault.text) == ("years", bin_number, text)
    with pytest.raises(ValueError, match="入社年限"):
        compile_card(card)


def changed(**parts):
    return replace(CARD, **parts)


def first(**parts):
    return changed(characteristics=(replace(YEARS, **parts), DELIVERY))


def first_bin(**parts):
    return first(bins=(replace(YEARS.bins[0], **parts), *YEARS.bins[1:]))


@pytest.mark.parametrize(
    ("card", "code", "where"),
    [
        (changed(title=" "), "empty", "title"),
        (changed(source=""), "empty", "source"),
        (changed(characteristics=()), "no_characteristics", "characteristics"),
        (changed(characteristics=(YEARS, YEARS, DELIVERY)), "duplicate_code", "years"),
        (first(code="Robert'); drop"), "bad_code", "Robert'); drop"),
        (first(indicator="height"), "unknown_indicator", "years"),
        (first(group="family"), "unknown_group", "years"),
        (first(advice=""), "empty", "years"),
        (first(bins=()), "no_bins", "years"),
        (first(missing_points=D("-0.5")), "negative_points", "years"),
        (first_bin(points=D(-1)), "negative_points", "years"),
        (first_bin(points=D("100.01")), "too_many_points", "years"),
        (first_bin(points=D("0.005")), "too_fine", "years"),
        (first_bin(reason=""), "empty", "years"),
        (changed(vetoes=(replace(CARD.vetoes[0], indicator="x"),)), "unknown_indicator", "overdue"),
        (changed(limit=replace(CARD.limit, step=D(0))), "bad_amount", "limit"),
        (changed(limit=replace(CARD.limit, cap=D("-1"))), "bad_amount", "limit"),
        (changed(limit=replace(CARD.limit, assets_share=D("1.1"))), "bad_share", "limit"),
        (changed(limit=replace(CARD.limit, assets_indicator="gold")), "unknown_indicator", "limit"),
        (changed(grades=()), "no_grades", "grades"),
        (changed(grades=CARD.grades[:-1]), "grade_floor", "b"),
        (changed(grades=(CARD.grades[1], CARD.grades[0], CARD.grades[4])), "grade_order", "aaa"),
        (changed(grades=(*CARD.grades, Grade("c", "C", D(-1), D(0)))), "duplicate_code", "c"),
        (
            changed(grades=(replace(CARD.grades[0], base=D("0.001")), CARD.grades[4])),
            "bad_amount",
            "aaa",
        ),
    ],
)
def test_a_fault_is_found_where_it_is(card, code, where):
    found = [
        (one.code, one.where) for one in check_card(card, CARD.indicators) if not one.is_warning
    ]
    assert (code, where) in found


def test_points_that_do_not_reach_a_hundred_only_warn():
    (fault,) = check_card(changed(characteristics=(YEARS,)), CARD.indicators)
    assert (fault.code, fault.is_warning) == ("best_sum", True)
    assert fault.text == "各项最高分合计是 40 分，不是 100 分"


@pytest.mark.parametrize("code", ['x" or 1=1', "X", "1a", "", "a-b", "a" * 51, "a\n"])
def test_what_is_no_code_never_reaches_a_statement(code):
    with pytest.raises(ValueError, match="not a code"):
        column(code)


@pytest.mark.parametrize("name", ["checking", "compiling"])
def test_examples_in_docstrings_are_true(name):
    failed, tried = doctest.testmod(import_module(f"credit.scoring.rules.{name}"))
    assert (failed, tried > 0) == (0, True)
