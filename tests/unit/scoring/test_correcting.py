"""Where overrides and objections may go, and what stands in place of a score."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.scoring.rules import objecting, overriding

LIMITS = st.decimals(Decimal(0), Decimal(200_000), places=2)


@pytest.mark.parametrize(
    ("table", "states"),
    [
        (overriding.TRANSITIONS, overriding.OverrideState),
        (objecting.TRANSITIONS, objecting.ObjectionState),
    ],
)
def test_every_state_is_in_the_table_and_reached(table: Any, states: Any) -> None:
    assert set(table) == set(states)
    first = next(iter(states))
    assert {to for row in table.values() for to in row} == set(states) - {first}


@given(LIMITS, st.none() | LIMITS)
def test_a_veto_is_never_overridden(limit: Decimal, other: Decimal | None) -> None:
    stands = overriding.standing("c", limit, vetoed=True, other_grade="aaa", other_limit=other)
    assert stands == ("c", limit)


@given(LIMITS, st.none() | LIMITS, st.sampled_from(["", "aaa"]))
def test_what_an_override_leaves_out_is_the_scores(
    limit: Decimal, other: Decimal | None, grade: str
) -> None:
    stands = overriding.standing("b", limit, vetoed=False, other_grade=grade, other_limit=other)
    assert stands == (grade or "b", limit if other is None else other)
