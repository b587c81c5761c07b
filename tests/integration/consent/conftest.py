"""The world of these tests."""

from __future__ import annotations

import pytest

from cooperative.consent.reference import load_reference
from tests.factories.consent import NOON, YEAR, World


@pytest.fixture
def world(db: None) -> World:
    """Two townships, the shipped texts and clocks."""
    made = World()
    load_reference(by=made.founder, checked_by=made.checker, at=NOON - YEAR)
    return made
