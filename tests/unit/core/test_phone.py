"""Mobile numbers as people write them."""

from __future__ import annotations

import pytest

from core.phone import PhoneProblem, check_mobile


@pytest.mark.parametrize(
    "text",
    [
        "13800001234",
        "138 0000 1234",
        "138-0000-1234",
        "+8613800001234",
        "＋86 138 0000 1234",
        "8613800001234",
        "１３８００００１２３４",
    ],
)
def test_number_is_cleaned(text):
    assert check_mobile(text) == "13800001234"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "length"),
        ("1380000123", "length"),
        ("138000012345", "length"),
        ("12800001234", "characters"),
        ("1380000123a", "characters"),
        ("1380000123٣", "characters"),
    ],
)
def test_number_is_refused(text, code):
    with pytest.raises(PhoneProblem) as problem:
        check_mobile(text)
    assert problem.value.code == code
