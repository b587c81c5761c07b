"""A term in months, right in both languages for one and for more."""

from __future__ import annotations

import pytest
from django.utils import translation

from credit.lending.pages.texts import months_text


@pytest.mark.parametrize(
    ("language", "months", "text"),
    [
        ("zh-hans", 1, "1 个月"),
        ("zh-hans", 12, "12 个月"),
        ("en", 1, "1 month"),
        ("en", 12, "12 months"),
    ],
)
def test_months_are_counted_in_the_language_of_the_reader(language: str, months: int, text: str):
    with translation.override(language):
        assert months_text(months) == text
