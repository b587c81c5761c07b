"""The story's people, at noon of a fixed day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from tests.factories.lending import NOON
from tests.lending_story import Story, lending_story


@pytest.fixture
def clock() -> Iterator[Any]:
    """The 20th of May 2026, noon in Shanghai."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def story(db: None, clock: Any) -> Story:
    """Borrower, lenders, officers; nothing has happened yet."""
    return lending_story()


@pytest.fixture
def as_member(signed_in: Any) -> Any:
    """A function: the client of a membership's member."""
    return lambda membership: signed_in(membership.member.user)
