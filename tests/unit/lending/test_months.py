"""How long, in words: English tells one month from several, whatever kind of number it is."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation

from credit.lending.limit_words import figure, months_text
from credit.lending.rules.policy import Measure


@pytest.mark.parametrize(
    ("months", "chinese", "english"),
    [
        (1, "1 个月", "1 month"),
        (Decimal("1.00"), "1 个月", "1 month"),
        (6, "6 个月", "6 months"),
        (Decimal("2.50"), "2.5 个月", "2.5 months"),
    ],
)
def test_months_are_told_in_the_readers_language(months, chinese, english):
    with translation.override("zh-hans"):
        assert months_text(months) == chinese
    with translation.override("en"):
        assert months_text(months) == english
        assert figure(Measure.EXTENSION_MONTHS, Decimal(months)) == english
