"""The rules of a panel: trimming, spread, raters who stand apart, whom to ask."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from statistics import pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.scoring.rules.panel import (
    HIGHEST,
    LOWEST,
    SPARE_RATERS,
    assess,
    deviation_of,
    leanings,
    spread_of,
    suggest,
    trimmed_mean,
)
from credit.scoring.rules.panel_states import TRANSITIONS, PanelActor, PanelState, may_move

D = Decimal
GRADE = st.integers(LOWEST, HIGHEST)
GRADES = st.lists(GRADE, min_size=1, max_size=25)
FRACTION = st.decimals("0", "0.49", places=2)
FIFTH = D("0.2")
BOOK = st.dictionaries(
    st.integers(1, 9), st.dictionaries(st.integers(1, 9), GRADE, min_size=1), max_size=9
)


@pytest.mark.parametrize(
    ("grades", "fraction", "mean"),
    [
        # of five one falls away at each end, whoever gave it
        ([1, 4, 4, 5, 6], "0.2", "4.33"),
        ([1, 1, 5, 5, 5], "0.2", "3.67"),
        ([6, 6, 6, 6, 1], "0.2", "6.00"),
        # of nine still one, of ten two
        ([1, 2, 3, 4, 4, 4, 5, 6, 6], "0.2", "4.00"),
        ([1, 1, 3, 4, 4, 4, 5, 5, 6, 6], "0.2", "4.17"),
        # of four none: the floor of 0.8
        ([1, 4, 4, 6], "0.2", "3.75"),
        ([2, 3], "0.49", "2.50"),
        ([1, 4, 4, 5, 6], "0", "4.00"),
        # half up, once: 2.125
        ([2, 2, 2, 2, 2, 2, 2, 3], "0", "2.13"),
    ],
)
def test_trimmed_mean_of_worked_examples(grades: list[int], fraction: str, mean: str) -> None:
    assert trimmed_mean(grades, D(fraction)) == D(mean)


@given(GRADES, FRACTION)
def test_trimmed_mean_lies_between_the_lowest_and_the_highest(
    grades: list[int], fraction: Decimal
) -> None:
    assert min(grades) <= trimmed_mean(grades, fraction) <= max(grades)


@given(GRADES, FRACTION, st.randoms())
def test_trimmed_mean_does_not_depend_on_who_was_first(
    grades: list[int], fraction: Decimal, random: object
) -> None:
    mixed = list(grades)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert trimmed_mean(mixed, fraction) == trimmed_mean(grades, fraction)


@given(GRADES, FRACTION, st.data())
def test_a_better_grade_never_lowers_the_mean(
    grades: list[int], fraction: Decimal, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(grades) - 1))
    better = [*grades]
    better[at] = data.draw(st.integers(grades[at], HIGHEST))
    assert trimmed_mean(better, fraction) >= trimmed_mean(grades, fraction)


@given(st.lists(GRADE, min_size=5, max_size=9), GRADE)
def test_one_voice_alone_moves_the_mean_no_further_than_its_neighbours(
    grades: list[int], shouted: int
) -> None:
    """With a fifth trimmed one rater, whatever they say, stays within what the others said."""
    mean = trimmed_mean([*grades[1:], shouted], FIFTH)
    assert min(grades[1:]) <= mean <= max(grades[1:])


@given(GRADES)
def test_mean_without_trimming_is_the_plain_one_rounded_once(grades: list[int]) -> None:
    exact = D(sum(grades)) / len(grades)
    assert trimmed_mean(grades, D(0)) == exact.quantize(D("0.01"), rounding=ROUND_HALF_UP)


@pytest.mark.parametrize("grades", [[], [0], [7], [3, 7]])
def test_no_grades_and_strange_ones_are_no_mean(grades: list[int]) -> None:
    for question in (spread_of, deviation_of, lambda found: trimmed_mean(found, FIFTH)):
        with pytest.raises(ValueError, match="grades"):
            question(grades)


@pytest.mark.parametrize("fraction", ["-0.01", "0.5", "1"])
def test_a_fraction_that_leaves_nothing_is_refused(fraction: str) -> None:
    with pytest.raises(ValueError, match="fraction"):
        trimmed_mean([3, 4], D(fraction))


@given(GRADES)
def test_spread_and_deviation_agree_with_the_textbook(grades: list[int]) -> None:
    assert spread_of(grades) == max(grades) - min(grades)
    assert abs(float(deviation_of(grades)) - pstdev(grades)) <= 0.005 + 1e-9
    assert (spread_of(grades) == 0) == (deviation_of(grades) == 0)


@given(GRADES, st.integers(1, 12), FRACTION)
def test_nothing_is_known_of_fewer_than_the_least(
    grades: list[int], least: int, fraction: Decimal
) -> None:
    found = assess(grades, least=least, fraction=fraction)
    assert (found is None) == (len(grades) < least)
    if found is not None:
        assert found.mean == trimmed_mean(grades, fraction)
        assert found.counted == len(grades)
        assert found.trimmed == 2 * int(len(grades) * fraction)
        assert found.counted - found.trimmed >= 1


# Raters 1 to 5 on three people; the fifth is two grades harder than the rest on each.
HARD = {
    10: {1: 4, 2: 4, 3: 5, 4: 5, 5: 2},
    11: {1: 5, 2: 5, 3: 5, 4: 5, 5: 3},
    12: {1: 6, 2: 4, 3: 5, 4: 5, 5: 4},
}


def test_a_rater_who_is_harder_throughout_stands_apart() -> None:
    found = leanings(HARD, threshold=D("1.5"), least_subjects=3)
    # 2 - 4.5, 3 - 5, 4 - 5: on average 1.83 below
    assert (found[5].deviation, found[5].subjects, found[5].is_outlier) == (D("-1.83"), 3, True)
    assert [rater for rater, one in found.items() if one.is_outlier] == [5]


def test_exactly_at_the_threshold_is_not_beyond_it() -> None:
    book = {subject: {1: 3, 2: 3, 3: 5} for subject in (1, 2, 3)}
    assert leanings(book, threshold=D("2"), least_subjects=3)[3].is_outlier is False
    assert leanings(book, threshold=D("1.99"), least_subjects=3)[3].is_outlier is True


def test_of_too_few_people_nothing_is_said_of_a_rater() -> None:
    two = {subject: HARD[subject] for subject in (10, 11)}
    assert leanings(two, threshold=D("1.5"), least_subjects=3) == {}


def test_who_was_alone_with_somebody_has_nobody_to_differ_from() -> None:
    assert leanings({1: {7: 6}}, threshold=D("1.5"), least_subjects=1) == {}


@given(BOOK, st.decimals("0.5", "5", places=1))
def test_leanings_of_all_who_graded_the_same_people_sum_to_zero(
    book: dict[int, dict[int, int]], threshold: Decimal
) -> None:
    """Where each graded each, what one is above the others are below."""
    raters = sorted({rater for given_ in book.values() for rater in given_})
    full = {s: {r: given_.get(r, LOWEST) for r in raters} for s, given_ in book.items()}
    found = leanings(full, threshold=threshold, least_subjects=1)
    # each figure is rounded once
    assert abs(sum(one.deviation for one in found.values())) <= D("0.005") * len(raters)


@given(BOOK, st.integers(1, 3))
def test_a_leaning_is_bounded_and_says_when_it_is_beyond(
    book: dict[int, dict[int, int]], least: int
) -> None:
    for one in leanings(book, threshold=D("1.5"), least_subjects=least).values():
        assert abs(one.deviation) <= HIGHEST - LOWEST
        assert one.subjects >= least
        if abs(one.deviation) > D("1.51"):
            assert one.is_outlier
        if abs(one.deviation) < D("1.49"):
            assert not one.is_outlier


@given(BOOK)
def test_raters_who_agree_do_not_lean(book: dict[int, dict[int, int]]) -> None:
    agreed = {subject: dict.fromkeys(given_, 4) for subject, given_ in book.items()}
    found = leanings(agreed, threshold=D("0.5"), least_subjects=1)
    assert {one.deviation for one in found.values()} <= {D("0.00")}
    assert Fraction(0) == sum(one.is_outlier for one in found.values())


ABLE = st.dictionaries(st.integers(1, 20), st.sets(st.integers(100, 105)), max_size=20)


@given(ABLE, st.integers(1, 6))
def test_suggested_raters_suffice_where_anybody_could(
    able: dict[int, set[int]], least: int
) -> None:
    subjects = range(100, 106)
    chosen = suggest(sorted(able), able, subjects, least)
    assert len(chosen) == len(set(chosen))
    for subject in subjects:
        could = sum(subject in whom for whom in able.values())
        will = sum(subject in able[rater] for rater in chosen)
        assert will >= min(could, least + SPARE_RATERS)
    assert all(able[rater] for rater in chosen)


def test_whoever_ranks_first_is_asked_first() -> None:
    able = {rater: {100} for rater in range(1, 20)}
    assert suggest([9, 3, 7, *range(10, 20)], able, [100], 5) == [9, 3, 7, 10, 11, 12, 13]


def test_every_state_has_its_arrows_and_the_ends_have_none() -> None:
    assert set(TRANSITIONS) == set(PanelState)
    ends = {state for state, ways in TRANSITIONS.items() if not ways}
    assert ends == {PanelState.CLOSED, PanelState.CANCELLED}


@pytest.mark.parametrize("old", PanelState)
@pytest.mark.parametrize("new", PanelState)
def test_only_the_night_closes_beside_an_officer(old: PanelState, new: PanelState) -> None:
    assert may_move(old, new, PanelActor.NIGHT) == ((old, new) == ("open", "closed"))
