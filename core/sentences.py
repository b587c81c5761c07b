"""Putting sentences and words together so that they read well in Chinese and in English."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext

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
