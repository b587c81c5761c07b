"""Cards as JSON, and what is wrong with a card."""

from __future__ import annotations

import doctest
import json
from dataclasses import replace
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.scoring.rules import (
    Bin,
    Fault,
    card_from_json,
    card_to_json,
    check_card,
    compile_card,
)
from credit.scoring.rules.compiling import column
from tests.unit.scoring.cards import CARD, DELIVERY, OVERDUE, YEARS, D, cards


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
    assert [one for one in check_card(card, card.indicators) if one.is_error] == []


def with_bins(*ends):
    rows = [
        Bin(None if low is None else D(low), None if high is None else D(high), D(40), "一档")
        for low, high in ends
    ]
    return replace(CARD, characteristics=(replace(YEARS, bins=tuple(rows)), DELIVERY))


@pytest.mark.parametrize(
    ("ends", "number", "message"),
    [
        (
            [(None, "1"), ("2", None)],
            2,
            "“入社年限”第 1 档（…，1）和第 2 档［2，…）之间有空档",
        ),
        (
            [(None, "2"), ("1", None)],
            2,
            "“入社年限”第 1 档（…，2）和第 2 档［1，…）有重叠",
        ),
        (
            [(None, None), ("1", None)],
            2,
            "“入社年限”第 1 档（…，…）和第 2 档［1，…）有重叠",
        ),
        (
            [(None, "1"), (None, None)],
            2,
            "“入社年限”第 1 档（…，1）和第 2 档（…，…）有重叠",
        ),
        (
            [(None, "1"), ("3", "5"), ("1", "3"), ("5", None)],
            3,
            "“入社年限”第 2 档［3，5）和第 3 档［1，3）次序颠倒了，要从小到大排",
        ),
        ([("0", None)], 1, "“入社年限”第 1 档［0，…）下面有空档：小于 0 的没有分数"),
        ([(None, "9")], 1, "“入社年限”第 1 档（…，9）上面有空档：9 起没有分数"),
        (
            [(None, "1"), ("1", "1"), ("1", None)],
            2,
            "“入社年限”第 2 档［1，1）里没有数：起点要小于终点",
        ),
        (
            [(None, "1"), ("3", "2"), ("3", None)],
            2,
            "“入社年限”第 2 档［3，2）里没有数：起点要小于终点",
        ),
    ],
)
def test_a_gap_an_overlap_and_an_empty_bin_are_refused_by_name(ends, number, message):
    card = with_bins(*ends)
    assert Fault(message, True, "years", number) in check_card(card, card.indicators)
    with pytest.raises(ValueError, match=r"“入社年限”第 . 档"):
        compile_card(card)


@given(st.data())
def test_a_moved_edge_is_a_gap_or_an_overlap_there(data):
    card = data.draw(cards(least_bins=2))
    one = card.characteristics[0]
    at = data.draw(st.integers(1, len(one.bins) - 1))
    shift = data.draw(st.sampled_from([D("-0.0001"), D("0.0001")]))
    moved = replace(one.bins[at], at_least=one.bins[at].at_least + shift)
    spoilt = replace(one, bins=(*one.bins[:at], moved, *one.bins[at + 1 :]))
    card = replace(card, characteristics=(spoilt, *card.characteristics[1:]))
    (fault,) = [fault for fault in check_card(card, card.indicators) if fault.is_error]
    assert (fault.characteristic, fault.bin) == (one.code, at + 1)
    assert fault.message.endswith("之间有空档" if shift > 0 else "有重叠")
    with pytest.raises(ValueError, match=f"第 {at + 1} 档"):
        compile_card(card)


def changed(**parts):
    return replace(CARD, **parts)


def first(**parts):
    return changed(characteristics=(replace(YEARS, **parts), DELIVERY))


def first_bin(**parts):
    return first(bins=(replace(YEARS.bins[0], **parts), *YEARS.bins[1:]))


def limit(**parts):
    return changed(limit=replace(CARD.limit, **parts))


def veto(**parts):
    return changed(vetoes=(replace(OVERDUE, **parts),))


def lowest(**parts):
    return changed(grades=(*CARD.grades[:-1], replace(CARD.grades[-1], **parts)))


RULE = "要以小写字母开头，只用小写字母、数字和下划线，最多 63 个字符"


