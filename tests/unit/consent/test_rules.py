"""When a consent lives, and how requests move."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooperative.consent.rules import requests
from cooperative.consent.rules.lifetime import Standing, Term, not_covered, standing
from cooperative.consent.rules.requests import RequestActor, RequestKind, RequestState
from core.dates import BUSINESS_ZONE

START = datetime(2026, 5, 20, 12, tzinfo=BUSINESS_ZONE)
moments = st.integers(-1000, 1000).map(lambda minutes: START + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("minutes", "withdrawn", "expected"),
    [
        (-1, None, Standing.NOT_YET),
        (0, None, Standing.LIVE),
        (59, None, Standing.LIVE),
        (60, None, Standing.EXPIRED),
        (29, 30, Standing.LIVE),
        (30, 30, Standing.WITHDRAWN),
        (90, 30, Standing.WITHDRAWN),
        (0, 0, Standing.WITHDRAWN),
    ],
)
def test_standing_at_the_edges(minutes: int, withdrawn: int | None, expected: Standing) -> None:
    ended = START + timedelta(minutes=withdrawn) if withdrawn is not None else None
    term = Term(START, START + timedelta(minutes=60), ended)
    assert standing(term, START + timedelta(minutes=minutes)) == expected


@given(moments, moments, moments)
def test_a_consent_never_lives_again(withdrawn: datetime, first: datetime, then: datetime) -> None:
    term = Term(START, START + timedelta(minutes=500), max(withdrawn, START))
    early, late = sorted((first, then))
    if standing(term, early) in (Standing.EXPIRED, Standing.WITHDRAWN):
        assert standing(term, late) in (Standing.EXPIRED, Standing.WITHDRAWN)


def test_not_covered_names_what_is_missing() -> None:
    assert not_covered(["name", "income", "crop"], ["crop", "name"]) == ["income"]
    assert not_covered(["crop"], ["crop", "name"]) == []


def test_transitions_are_total_and_ends_are_ends() -> None:
    assert set(requests.TRANSITIONS) == set(RequestState)
    for state, ways in requests.TRANSITIONS.items():
        assert (not ways) == (state not in requests.WAITING)
        assert set(ways) <= set(RequestState) - {state}


def test_only_members_withdraw_and_only_officers_answer() -> None:
    for old in RequestState:
        for new in RequestState:
            for actor in RequestActor:
                if requests.may_move(old, new, actor):
                    assert (new == RequestState.WITHDRAWN) == (actor == RequestActor.MEMBER)


def test_second_officer_for_what_changes_data() -> None:
    needing = {kind for kind in RequestKind if requests.needs_second_officer(kind)}
    assert needing == {RequestKind.CORRECTION, RequestKind.ERASURE}


@pytest.mark.parametrize(
    ("opened", "days", "due"),
    [
        (date(2026, 5, 20), 20, date(2026, 6, 9)),
        (date(2026, 2, 10), 20, date(2026, 3, 2)),
        (date(2028, 2, 10), 20, date(2028, 3, 1)),
        (date(2026, 12, 15), 30, date(2027, 1, 14)),
    ],
)
def test_due_on_does_not_count_the_day_of_opening(opened: date, days: int, due: date) -> None:
    assert requests.due_on(opened, days) == due
