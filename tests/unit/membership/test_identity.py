"""Identity numbers, by the standards' own examples and by properties."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooperative.membership.rules.identity import (
    IdentityProblem,
    birth_date,
    check_credit_code,
    check_resident_id,
    clean_number,
    comes_of_age_on,
)
from tests.factories.membership import credit_code, resident_id

TODAY = date(2026, 5, 20)


def test_the_standards_examples_pass() -> None:
    # GB 11643-1999 and GB 32100-2015
    assert check_resident_id("11010519491231002x", today=TODAY) == "11010519491231002X"
    assert check_credit_code("91110000600037341L") == "91110000600037341L"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "length"),
        ("110105194912310", "length"),  # the 15 digits that ended in 2013
        ("1101051949123100AX", "characters"),
        ("110105194913310021", "birth"),
        ("110105204912310020", "future"),
        ("110105194912310021", "check"),
    ],
)
def test_a_wrong_resident_id_says_why(text: str, code: str) -> None:
    with pytest.raises(IdentityProblem) as caught:
        check_resident_id(text, today=TODAY)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("9111000060003734", "length"),
        ("91110000600037341I", "characters"),
        ("91110000600037341M", "check"),
    ],
)
def test_a_wrong_credit_code_says_why(text: str, code: str) -> None:
    with pytest.raises(IdentityProblem) as caught:
        check_credit_code(text)
    assert caught.value.code == code


@given(
    st.integers(0, 999), st.dates(date(1920, 1, 1), TODAY), st.integers(0, 16), st.integers(1, 9)
)
def test_one_wrong_digit_is_always_found(number: int, born: date, place: int, by: int) -> None:
    right = resident_id(number, f"{born:%Y%m%d}")
    assert check_resident_id(right, today=TODAY) == right
    wrong = f"{right[:place]}{(int(right[place]) + by) % 10}{right[place + 1 :]}"
    with pytest.raises(IdentityProblem):
        check_resident_id(wrong, today=TODAY)


@given(st.integers(0, 99_999_999))
def test_every_made_credit_code_passes(number: int) -> None:
    assert check_credit_code(credit_code(number)) == credit_code(number)


@given(st.integers(0, 999), st.dates(date(1920, 1, 1), TODAY))
def test_typing_habits_do_not_matter(number: int, born: date) -> None:
    right = resident_id(number, f"{born:%Y%m%d}")
    typed = f" {right[:6]} {right[6:14]}-{right[14:].lower()}　"
    assert clean_number(typed) == right
    assert birth_date(clean_number(typed)) == born


@pytest.mark.parametrize(
    ("born", "of_age"),
    [
        ("20080520", date(2026, 5, 20)),
        ("20080521", date(2026, 5, 21)),
        ("20080229", date(2026, 3, 1)),
        ("19820228", date(2000, 2, 28)),
    ],
)
def test_adulthood_begins_on_the_eighteenth_birthday(born: str, of_age: date) -> None:
    assert comes_of_age_on(resident_id(1, born)) == of_age
