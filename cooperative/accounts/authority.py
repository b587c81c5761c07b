"""What membership tells this lower app: who may administer accounts, and what belongs on 我的."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from cooperative.accounts.models import User
from core.errors import Text

Reach = Callable[[Any], QuerySet[User]]
_reach: list[Reach] = []


def register_reach(reach: Reach) -> None:
    """Say which accounts an officer may unlock: ``reach(officer)`` gives their rows."""
    _reach[:] = [reach]


def accounts_within_reach(officer: Any) -> QuerySet[User]:
    """The accounts that this officer may unlock; none while nobody registered."""
    return _reach[0](officer) if _reach else User.objects.none()


@dataclass(frozen=True)
class ProfileRow:
    """One line of the page 我的 that leads somewhere."""

    title: Text
    url: str
    hint: Text = ""
    icon: str = ""


Sections = Callable[[Any], Iterable[ProfileRow]]
_sections: list[Sections] = []


def register_profile_sections(sections: Sections) -> None:
    """Add lines to the top of 我的: ``sections(user)`` gives them, e.g. the union and since when."""
    if sections not in _sections:
        _sections.append(sections)


def profile_sections(user: Any) -> list[ProfileRow]:
    """The lines that higher apps add for this user."""
    return [row for sections in _sections for row in sections(user)]
