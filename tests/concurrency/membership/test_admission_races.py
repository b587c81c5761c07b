"""Two officers or two phones at once; each race has a twin without the lock that shows the fault."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from django.db import models

from cooperative.membership.models import Ballot, Member, Membership
from cooperative.membership.rules.joining import BallotCount
from cooperative.membership.services import admission, joining
from core.errors import Refused
from core.models import AuditRow
from core.models.base import LockedQuerySet
from tests.factories.core import ParameterFactory
from tests.factories.membership import (
    NOON,
    TODAY,
    BallotFactory,
    CooperativeFactory,
    MembershipFactory,
    PhoneUserFactory,
    UnionFactory,
    VillageFactory,
    officer,
    resident_id,
)
from tests.race import meet, race

pytestmark = pytest.mark.django_db(transaction=True)


def _unlocked(self: Any) -> models.QuerySet[Any]:
    rows: models.QuerySet[Any] = self.order_by("pk")
    return rows


def _confirm_twice() -> list[Any]:
    ParameterFactory()
    ballot = BallotFactory()
    union = ballot.membership.union
    reviewers = [officer("reviewer", union), officer("reviewer", union)]
    may_move = admission.may_move

    def may_move_after_meeting(*args: Any) -> bool:
        meet()
        return may_move(*args)

    with patch.object(admission, "may_move", may_move_after_meeting):
        return race(
            *[
                lambda by=by: admission.confirm_ballot(ballot_id=ballot.pk, by=by, at=NOON)
                for by in reviewers
            ]
        )


def test_two_reviewers_confirm_once() -> None:
    answers = _confirm_twice()
    assert [type(answer) for answer in answers].count(Membership) == 1
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert [refusal.code for refusal in refused] == ["already_confirmed"]
    assert AuditRow.objects.filter(action="membership.admitted").count() == 1


def test_without_the_lock_both_confirm() -> None:
    with patch.object(LockedQuerySet, "locked", _unlocked):
        answers = _confirm_twice()
    assert [type(answer) for answer in answers] == [Membership, Membership]
    assert AuditRow.objects.filter(action="membership.admitted").count() == 2


def test_two_conveners_record_one_ballot() -> None:
    row = MembershipFactory(applied=True)
    conveners = [officer("convener", row.union), officer("convener", row.union)]
    answers = race(
        *[
            lambda by=by: admission.record_ballot(
                membership_id=row.pk,
                held_on=TODAY,
                count=BallotCount(30, 24, 22, 1, 1),
                by=by,
                at=NOON,
            )
            for by in conveners
        ]
    )
    assert [type(answer) for answer in answers].count(Ballot) == 1
    assert Ballot.objects.count() == 1


def test_two_taps_make_one_application() -> None:
    union = UnionFactory()
    user = PhoneUserFactory()
    answers = joining.Answers(
        union=union.code,
        kind="person",
        name="李春生",
        identity_number=resident_id(31),
        division=VillageFactory(parent=union.division).code,
        cooperative=CooperativeFactory(union=union).credit_code,
        ground="cooperative_member",
    )
    tapped = race(
        *[lambda: joining.apply_to_join(user=user, answers=answers, at=NOON) for _tap in range(2)]
    )
    assert [type(answer) for answer in tapped].count(Membership) == 1
    assert (Member.objects.count(), Membership.objects.count()) == (1, 1)


def test_two_accounts_cannot_claim_one_place() -> None:
    row = MembershipFactory()
    first = PhoneUserFactory()
    row.member.set_phone(first.phone)
    row.member.save()
    claims = race(
        *[
            lambda: joining.claim_roster_place(
                user=first, number=row.member.identity_number, at=NOON
            )
            for _tap in range(2)
        ]
    )
    assert [type(answer) for answer in claims].count(Member) == 1
    row.member.refresh_from_db()
    assert row.member.user == first


def test_two_accounts_that_name_each_others_number_do_not_block_each_other() -> None:
    union = UnionFactory()
    village = VillageFactory(parent=union.division).code
    cooperative = CooperativeFactory(union=union).credit_code
    rows = [MembershipFactory(gone=True, member__with_account=True) for _person in range(2)]
    users = [row.member.user for row in rows]

    def apply(user: Any, number: str) -> Any:
        answers = joining.Answers(
            union=union.code,
            kind="person",
            name="李春生",
            identity_number=number,
            division=village,
            cooperative=cooperative,
            ground="cooperative_member",
        )
        return joining.apply_to_join(user=user, answers=answers, at=NOON)

    for _again in range(5):
        outcomes = race(
            lambda: apply(users[0], rows[1].member.identity_number),
            lambda: apply(users[1], rows[0].member.identity_number),
        )
        codes = [outcome.code for outcome in outcomes]
        assert set(codes) <= {"identity_differs", "too_often"}, outcomes
