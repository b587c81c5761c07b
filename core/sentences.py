"""Putting sentences and words together so that they read well in Chinese and in English."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext

from core.formats import format_day, format_yuan_short

Text = str | Promise


def in_a_row(*sentences: Text) -> str:
    """Sentences one after the other: Chinese without a space, English with one.

    >>> in_a_row("One.", "Two.", "一。", "二。")
    'One. Two. 一。二。'
    """
    text = ""
    for sentence in filter(None, map(str, sentences)):
        text += f" {sentence}" if text and text[-1].isascii() else sentence
    return text


def listed(words: Iterable[object]) -> str:
    """Words as a list in the reader's language: 玉米、水稻; maize, rice.

    >>> from django.utils import translation
    >>> with translation.override("zh-hans"):
    ...     listed(["玉米", "水稻"])
    '玉米、水稻'
    """
    return gettext("、").join(map(str, words))


def filled(sentence: Text, **words: Any) -> Promise:
    """A sentence whose gaps are filled when somebody reads it, in the language they read.

    Days and amounts are written as people read them; a callable gives its word at that time. With
    ``%`` a translated sentence would be set in the language of whoever wrote it down.

    >>> str(filled("%(day)s还 %(amount)s 元", day=date(2026, 5, 20), amount=Decimal("5000.00")))
    '2026年5月20日（周三）还 5,000 元'
    """
    return _when_read(partial(_fill, sentence, words))


def listed_later(words: Iterable[Text]) -> Promise:
    """``listed`` when somebody reads it."""
    return _when_read(partial(listed, list(words)))


def in_a_row_later(*sentences: Text) -> Promise:
    """``in_a_row`` when somebody reads it."""
    return _when_read(partial(in_a_row, *sentences))


def _fill(sentence: Text, words: dict[str, Any]) -> str:
    return str(sentence) % {name: _shown(word) for name, word in words.items()}


def _shown(word: Any) -> Any:
    if isinstance(word, date):
        return format_day(word)
    if isinstance(word, Decimal):
        return format_yuan_short(word)
    return word() if callable(word) else word


_when_read: Callable[[Callable[[], str]], Promise] = lazy(lambda text: text(), str)