@pytest.mark.parametrize(
    ("card", "message", "characteristic", "number"),
    [
        (changed(title=" "), "评分卡没有写名称", "", None),
        (changed(source=""), "评分卡没有写依据", "", None),
        (changed(characteristics=()), "评分卡里没有评分项目", "", None),
        (
            changed(characteristics=(YEARS, YEARS, DELIVERY)),
            "代码“years”用了 2 次",
            "years",
            None,
        ),
        (veto(code="years"), "代码“years”用了 2 次", "years", None),
        (first(code="x'); drop"), f"代码“x'); drop”{RULE}", "x'); drop", None),
        (first(title=" "), "“years”没有写名称", "years", None),
        (first(missing_reason=""), "“入社年限”没有写没有记录时的说明", "years", None),
        (first(advice=""), "“入社年限”没有写建议", "years", None),
        (first(group="family"), "“入社年限”的分组“family”不认识", "years", None),
        (first(indicator="height"), "“入社年限”用的指标“height”没有登记", "years", None),
        (first(indicator="p1"), "“入社年限”用的指标“p1”和计算用的名称相同", "years", None),
        (first(bins=()), "“入社年限”没有分档", "years", None),
        (
            first(missing_points=D("-0.5")),
            "“入社年限”没有记录时的分数要在 0 到 100 之间，不能是 -0.5",
            "years",
            None,
        ),
        (first_bin(reason=""), "“入社年限”第 1 档没有写说明", "years", 1),
        (
            first_bin(points=D(-1)),
            "“入社年限”第 1 档的分数要在 0 到 100 之间，不能是 -1",
            "years",
            1,
        ),
        (
            first_bin(points=D("100.01")),
            "“入社年限”第 1 档的分数要在 0 到 100 之间，不能是 100.01",
            "years",
            1,
        ),
        (
            first_bin(points=D("0.005")),
            "“入社年限”第 1 档的分数最多写两位小数，不能是 0.005",
            "years",
            1,
        ),
        (veto(reason=""), "否决项“逾期”的名称和说明都要写", "", None),
        (veto(indicator="x"), "“逾期”用的指标“x”没有登记", "", None),
        (limit(assets_indicator="gold"), "“额度”用的指标“gold”没有登记", "", None),
        (
            limit(assets_share=D("1.1")),
            "额度里家产的比例要在 0 到 1 之间，不能是 1.1",
            "",
            None,
        ),
        (limit(cap=D(-1)), "额度上限不能小于 0 元，最多写两位小数，不能是 -1", "", None),
        (limit(step=D(0)), "额度的取整单位要大于 0 元", "", None),
        (changed(grades=()), "评分卡没有等级", "", None),
        (lowest(at_least=D(1)), "最低的等级“C”要从 0 分起", "", None),
        (lowest(base=D(1)), "最低的等级“C”的额度基数要是 0 元", "", None),
        (lowest(title=""), "等级“c”没有写名称", "", None),
        (lowest(code="aaa"), "代码“aaa”用了 2 次", "", None),
        (
            lowest(at_least=D(60)),
            "等级要从高到低排：“C”的起点要低于“B”的 60 分",
            "",
            None,
        ),
        (
            changed(grades=(replace(CARD.grades[0], base=D("0.001")), *CARD.grades[1:])),
            "等级“AAA”的额度基数不能小于 0 元，最多写两位小数，不能是 0.001",
            "",
            None,
        ),
    ],
)
def test_a_fault_is_found_where_it_is(card, message, characteristic, number):
    known = {*CARD.indicators, "p1"}
    assert Fault(message, True, characteristic, number) in check_card(card, known)


@pytest.mark.parametrize(
    ("card", "fault"),
    [
        (
            changed(characteristics=(YEARS,)),
            Fault("各项最高分加起来是 40 分，不是 100 分", False, "", None),
        ),
        (
            first(missing_points=D(41)),
            Fault("“入社年限”没有记录时比最好的一档得分还多", False, "years", None),
        ),
        (
            first(missing_points=D("9.5")),
            Fault("“入社年限”没有记录时比最差的一档得分还少", False, "years", None),
        ),
    ],
)
def test_what_is_only_odd_warns_and_compiles(card, fault):
    assert check_card(card, CARD.indicators) == [fault]
    assert compile_card(card).points


def test_a_statement_computes_each_step_once():
    compiled = compile_card(CARD)
    assert compiled.total == "round(least(100, greatest(0, p0 + p1)), 2)"
    assert compiled.points[1] == (
        'CASE WHEN "delivery_share" IS NULL THEN 20.5::numeric'
        ' WHEN "delivery_share" < 0.5::numeric THEN 0.00::numeric'
        ' WHEN "delivery_share" < 0.8::numeric THEN 30.25::numeric ELSE 60::numeric END'
    )
    assert "CASE WHEN" not in compiled.limit
    assert '"' not in compiled.grade


@pytest.mark.parametrize("code", ['x" or 1=1', "X", "1a", "", "a-b", "a" * 64, "a\n"])
def test_what_is_no_code_never_reaches_a_statement(code):
    with pytest.raises(ValueError, match="not a code"):
        column(code)


@pytest.mark.parametrize("name", ["checking", "compiling"])
def test_examples_in_docstrings_are_true(name):
    failed, tried = doctest.testmod(import_module(f"credit.scoring.rules.{name}"))
    assert (failed, tried > 0) == (0, True)
