"""Who may move a membership, and when a ballot carries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooperative.membership.rules.joining import (
    LIVE_STATES,
    TRANSITIONS,
    Actor,
    BallotCount,
    MembershipState,
    ballot_problem,
    has_quorum,
    is_carried,
    may_move,
)


def test_the_table_knows_every_state() -> None:
    assert set(TRANSITIONS) == set(MembershipState)
    assert all(actors for row in TRANSITIONS.values() for actors in row.values())


def test_ended_states_lead_nowhere() -> None:
    for state in set(MembershipState) - LIVE_STATES:
        assert TRANSITIONS[state] == {}


def test_nobody_is_admitted_without_a_ballot() -> None:
    assert MembershipState.ADMITTED not in TRANSITIONS[MembershipState.APPLIED]


@pytest.mark.parametrize("state", [s for s in MembershipState if s not in LIVE_STATES])
def test_an_applicant_cannot_revive_what_ended(state: MembershipState) -> None:
    assert not any(may_move(state, target, Actor.APPLICANT) for target in MembershipState)


@pytest.mark.parametrize(
    ("entitled", "present", "votes_for", "carried"),
    [
        (30, 20, 16, True),  # two thirds present, more than half of all in favour
        (30, 20, 15, False),  # exactly half of those entitled is not more than half
        (30, 19, 19, False),  # no quorum, whatever the votes
        (31, 21, 16, True),
        (3, 2, 2, True),
        (1, 1, 1, True),
    ],
)
def test_a_ballot_carries_by_the_law(
    entitled: int, present: int, votes_for: int, carried: bool
) -> None:
    # Farmers' Specialised Co-operatives Law (2018) art. 30
    count = BallotCount(entitled, present, votes_for, present - votes_for, 0)
    assert ballot_problem(count) is None
    assert is_carried(count) is carried


@given(*[st.integers(-2, 40)] * 5)
def test_a_possible_count_adds_up(
    entitled: int, present: int, votes_for: int, against: int, abstained: int
) -> None:
    count = BallotCount(entitled, present, votes_for, against, abstained)
    if ballot_problem(count) is None:
        assert votes_for + against + abstained == present <= entitled
        assert min(votes_for, against, abstained) >= 0
        if is_carried(count):
            assert has_quorum(count)
