"""What is stored about a member, by section: every app that stores something registers it here.

The member's page, the export and the erasure all walk this registry, so nothing can be shown in
one of them and forgotten in another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cooperative.membership.models import Member
from core.errors import Refused


@dataclass(frozen=True)
class Item:
    """One stored value as text. ``name`` is its stable name in the export; ``masked`` what is
    shown before the member asks to see the whole, empty when nothing needs hiding."""

    name: str
    label: Any
    value: Any
    masked: Any = ""


@dataclass(frozen=True)
class Entry:
    """One stored thing, e.g. a plot, with where it came from."""

    title: Any
    items: tuple[Item, ...]
    source: Any = ""


@dataclass(frozen=True)
class Section:
    """A part of what is stored.

    ``collect`` answers with a fixed number of queries. ``erase`` removes what the law lets be
    removed, inside the caller's transaction. ``keeps`` says why it cannot be erased yet, with the
    law and the way on, or None.
    """

    code: str
    title: Any
    collect: Callable[[Member], list[Entry]]
    erase: Callable[[Member, datetime], None]
    keeps: Callable[[Member], Refused | None]
    position: int


_SECTIONS: dict[str, Section] = {}


def _nothing_keeps(member: Member) -> Refused | None:
    return None


def register_personal_data(
    code: str,
    title: Any,
    collect: Callable[[Member], list[Entry]],
    erase: Callable[[Member, datetime], None],
    keeps: Callable[[Member], Refused | None] = _nothing_keeps,
    *,
    position: int = 50,
) -> None:
    """Declare a section, once, from an ``AppConfig.ready``; lower positions are read first."""
    _SECTIONS[code] = Section(code, title, collect, erase, keeps, position)


def sections() -> list[Section]:
    """All sections in the order of reading: by position, then by declaration."""
    return sorted(_SECTIONS.values(), key=lambda section: section.position)


def section_title(code: str) -> Any:
    """The title of a section; an unknown code reads as itself."""
    known = _SECTIONS.get(code)
    return known.title if known else code
