"""Audit action codes in words, for timelines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise

from core.masking import mask_name

_WORDS: dict[str, str | Promise] = {}


def register_words(words: Mapping[str, str | Promise]) -> None:
    """Declare an app's action codes from ``AppConfig.ready``."""
    _WORDS.update(words)


def in_words(action: str) -> str:
    """The action as a person reads it; the code itself where nobody declared it."""
    return str(_WORDS.get(action, action))


def actor_name(user: Any) -> str:
    """Who did it: an officer by name, a member masked, empty for a job."""
    if user is None:
        return ""
    return str(user) if user.username else mask_name(user.name)
