"""Signing by code, the last signature, and calling a contract off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from cooperative.notices.models import Notice
from core.errors import NotFound, Refused
from core.models import AuditRow
from core.throttle import TooOften
from credit.lending.models import Loan, Pledge, Share, Signature
from credit.lending.services import contracts, expiring
from tests.factories.contracting import (
    ADDRESS,
    AT,
    Case,
    drawn_case,
    noon,
    quick_pdf,
    rules_in_force,
    signed_case,
)
from tests.factories.lending import TODAY, LprRateFactory, PartyFactory
from tests.factories.membership import officer

pytestmark = pytest.mark.django_db
LAST_DAY = date(2026, 5, 27)


@pytest.fixture(autouse=True)
def rules() -> Iterator[None]:
    rules_in_force()
    with quick_pdf():
        yield


def asked(case: Case, party, at=AT) -> str:
    return contracts.ask_signing_code(
        loan_id=case.loan.pk, by=party.member.user, address=ADDRESS, at=at
    )


def signed(case: Case, party, challenge: str, code: str, at=AT) -> Signature:
    return contracts.sign_contract(
        loan_id=case.loan.pk,
        challenge=challenge,
        code=code,
        address=ADDRESS,
        device="安卓手机",
        by=party.member.user,
        at=at,
    )


def refused(code: str, call, *args, **values) -> Refused:
    """The refusal of a signature, after which nothing is signed."""
    before = Signature.objects.count()
    with pytest.raises(Refused) as caught:
        call(*args, **values)
    assert caught.value.code == code
    assert Signature.objects.count() == before
    return caught.value


def test_a_signature_keeps_who_as_what_which_file_when_and_from_where(phones):
    case = drawn_case()
    lender = case.lenders[0]
    challenge = asked(case, lender)
    row = signed(case, lender, challenge, phones.code)
    row.refresh_from_db()
    assert (row.membership, row.role) == (lender, "lender")
    assert row.document_sha256 == case.loan.contract_sha256
    assert (row.signed_at, row.address, row.device) == (AT, ADDRESS, "安卓手机")
    assert row.phone_tail == lender.member.user.phone[-4:]
    assert case.reload().state == "drawn"
    (trail,) = AuditRow.objects.filter(action="lending.signed")
    assert (trail.subject_id, trail.facts["role"]) == (case.loan.pk, "lender")


def test_the_last_signature_makes_the_contract_bind():
    case = drawn_case()
    for party in case.parties[:-1]:
        case.sign(party)
    assert case.reload().state == "drawn"
    assert not Notice.objects.filter(kind="lending.transfer_due").exists()
    later = noon(TODAY + timedelta(days=2))
    case.sign(case.parties[-1], later)
    loan = case.reload()
    assert (loan.state, loan.signed_at) == ("signed", later)
    assert loan.deliver_by == TODAY + timedelta(days=9)
    told = Notice.objects.filter(kind="lending.transfer_due").order_by("pk")
    assert [notice.recipient for notice in told] == [p.member.user for p in case.lenders]
    assert "8,000 元直接转给" + case.borrower.member.name in told[0].title
    assert "5月29日（周五）以前" in told[0].title
    assert Notice.objects.filter(kind="lending.contract_signed").count() == 1


# --- the code ---


def test_a_code_signs_one_contract_only(phones):
    first, second = drawn_case(), drawn_case()
    second.borrower.member.user = None
    challenge = asked(first, first.lenders[0])
    refused("code_gone", signed, second, second.lenders[0], challenge, phones.code)
    assert signed(first, first.lenders[0], challenge, phones.code)


def test_a_code_to_another_phone_signs_nothing_and_stays_good_for_its_owner(phones):
    case = drawn_case()
    challenge = asked(case, case.lenders[0])
    refused("code_gone", signed, case, case.lenders[1], challenge, phones.code)
    assert signed(case, case.lenders[0], challenge, phones.code)


def test_a_wrong_code_counts_and_leaves_the_right_one_good(phones):
    case = drawn_case()
    party = case.lenders[0]
    challenge = asked(case, party)
    wrong = refused("code_wrong", signed, case, party, challenge, phones.wrong)
    assert wrong.facts["left"] == 2
    assert signed(case, party, challenge, phones.code)


def test_five_wrong_codes_lock_the_account_and_the_trail_keeps_it(phones):
    case = drawn_case()
    party = case.lenders[0]
    at = AT
    for tries in (3, 2):
        challenge = asked(case, party, at)
        for _n in range(tries):
            with pytest.raises(Refused):
                signed(case, party, challenge, phones.wrong, at)
        at += timedelta(seconds=61)
    with pytest.raises(TooOften) as caught:
        signed(case, party, challenge, phones.code, at)
    assert caught.value.code == "account_locked"
    assert AuditRow.objects.filter(action="account.locked").count() == 1
    with pytest.raises(TooOften):
        asked(case, party, at)


def test_a_refusal_uses_no_code_up(phones):
    case = drawn_case()
    party = case.lenders[0]
    challenge = asked(case, party)
    party.state = "suspended"
    party.save()
    refused("not_admitted", signed, case, party, challenge, phones.code)
    party.state = "admitted"
    party.save()
    assert signed(case, party, challenge, phones.code)


def test_an_expired_code_signs_nothing(phones):
    case = drawn_case()
    challenge = asked(case, case.lenders[0])
    late = AT + timedelta(minutes=5)
    refused("code_expired", signed, case, case.lenders[0], challenge, phones.code, late)


# --- who, when, at which rate ---


def test_nobody_signs_twice(phones):
    case = drawn_case()
    case.sign(case.borrower)
    with pytest.raises(Refused) as caught:
        asked(case, case.borrower, AT + timedelta(minutes=2))
    assert caught.value.code == "already_signed"


def test_a_stranger_finds_no_contract():
    case, other = drawn_case(), PartyFactory()
    with pytest.raises(NotFound):
        asked(case, other)
    with pytest.raises(NotFound):
        contracts.ask_signing_code(loan_id=0, by=other.member.user, address=ADDRESS, at=AT)
    with pytest.raises(NotFound):
        asked(case, type("Officer", (), {"member": type("M", (), {"user": case.officer})}))


def test_signing_ends_with_its_last_day(phones):
    case = drawn_case()
    assert case.sign(case.borrower, noon(LAST_DAY))
    after = noon(LAST_DAY + timedelta(days=1))
    assert refused("sign_late", asked, case, case.lenders[0], after).way_on


def test_a_rate_that_the_day_of_signing_forbids_is_not_signed():
    case = drawn_case(rate=Decimal("0.12"), highest_rate=Decimal("0.12"), wanted_on=TODAY)
    LprRateFactory(published_on=TODAY + timedelta(days=1), one_year_rate=Decimal("0.0299"))
    refused("limit_rate_percent", asked, case, case.borrower, noon(TODAY + timedelta(days=1)))


def test_a_changed_contract_is_not_signed(phones):
    case = drawn_case()
    challenge = asked(case, case.borrower)
    case.loan.sealed_contract = case.loan.sealed_contract.replace("6.00%", "5.00%")
    case.loan.save(update_fields=["sealed_contract"])
    refused("contract_changed", signed, case, case.borrower, challenge, phones.code)


def test_the_database_keeps_signatures():
    case = drawn_case()
    case.sign(case.borrower)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Signature.objects.update(document_sha256="1" * 64)


# --- calling off ---


def states(case: Case) -> tuple[str, str, list[str], list[str]]:
    case.request.refresh_from_db()
    pledges = Pledge.objects.filter(request=case.request).order_by("pk")
    return (
        case.reload().state,
        case.request.state,
        [pledge.state for pledge in pledges],
        [share.state for share in case.shares()],
    )


def test_the_officer_calls_off_and_the_request_is_covered_again():
    case = drawn_case()
    contracts.cancel_loan(loan_id=case.loan.pk, reason="写错了用途", by=case.officer, at=AT)
    assert states(case) == ("cancelled", "covered", ["pledged"] * 2, ["lapsed"] * 2)
    assert case.loan.reason == "写错了用途"
    assert Notice.objects.filter(kind="lending.contract_cancelled").count() == 3
    assert case.draw().state == "drawn"


def test_the_borrower_calls_off_and_may_then_withdraw():
    case = drawn_case()
    by = case.borrower.member.user
    contracts.cancel_loan(loan_id=case.loan.pk, reason="不借了", by=by, at=AT)
    assert states(case)[:3] == ("cancelled", "covered", ["pledged"] * 2)


def test_a_lender_who_withdraws_has_declined_and_the_request_looks_for_others():
    case = drawn_case()
    by = case.lenders[1].member.user
    contracts.cancel_loan(loan_id=case.loan.pk, reason="家里急用", by=by, at=AT)
    assert states(case)[:3] == ("cancelled", "convening", ["pledged", "declined"])
    pledge = Pledge.objects.get(membership=case.lenders[1])
    assert (pledge.amount, pledge.note) == (None, "家里急用")


def test_a_signed_contract_is_called_off_by_the_officer_alone():
    case = signed_case()
    for party in case.parties:
        with pytest.raises(Refused) as caught:
            contracts.cancel_loan(
                loan_id=case.loan.pk, reason="不想借", by=party.member.user, at=AT
            )
        assert caught.value.code == "loan_not_open"
    contracts.cancel_loan(loan_id=case.loan.pk, reason="借款人去世", by=case.officer, at=AT)
    assert states(case)[0] == "cancelled"


def test_money_under_way_is_not_called_off():
    case = signed_case()
    case.send(case.shares()[0])
    with pytest.raises(Refused) as caught:
        contracts.cancel_loan(loan_id=case.loan.pk, reason="不借了", by=case.officer, at=AT)
    assert caught.value.code == "transfer_under_way"
    assert case.reload().state == "signed"


def test_calling_off_needs_a_reason_and_somebody_concerned():
    case = drawn_case()
    with pytest.raises(Refused) as caught:
        contracts.cancel_loan(loan_id=case.loan.pk, reason=" ", by=case.officer, at=AT)
    assert caught.value.code == "reason_missing"
    for stranger in (PartyFactory().member.user, officer("convener", PartyFactory().union)):
        with pytest.raises(NotFound):
            contracts.cancel_loan(loan_id=case.loan.pk, reason="不借了", by=stranger, at=AT)
    assert case.reload().state == "drawn"


# --- the night ---


def test_the_night_calls_off_what_was_not_signed_in_time_and_does_so_once():
    case = drawn_case()
    assert expiring.expire_contracts(at=noon(LAST_DAY)) == {"unsigned": 0, "unsent": 0}
    night = noon(LAST_DAY + timedelta(days=1))
    assert expiring.expire_contracts(at=night) == {"unsigned": 1, "unsent": 0}
    assert expiring.expire_contracts(at=night) == {"unsigned": 0, "unsent": 0}
    assert states(case) == ("cancelled", "covered", ["pledged"] * 2, ["lapsed"] * 2)


def test_the_night_lets_unsent_shares_go_and_ends_a_contract_without_any():
    case = signed_case()
    night = noon(case.loan.deliver_by + timedelta(days=1))
    assert expiring.expire_contracts(at=night - timedelta(days=1)) == {"unsigned": 0, "unsent": 0}
    assert expiring.expire_contracts(at=night) == {"unsigned": 0, "unsent": 2}
    assert states(case) == ("cancelled", "convening", ["lapsed"] * 2, ["lapsed"] * 2)
    assert Loan.objects.count() == 1
    assert Share.objects.open().count() == 0


@pytest.mark.parametrize(
    ("party", "deed"), [(0, "借入 12,000 元"), (1, "借出 8,000 元"), (2, "借出 4,000 元")]
)
def test_the_message_of_a_signing_code_says_what_it_signs(phones, party, deed):
    case = drawn_case()
    asked(case, case.parties[party])
    assert phones.sent[-1][1] == (
        f"验证码 {phones.code}，用来签合同 {case.loan.number}，{deed}。"
        "5 分钟内有效，请不要告诉别人，工会干部也不会向您要。"
    )
