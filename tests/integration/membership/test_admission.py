"""Admission by a ballot that one officer records and another confirms."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from cooperative.membership.models import Ballot, Membership
from cooperative.membership.rules.joining import BallotCount
from cooperative.membership.services import admission
from cooperative.notices.models import Notice
from core.errors import Refused
from core.models import AuditRow
from tests.factories.core import ParameterFactory
from tests.factories.membership import (
    NOON,
    TODAY,
    BallotFactory,
    MembershipFactory,
    PostFactory,
    UnionFactory,
    officer,
)

pytestmark = pytest.mark.django_db
CARRIED = BallotCount(30, 24, 22, 1, 1)


def _applied(**kwargs: Any) -> Membership:
    row: Membership = MembershipFactory(applied=True, **kwargs)
    return row


def _record(row: Membership, by: Any, **change: Any) -> Ballot:
    facts = {"held_on": TODAY, "count": CARRIED} | change
    return admission.record_ballot(membership_id=row.pk, by=by, at=NOON, **facts)


def test_two_officers_admit_and_the_waiting_period_begins_today() -> None:
    ParameterFactory()
    row = _applied()
    ballot = _record(row, officer("convener", row.union), held_on=TODAY - timedelta(days=40))
    admission.confirm_ballot(ballot_id=ballot.pk, by=officer("reviewer", row.union), at=NOON)
    row.refresh_from_db()
    ballot.refresh_from_db()
    assert (row.state, row.admitted_on, row.waiting_ends_on) == (
        "admitted",
        TODAY,  # not the meeting forty days ago
        date(2026, 11, 20),
    )
    assert ballot.outcome == "carried"
    assert Notice.objects.get().kind == "membership.admitted"
    assert [entry.action for entry in AuditRow.objects.order_by("pk")] == [
        "ballot.recorded",
        "membership.admitted",
    ]


def test_the_waiting_period_is_the_unions_own_figure() -> None:
    row = _applied()
    ParameterFactory()
    ParameterFactory(scope=row.union.path, value=12)
    ballot = _record(row, officer("convener", row.union))
    admission.confirm_ballot(ballot_id=ballot.pk, by=officer("reviewer", row.union), at=NOON)
    row.refresh_from_db()
    assert row.waiting_ends_on == date(2027, 5, 20)


def test_without_a_figure_nobody_is_admitted() -> None:
    row = _applied()
    ballot = _record(row, officer("convener", row.union))
    with pytest.raises(Refused) as caught:
        admission.confirm_ballot(ballot_id=ballot.pk, by=officer("reviewer", row.union), at=NOON)
    assert caught.value.code == "parameter_missing"
    row.refresh_from_db()
    ballot.refresh_from_db()
    assert (row.state, ballot.outcome) == ("balloted", "waiting")


def test_a_lost_ballot_rejects() -> None:
    row = _applied()
    lost = BallotCount(30, 24, 15, 9, 0)
    ballot = _record(row, officer("convener", row.union), count=lost)
    admission.confirm_ballot(ballot_id=ballot.pk, by=officer("reviewer", row.union), at=NOON)
    row.refresh_from_db()
    assert (row.state, row.ended_on) == ("rejected", TODAY)


def test_the_recorder_cannot_confirm() -> None:
    union = UnionFactory()
    both = officer("convener", union)
    PostFactory(user=both, union=union, role="reviewer")
    ballot = _record(_applied(union=union), both)
    with pytest.raises(Refused) as caught:
        admission.confirm_ballot(ballot_id=ballot.pk, by=both, at=NOON)
    assert caught.value.code == "same_person"
    ballot.refresh_from_db()
    assert ballot.outcome == "waiting"


def test_an_officer_cannot_admit_themselves() -> None:
    union = UnionFactory()
    convener = officer("convener", union)
    row = _applied(union=union, member__user=convener)
    with pytest.raises(Refused) as caught:
        _record(row, convener)
    assert caught.value.code == "own_application"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"held_on": TODAY + timedelta(days=1)}, "ballot_date"),
        ({"held_on": date(2025, 1, 9)}, "ballot_date"),
        ({"count": BallotCount(30, 31, 31, 0, 0)}, "ballot_count_present"),
        ({"count": BallotCount(30, 0, 0, 0, 0)}, "ballot_count_present"),
        ({"count": BallotCount(30, 24, 20, 1, 1)}, "ballot_count_sum"),
        ({"count": BallotCount(30, 24, 25, -1, 0)}, "ballot_count_negative"),
    ],
)
def test_an_impossible_ballot_is_refused(change: dict[str, Any], code: str) -> None:
    row = _applied()
    with pytest.raises(Refused) as caught:
        _record(row, officer("convener", row.union), **change)
    assert caught.value.code == code
    row.refresh_from_db()
    assert (row.state, Ballot.objects.count()) == ("applied", 0)


@pytest.mark.parametrize("role", ["reviewer", "auditor", "administrator"])
def test_only_conveners_record(role: str) -> None:
    row = _applied()
    with pytest.raises(Refused) as caught:
        _record(row, officer(role, row.union))
    assert caught.value.code == "not_found"


@pytest.mark.parametrize("role", ["convener", "auditor", "administrator"])
def test_only_reviewers_confirm(role: str) -> None:
    ballot = BallotFactory()
    with pytest.raises(Refused) as caught:
        admission.confirm_ballot(
            ballot_id=ballot.pk, by=officer(role, ballot.membership.union), at=NOON
        )
    assert caught.value.code == "not_found"


def test_another_townships_officers_find_nothing() -> None:
    row = _applied()
    elsewhere = UnionFactory()
    with pytest.raises(Refused) as caught:
        _record(row, officer("convener", elsewhere))
    assert caught.value.code == "not_found"


def test_an_officer_above_reaches_down() -> None:
    district = UnionFactory(level="district")
    row = _applied(union=UnionFactory(parent=district))
    assert _record(row, officer("convener", district)).membership == row


def test_a_returned_ballot_is_recorded_anew() -> None:
    row = _applied()
    convener, reviewer = officer("convener", row.union), officer("reviewer", row.union)
    ballot = _record(row, convener)
    admission.return_ballot(ballot_id=ballot.pk, remark="人数和签到表不符", by=reviewer, at=NOON)
    row.refresh_from_db()
    assert row.state == "applied"
    assert _record(row, convener).pk != ballot.pk


def test_suspending_and_resuming_keeps_the_dates() -> None:
    row = MembershipFactory(member__with_account=True)
    reviewer = officer("reviewer", row.union)
    admission.suspend(membership_id=row.pk, reason="资料待核", by=reviewer, at=NOON)
    admission.resume(membership_id=row.pk, reason="已核清", by=reviewer, at=NOON)
    row.refresh_from_db()
    assert (row.state, row.admitted_on) == ("admitted", date(2025, 2, 1))
    assert {n.kind for n in Notice.objects.all()} == {
        "membership.suspended",
        "membership.resumed",
    }


def test_leaving_is_final() -> None:
    row = MembershipFactory()
    reviewer = officer("reviewer", row.union)
    admission.leave(membership_id=row.pk, reason="本人申请", by=reviewer, at=NOON)
    with pytest.raises(Refused) as caught:
        admission.resume(membership_id=row.pk, reason="又想回来", by=reviewer, at=NOON)
    assert caught.value.code == "wrong_state"


def test_a_reason_must_be_given() -> None:
    row = MembershipFactory()
    with pytest.raises(Refused) as caught:
        admission.suspend(
            membership_id=row.pk, reason="  ", by=officer("reviewer", row.union), at=NOON
        )
    assert caught.value.code == "reason_missing"
