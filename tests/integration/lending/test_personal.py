"""A member's own data in lending: shown, kept while something is open, erased afterwards."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cooperative.consent.personal_data import sections
from cooperative.membership.models import Membership
from cooperative.membership.services import admission
from core.errors import Refused
from credit.lending.models import LoanRequest, Pledge, RequestDraft, Share, SpareMoney
from credit.lending.personal_data import collect, erase, keeps
from credit.lending.services import convening, drafts, requests
from tests.factories.lending import (
    CostFactory,
    LoanFactory,
    LoanRequestFactory,
    MediationFactory,
    PledgeFactory,
    RepaymentFactory,
    RequestDraftFactory,
    ShareFactory,
    SignatureFactory,
)
from tests.integration.lending.world import NOON, World


@pytest.fixture
def world(db):
    return World()


def loan_of(membership, **state):
    return LoanFactory(**state, request=LoanRequestFactory(membership=membership, contracted=True))


def leave(world, membership):
    return admission.leave(
        membership_id=membership.pk, reason="本人申请", by=world.reviewer, at=NOON
    )


def still(world, membership):
    """Why this member stays, and that they do."""
    with pytest.raises(Refused) as caught:
        leave(world, membership)
    membership.refresh_from_db()
    assert membership.state == "admitted"
    kept = keeps(membership.member)
    assert kept is not None
    assert kept.code == caught.value.code == "open_loans"
    assert kept.facts == caught.value.facts
    return kept.facts


@pytest.mark.parametrize("state", ["agreed", "sent", "disputed", "formed"])
def test_nobody_leaves_with_an_open_loan(world, state):
    traits = {} if state == "agreed" else {state: True}
    share = ShareFactory(**traits, loan=loan_of(world.borrower, active=True))
    assert still(world, world.borrower) == {"借入没还清": "1 笔"}
    assert still(world, share.membership) == {"借出没收回": "1 笔"}


def test_nobody_leaves_with_money_to_give_back(world):
    share = ShareFactory(settled=True, loan=loan_of(world.borrower, settled=True))
    Share.objects.filter(pk=share.pk).update(unallocated=Decimal("5.00"))
    assert still(world, share.membership) == {"没退清的钱": "1 笔"}
    assert keeps(world.borrower.member) is None


def test_nobody_leaves_with_a_request_or_a_promise(world):
    request = world.convening()
    (pledge,) = world.invite(request, world.lender())
    assert keeps(pledge.membership.member) is None
    world.pledge(pledge, "100.00")
    assert still(world, world.borrower) == {"在办的申请": "1 份"}
    assert still(world, pledge.membership) == {"答应没签的": "1 份"}
    requests.withdraw_request(request_id=request.pk, by=world.borrower.member.user, at=NOON)
    for membership in (world.borrower, pledge.membership):
        assert leave(world, membership).state == "left"


def test_who_has_settled_everything_leaves(world):
    for state, loan in (
        ("settled", "settled"),
        ("given_up", "written_off"),
        ("lapsed", "cancelled"),
    ):
        ShareFactory(**{state: True}, loan=loan_of(world.borrower, **{loan: True}))
    assert leave(world, world.borrower).state == "left"


def test_a_matter_of_one_union_does_not_keep_a_member_in_another(world):
    other = World()
    elsewhere = Membership.objects.get(pk=other.borrower.pk)
    Membership.objects.filter(pk=elsewhere.pk).update(member=world.borrower.member)
    ShareFactory(formed=True, loan=loan_of(world.borrower, active=True))
    assert leave(other, elsewhere).state == "left"
    assert keeps(world.borrower.member) is not None


def test_everything_of_a_member_is_shown(world, django_assert_num_queries):
    own = world.borrower
    loan = loan_of(own, active=True)
    share = ShareFactory(formed=True, loan=loan)
    SignatureFactory(loan=loan)
    RepaymentFactory(share=share)
    MediationFactory(loan=loan)
    CostFactory(share=share)
    RequestDraftFactory(membership=own)
    lender = share.membership
    PledgeFactory(request=loan.request, membership=lender, contracted=True)
    with django_assert_num_queries(11):
        titles = [entry.title for entry in collect(own.member)]
    assert titles == ["借款草稿", "借款申请", "借入", "签字", "还款", "调解记录", "追款费用"]
    with django_assert_num_queries(11):
        entries = collect(lender.member)
    assert [entry.title for entry in entries] == [
        "余钱登记",
        "出借邀请",
        "借出",
        "还款",
        "追款费用",
    ]
    shown = " ".join(str(item.value) for entry in entries for item in entry.items)
    assert own.member.name not in shown
    assert loan.number in shown
    assert "lending" in [section.code for section in sections()]


def test_the_account_is_whole_in_the_export_and_masked_on_the_page(world):
    LoanRequestFactory(membership=world.borrower)
    (entry,) = collect(world.borrower.member)
    (item,) = [item for item in entry.items if item.name == "account_number"]
    assert (item.value, item.masked) == ("6228480402564890018", "***************0018")


def test_an_ended_loan_says_how_long_its_contract_is_kept(world):
    loan_of(world.borrower, settled=True)
    entries = {entry.title: entry for entry in collect(world.borrower.member)}
    items = {item.name: item.value for item in entries["借入"].items}
    assert items["kept_until"] == "2031年5月20日（周二）"


def test_erasure_removes_every_word_that_no_contract_needs(world):
    own = world.borrower
    drafts.save_draft(membership=own, answers={"purpose_note": "私事"}, by=own.member.user)
    asked = LoanRequestFactory(
        membership=own, refused=True, purpose_note="私事", payee="supplier", payee_name="老李农资"
    )
    signed = loan_of(own, settled=True)
    ShareFactory(settled=True, loan=signed)
    helper = world.lender()
    idle = world.lender()
    (pledge,) = world.invite(world.convening(), helper)
    convening.decline(pledge_id=pledge.pk, note="家里有事", by=helper.member.user, at=NOON)
    for membership in (own, helper, idle):
        erase(membership.member, NOON)
    asked.refresh_from_db()
    pledge.refresh_from_db()
    assert (asked.purpose_note, asked.reason, asked.payee_name) == ("", "", "已删除")
    assert (pledge.note, pledge.reasons, pledge.state) == ("", [], "declined")
    assert (asked.account_holder, asked.account_bank, asked.account_number) == ("", "", "")
    assert not RequestDraft.objects.exists()
    assert SpareMoney.objects.get(membership=helper).ended_at == NOON
    assert not SpareMoney.objects.filter(membership=idle).exists()
    sealed = signed.sealed_contract
    signed.refresh_from_db()
    assert (sealed, signed.sealed_contract) == ("{}", "{}")
    kept = LoanRequest.objects.get(pk=signed.request_id)
    assert kept.purpose_note == "玉米追肥"
    assert Pledge.objects.filter(pk=pledge.pk).exists()
