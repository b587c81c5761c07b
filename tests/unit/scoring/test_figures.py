"""Figures of many scores: worked by hand, and what must always hold."""

from __future__ import annotations

from decimal import Decimal
from statistics import mean as plain_mean
from statistics import median as plain_median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.scoring.rules import figures
from credit.scoring.rules.figures import Reading

COUNTS = st.lists(st.integers(0, 500), min_size=5, max_size=5)
SOMEBODY = COUNTS.filter(any)


def points(low: str = "0", high: str = "100") -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(low), Decimal(high), places=2)


# (share now - share then) x ln(share now / share then), summed; worked with a table of logarithms:
# ln 1.5 = 0.405465, ln 2 = 0.693147, ln 7/6 = 0.154151, ln 40 = 3.688879, ln 1.25 = 0.223144
@pytest.mark.parametrize(
    ("then", "now", "index"),
    [
        ([50, 50], [50, 50], "0.0000"),
        ([50, 50], [25, 75], "0.2747"),  # -0.25 x -0.693147 + 0.25 x 0.405465
        ([10, 20, 70], [20, 20, 60], "0.0847"),  # 0.1 x 0.693147 + 0.1 x 0.154151
        ([20, 80], [0, 100], "0.7640"),  # half a member: 0.195 x 3.688879 + 0.2 x 0.223144
        ([5, 5, 0], [10, 10, 0], "0.0000"),  # nobody there then or now: it says nothing
        ([1], [7], "0.0000"),
    ],
)
def test_the_index_by_hand(then: list[int], now: list[int], index: str) -> None:
    assert figures.stability(then, now) == Decimal(index)


@pytest.mark.parametrize(("then", "now"), [([0, 0], [1, 2]), ([1, 2], [0, 0]), ([], [])])
def test_nobody_at_one_time_is_no_index(then: list[int], now: list[int]) -> None:
    assert figures.stability(then, now) is None


@pytest.mark.parametrize(
    ("index", "reading"),
    [
        ("0.0000", Reading.STABLE),
        ("0.0999", Reading.STABLE),
        ("0.1000", Reading.WATCH),
        ("0.2500", Reading.WATCH),
        ("0.2501", Reading.SHIFTED),
        ("3", Reading.SHIFTED),
    ],
)
def test_the_usual_reading(index: str, reading: Reading) -> None:
    assert figures.reading_of(Decimal(index)) == reading


@given(SOMEBODY)
def test_what_is_alike_has_index_nought(counts: list[int]) -> None:
    assert figures.stability(counts, counts) == 0


@given(SOMEBODY, st.integers(2, 9))
def test_so_has_what_only_grew(counts: list[int], times: int) -> None:
    assert figures.stability(counts, [count * times for count in counts]) == 0


@given(SOMEBODY, SOMEBODY)
def test_the_index_is_the_same_both_ways_and_never_negative(a: list[int], b: list[int]) -> None:
    index = figures.stability(a, b)
    assert index is not None
    assert index >= 0
    assert index == figures.stability(b, a)


@given(st.permutations(range(5)), SOMEBODY, SOMEBODY)
def test_the_order_of_grades_is_no_matter(order: list[int], a: list[int], b: list[int]) -> None:
    mixed = figures.stability([a[at] for at in order], [b[at] for at in order])
    assert mixed == figures.stability(a, b)


@given(st.dictionaries(points(), st.integers(1, 9), min_size=1, max_size=8))
def test_mean_and_median_are_those_of_all_values(totals: dict[Decimal, int]) -> None:
    values = [value for value, count in totals.items() for _each in range(count)]
    cent = Decimal("0.01")
    assert figures.mean(totals) == plain_mean(values).quantize(cent)
    assert figures.median(totals) == plain_median(values).quantize(cent)


def test_the_middle_of_nothing_is_nothing() -> None:
    assert (figures.mean({}), figures.median({})) == (None, None)


def test_the_matrix_by_hand() -> None:
    moved = figures.movement(
        ["aaa", "a", "c"],
        {("aaa", "aaa"): 2, ("aaa", "c"): 1, ("a", "aaa"): 3, ("c", "c"): 4},
        then={"aaa": 4, "a": 3, "c": 4},
        now={"aaa": 6, "a": 1, "c": 5},
    )
    assert moved.cells == ((2, 0, 1), (3, 0, 0), (0, 0, 4))
    assert (moved.came, moved.went) == ((1, 1, 0), (1, 0, 0))
    assert (moved.better, moved.same, moved.worse) == (3, 6, 1)


@given(
    st.lists(
        st.tuples(st.sampled_from(["aaa", "a", "c", ""]), st.sampled_from(["aaa", "a", "c", ""])),
        max_size=40,
    )
)
def test_no_member_is_lost_in_the_matrix(pairs: list[tuple[str, str]]) -> None:
    both = [pair for pair in pairs if all(pair)]
    moved = figures.movement(
        ["aaa", "a", "c"],
        {pair: both.count(pair) for pair in both},
        then=figures.counted((then, 1) for then, _now in pairs if then),
        now=figures.counted((now, 1) for _then, now in pairs if now),
    )
    assert sum(moved.came) == sum(1 for then, now in pairs if now and not then)
    assert sum(moved.went) == sum(1 for then, now in pairs if then and not now)
    assert moved.better + moved.same + moved.worse == len(both)
