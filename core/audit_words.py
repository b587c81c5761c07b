"""Audit action codes in words, for timelines."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise

_WORDS: dict[str, str | Promise] = {}


def register_words(words: Mapping[str, str | Promise]) -> None:
    """Declare an app's action codes from ``AppConfig.ready``."""
    _WORDS.update(words)


def in_words(action: str) -> str:
    """The action as a person reads it; the code itself where nobody declared it."""
    return str(_WORDS.get(action, action))
