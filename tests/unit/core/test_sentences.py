"""Sentences that are put together when somebody reads them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.formats import format_day
from core.sentences import filled, in_a_row_later, listed_later

DAY = date(2026, 5, 20)
SIGN = _("合同 %(number)s 已经起草，请在%(day)s以前看清并签字。")


def test_a_filled_sentence_waits_for_its_reader() -> None:
    with translation.override("en"):
        text = filled(SIGN, number="HT-1", day=DAY)
        assert isinstance(text, Promise)
    with translation.override("zh-hans"):
        assert str(text) == "合同 HT-1 已经起草，请在2026年5月20日（周三）以前看清并签字。"
    with translation.override("en"):
        assert str(text) == (
            "Contract HT-1 is drawn up. Please read and sign it by 20 May 2026 (Wed)."
        )


def test_words_may_be_sentences_or_calls_themselves() -> None:
    owed = filled("%(name)s %(amount)s 元", name="王秋实", amount=Decimal("5000.50"))
    text = filled(
        "%(day)s：%(to)s", day=partial(format_day, DAY, DAY), to=listed_later([owed, "李"])
    )
    with translation.override("zh-hans"):
        assert str(text) == "5月20日（周三）：王秋实 5,000.50 元、李"
        assert str(in_a_row_later(text, "请留意。")) == f"{text}请留意。"


def test_an_empty_text_stays_empty() -> None:
    assert not filled("", name="王秋实")
