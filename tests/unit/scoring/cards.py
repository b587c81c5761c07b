"""Cards and facts for tests: one small card, and any sound card by Hypothesis."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from hypothesis import strategies as st

import credit.scoring
from credit.scoring.rules import (
    Bin,
    Card,
    Characteristic,
    Grade,
    Group,
    LimitFormula,
    Veto,
    card_from_json,
)

D = Decimal
EXPERT_CARD = Path(credit.scoring.__file__).parent / "data" / "expert_card.json"

GRADES = (
    Grade("aaa", "AAA", D(90), D(100000)),
    Grade("aa", "AA", D(80), D(80000)),
    Grade("a", "A", D(70), D(50000)),
    Grade("b", "B", D(60), D(20000)),
    Grade("c", "C", D(0), D(0)),
)
LIMIT = LimitFormula("assets_value", D("0.10"), "operating_income", D("0.30"), D(200000), D(100))
YEARS = Characteristic(
    code="years",
    title="入社年限",
    group=Group.IDENTITY,
    indicator="membership_years",
    bins=(
        Bin(None, D(1), D(10), "加入合作社不到 1 年"),
        Bin(D(1), D(3), D(25), "加入合作社 1 到 3 年"),
        Bin(D(3), None, D(40), "加入合作社 3 年以上"),
    ),
    missing_points=D(10),
    missing_reason="还没有登记您入社的日期",
    advice="满 3 年后这一项得满分",
)
DELIVERY = Characteristic(
    code="delivery",
    title="交粮",
    group=Group.SUPPLY,
    indicator="delivery_share",
    bins=(
        Bin(None, D("0.5"), D("0.00"), "交给合作社的粮食不到一半"),
        Bin(D("0.5"), D("0.8"), D("30.25"), "交给合作社的粮食在五成到八成之间"),
        Bin(D("0.8"), None, D(60), "八成以上的粮食交给了合作社"),
    ),
    missing_points=D("20.5"),
    missing_reason="还没有交粮记录",
    advice="今年秋粮多交一些给合作社",
)
OVERDUE = Veto("overdue", "逾期", "overdue_days", D(91), "有借款逾期超过 90 天，还没有还上")
COURT = Veto("court", "失信名单", "court_default", D(1), "在法院的失信名单上")
CARD = Card("小卡", "测试", (YEARS, DELIVERY), (OVERDUE, COURT), GRADES, LIMIT)

INDICATORS = tuple(f"fact_{letter}" for letter in "abcdef")
points = st.decimals(0, 40, places=2)
edges = st.decimals(-1000, 1000, places=3) | st.integers(-5, 5).map(D)
huge = st.integers(-(10**30), 10**30).map(D) | st.decimals(-(10**18), 10**18, places=9)
money = st.decimals(0, 200_000, places=2)


@st.composite
def characteristics(
    draw: st.DrawFn, code: str, *, monotone: bool = False, least_bins: int = 1
) -> Characteristic:
    cuts = sorted(draw(st.sets(edges, min_size=least_bins - 1, max_size=4)))
    ends = [None, *cuts, None]
    earned = draw(st.lists(points, min_size=len(ends) - 1, max_size=len(ends) - 1))
    if monotone:
        earned.sort()
    rows = zip(pairwise(ends), earned, strict=True)
    return Characteristic(
        code=code,
        title=f"内容 {code}",
        group=draw(st.sampled_from(Group)),
        indicator=draw(st.sampled_from(INDICATORS)),
        bins=tuple(Bin(low, high, many, "落在这一档") for (low, high), many in rows),
        missing_points=draw(points),
        missing_reason="还没有记录",
        advice="补上记录",
    )


@st.composite
def vetoes(draw: st.DrawFn, code: str) -> Veto:
    return Veto(code, "否决", draw(st.sampled_from(INDICATORS)), draw(edges), "触发否决")


@st.composite
def grades(draw: st.DrawFn) -> tuple[Grade, ...]:
    starts = sorted(draw(st.sets(st.decimals("0.01", 100, places=2), max_size=4)), reverse=True)
    above = [Grade(f"g{at}", f"等级 {at}", start, draw(money)) for at, start in enumerate(starts)]
    return (*above, Grade("lowest", "最低", D(0), D(0)))


@st.composite
def cards(draw: st.DrawFn, *, monotone: bool = False, least_bins: int = 1) -> Card:
    count = draw(st.integers(1, 5))
    return Card(
        "任意的卡",
        "测试",
        tuple(
            draw(characteristics(f"c{at}", monotone=monotone, least_bins=least_bins))
            for at in range(count)
        ),
        tuple(draw(vetoes(f"v{at}")) for at in range(draw(st.integers(0, 3)))),
        draw(grades()),
        LimitFormula(
            draw(st.sampled_from(INDICATORS)),
            draw(st.decimals(0, 1, places=4)),
            draw(st.sampled_from(INDICATORS)),
            draw(st.decimals(0, 1, places=4)),
            draw(money),
            draw(st.sampled_from([D("0.01"), D("0.07"), D(1), D(30), D(100), D(1000)])),
        ),
    )


def bounds(card: Card) -> list[Decimal]:
    """Every edge of a card: where an error of one side of a comparison would show."""
    ends = {row.below for one in card.characteristics for row in one.bins}
    ends |= {one.at_least for one in card.vetoes}
    near = {end + shift for end in ends if end is not None for shift in (D(0), D("-0.001"))}
    return sorted(near) or [D(0)]


def facts(card: Card) -> st.SearchStrategy[dict[str, Decimal | None]]:
    value = st.none() | st.sampled_from(bounds(card)) | edges | huge | money
    return st.fixed_dictionaries(dict.fromkeys(card.indicators, value))


def expert_card() -> Card:
    """The card that is shipped."""
    return card_from_json(json.loads(EXPERT_CARD.read_text("utf-8")))
