"""Marks on a member's record that every officer must see, e.g. that the member disputes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.functional import Promise

from cooperative.membership.models import Member

Marker = Callable[[Iterable[Member]], set[int]]

_MARKERS: list[tuple[str | Promise, Marker]] = []


def register_mark(text: str | Promise, marked: Marker) -> None:
    """Declare a mark from an ``AppConfig.ready``: ``marked(members)`` gives the keys that carry it."""
    _MARKERS.append((text, marked))


def marks_of(member: Member) -> list[str]:
    """The marks a member carries; one query for each kind of mark."""
    return [str(text) for text, marked in _MARKERS if member.pk in marked([member])]
