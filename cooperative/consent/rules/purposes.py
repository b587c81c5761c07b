"""What data may be used for and which kinds of data there are; other apps register their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class DataCategory:
    """A kind of personal data. ``is_sensitive``: needs separate consent (PIPL 28, 29)."""

    code: str
    title: Any
    is_sensitive: bool = False


@dataclass(frozen=True)
class Purpose:
    """One use of data. ``recipient_kind``: who receives; ``needs_consent``: False for duty."""

    code: str
    title: Any
    recipient_kind: str = ""
    needs_consent: bool = True


_PURPOSES: dict[str, Purpose] = {}
_CATEGORIES: dict[str, DataCategory] = {}


def register_purpose(purpose: Purpose) -> None:
    """Declare a purpose, once, from an ``AppConfig.ready``."""
    _PURPOSES[purpose.code] = purpose


def register_category(category: DataCategory) -> None:
    """Declare a kind of data, once, from an ``AppConfig.ready``."""
    _CATEGORIES[category.code] = category


def purpose_of(code: str) -> Purpose:
    """The declared purpose; an unknown code reads as itself, so that old rows stay legible."""
    return _PURPOSES.get(code) or Purpose(code, code)


def purposes() -> list[Purpose]:
    """All purposes in the order of declaration."""
    return list(_PURPOSES.values())


def categories() -> list[str]:
    """The codes of all kinds of data in the order of declaration."""
    return list(_CATEGORIES)


def is_category(code: str) -> bool:
    """Whether a kind of data is declared."""
    return code in _CATEGORIES


def category_title(code: str) -> Any:
    """The title of a kind of data; an unknown code reads as itself."""
    known = _CATEGORIES.get(code)
    return known.title if known else code


def category_titles(codes: list[str]) -> list[Any]:
    """Titles in the given order."""
    return [category_title(code) for code in codes]
