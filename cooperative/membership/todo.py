"""What a member has to do today: every app that waits for a member says so here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from cooperative.membership.models import Member

Text = str | Promise


@dataclass(frozen=True)
class Todo:
    """One thing to do: the sentence, where to do it, by when. ``tone`` as in the components."""

    text: Text
    href: str
    detail: Text = ""
    due_on: date | None = None
    tone: str = "wheat"
    icon: str = ""


_SOURCES: list[Callable[[Member, date], list[Todo]]] = []


def register_todo(source: Callable[[Member, date], list[Todo]]) -> None:
    """Add a source from ``AppConfig.ready``; it answers with a fixed number of queries."""
    _SOURCES.append(source)


def todos_of(member: Member, today: date) -> list[Todo]:
    """Everything that waits for a member, the most urgent first."""
    found = [todo for source in _SOURCES for todo in source(member, today)]
    return sorted(found, key=lambda todo: todo.due_on or date.max)
