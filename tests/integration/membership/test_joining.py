"""Joining: drafts, applications, claiming a roster place, withdrawing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from cooperative.membership.models import JoiningDraft, Member, Membership
from cooperative.membership.services import joining
from cooperative.membership.services.joining import Answers
from cooperative.notices.models import Notice
from core.errors import NotFound, Refused
from core.models import AuditRow
from tests.factories.membership import (
    NOON,
    BallotFactory,
    CooperativeFactory,
    MemberFactory,
    MembershipFactory,
    PhoneUserFactory,
    UnionFactory,
    VillageFactory,
    credit_code,
    resident_id,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def answers() -> Answers:
    union = UnionFactory()
    village = VillageFactory(parent=union.division)
    cooperative = CooperativeFactory(union=union)
    return Answers(
        union=union.code,
        kind="person",
        name="李春生",
        identity_number=resident_id(7),
        division=village.code,
        cooperative=cooperative.credit_code,
        ground="cooperative_member",
    )


def _refusal(call: Any) -> Refused:
    before = (Member.objects.count(), Membership.objects.count(), AuditRow.objects.count())
    with pytest.raises(Refused) as caught:
        call()
    after = (Member.objects.count(), Membership.objects.count(), AuditRow.objects.count())
    assert before == after, "a refusal changes nothing"
    return caught.value


def test_an_application_makes_a_member_and_waits(answers: Answers) -> None:
    user = PhoneUserFactory()
    joining.save_draft(user=user, answers=answers)
    row = joining.apply_to_join(user=user, answers=answers, at=NOON)
    assert (row.state, row.member.name, row.member.user) == ("applied", "李春生", user)
    assert row.member.phone == user.phone
    assert not JoiningDraft.objects.filter(user=user).exists()
    assert Notice.objects.get().title == f"入会申请已送到{row.union.name}"
    assert AuditRow.objects.get().scope == row.union.path


def test_identity_and_draft_are_sealed_in_the_database(answers: Answers) -> None:
    user = PhoneUserFactory()
    joining.save_draft(user=user, answers=answers)
    assert joining.draft_of(user) == answers
    joining.apply_to_join(
        user=PhoneUserFactory(), answers=replace(answers, identity_number=resident_id(8)), at=NOON
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_answers FROM membership_joiningdraft")
        assert resident_id(7) not in cursor.fetchone()[0]
        cursor.execute("SELECT identity_number, phone FROM membership_member")
        assert all(value.startswith("k1.") for value in cursor.fetchone())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"identity_number": "230113198001010010"}, "identity_wrong"),
        ({"identity_number": resident_id(1, "20100101")}, "too_young"),
        ({"union": "nowhere"}, "union_missing"),
        ({"division": "999999999999"}, "village_missing"),
        ({"cooperative": credit_code(5)}, "cooperative_missing"),
        ({"ground": "friend"}, "ground_missing"),
        ({"kind": "business"}, "identity_wrong"),
    ],
)
def test_a_wrong_answer_is_refused_and_changes_nothing(
    answers: Answers, change: dict[str, str], code: str
) -> None:
    user = PhoneUserFactory()
    wrong = replace(answers, **change)
    refused = _refusal(lambda: joining.apply_to_join(user=user, answers=wrong, at=NOON))
    assert refused.code == code


def test_a_village_of_another_township_is_refused(answers: Answers) -> None:
    elsewhere = VillageFactory()
    user = PhoneUserFactory()
    wrong = replace(answers, division=elsewhere.code)
    refused = _refusal(lambda: joining.apply_to_join(user=user, answers=wrong, at=NOON))
    assert refused.code == "village_missing"


def test_a_second_application_in_the_same_union_is_refused(answers: Answers) -> None:
    user = PhoneUserFactory()
    joining.apply_to_join(user=user, answers=answers, at=NOON)
    refused = _refusal(lambda: joining.apply_to_join(user=user, answers=answers, at=NOON))
    assert refused.code == "already_in"


def test_another_account_cannot_take_an_identity(answers: Answers) -> None:
    joining.apply_to_join(user=PhoneUserFactory(), answers=answers, at=NOON)
    refused = _refusal(
        lambda: joining.apply_to_join(user=PhoneUserFactory(), answers=answers, at=NOON)
    )
    assert refused.code == "identity_at_office"


def test_an_account_cannot_apply_for_a_second_person(answers: Answers) -> None:
    user = PhoneUserFactory()
    joining.apply_to_join(user=user, answers=answers, at=NOON)
    other = replace(answers, identity_number=resident_id(9), union=UnionFactory().code)
    other = replace(other, union=answers.union)
    refused = _refusal(lambda: joining.apply_to_join(user=user, answers=other, at=NOON))
    assert refused.code == "identity_differs"


def test_identity_tries_are_limited(answers: Answers) -> None:
    user = PhoneUserFactory()
    MemberFactory(identity_number=answers.identity_number)
    for _try in range(5):
        assert (
            _refusal(lambda: joining.apply_to_join(user=user, answers=answers, at=NOON)).code
            == "identity_at_office"
        )
    assert (
        _refusal(lambda: joining.apply_to_join(user=user, answers=answers, at=NOON)).code
        == "too_often"
    )


def _on_roster(user: Any) -> Member:
    member = MemberFactory.build()
    member.set_phone(user.phone)
    member.save()
    MembershipFactory(member=member)
    return member


def test_a_roster_place_is_claimed_with_the_whole_number() -> None:
    user = PhoneUserFactory()
    member = _on_roster(user)
    typed = f"{member.identity_number[:6]} {member.identity_number[6:].lower()}"
    assert joining.claim_roster_place(user=user, number=typed, at=NOON) == member
    member.refresh_from_db()
    assert member.user == user


def test_a_wrong_number_claims_nothing() -> None:
    user = PhoneUserFactory()
    member = _on_roster(user)
    refused = _refusal(
        lambda: joining.claim_roster_place(user=user, number=resident_id(999), at=NOON)
    )
    assert refused.code == "claim_wrong"
    member.refresh_from_db()
    assert member.user is None


def test_another_phone_claims_nothing_even_with_the_number() -> None:
    member = _on_roster(PhoneUserFactory())
    refused = _refusal(
        lambda: joining.claim_roster_place(
            user=PhoneUserFactory(), number=member.identity_number, at=NOON
        )
    )
    assert refused.code == "claim_wrong"


def test_an_applicant_withdraws_and_may_apply_again(answers: Answers) -> None:
    user = PhoneUserFactory()
    row = joining.apply_to_join(user=user, answers=answers, at=NOON)
    joining.withdraw_application(membership_id=row.pk, user=user, at=NOON)
    row.refresh_from_db()
    assert (row.state, row.ended_on.isoformat()) == ("withdrawn", "2026-05-20")
    assert joining.apply_to_join(user=user, answers=answers, at=NOON).pk != row.pk


def test_nobody_withdraws_for_another() -> None:
    row = MembershipFactory(applied=True, member__with_account=True)
    with pytest.raises(NotFound):
        joining.withdraw_application(membership_id=row.pk, user=PhoneUserFactory(), at=NOON)


def test_a_member_cannot_withdraw_after_admission() -> None:
    row = MembershipFactory(member__with_account=True)
    refused = _refusal(
        lambda: joining.withdraw_application(membership_id=row.pk, user=row.member.user, at=NOON)
    )
    assert refused.code == "wrong_state"


def test_old_drafts_go_and_fresh_ones_stay() -> None:
    user = PhoneUserFactory()
    joining.save_draft(user=user, answers=Answers(name="某"))
    draft = JoiningDraft.objects.get()
    assert joining.purge_drafts(before=draft.updated_at - timedelta(days=1)) == 0
    assert joining.purge_drafts(before=draft.updated_at + timedelta(days=1)) == 1


def test_a_withdrawn_application_leaves_no_ballot_to_confirm() -> None:
    ballot = BallotFactory(membership__member__with_account=True)
    user = ballot.membership.member.user
    joining.withdraw_application(membership_id=ballot.membership_id, user=user, at=NOON)
    ballot.membership.refresh_from_db()
    assert ballot.membership.state == "withdrawn"
