"""What waits for an officer: every app says here how many rows wait for whom, and where they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Waiting:
    """A line of the desk: ``count`` rows at ``href`` wait; ``late`` of them are overdue."""

    label: Text
    count: int
    href: str
    late: int = 0


_SOURCES: list[Callable[[Any, date], list[Waiting]]] = []


def register_waiting(source: Callable[[Any, date], list[Waiting]]) -> None:
    """Add a source from ``AppConfig.ready``; it counts only what this officer can act on."""
    _SOURCES.append(source)


def waiting_for(user: Any, today: date) -> list[Waiting]:
    """Everything that waits for an officer, overdue lines first, then the longest."""
    lines = [line for source in _SOURCES for line in source(user, today) if line.count]
    return sorted(lines, key=lambda line: (-line.late, -line.count, str(line.label)))
