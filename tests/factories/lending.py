"""Minimal valid rows of lending, all of one union; traits say how far a thing has come."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from cooperative.membership.models import Membership
from core.models import DocumentRecord
from credit.lending.models import (
    ContractCopy,
    Cost,
    Extension,
    ExtensionConsent,
    HandBack,
    Instalment,
    Loan,
    LoanEvent,
    LoanRequest,
    LprRate,
    Mediation,
    NightMark,
    Pledge,
    Repayment,
    RequestDraft,
    Share,
    Signature,
    SpareMoney,
    UnionDay,
    WriteOff,
)
from tests.factories.core import StoredFileFactory
from tests.factories.membership import MembershipFactory, OfficerUserFactory, UnionFactory

NOON = datetime(2026, 5, 20, 4, tzinfo=UTC)  # 12:00 in Shanghai
TODAY = date(2026, 5, 20)
ENDS_ON = date(2026, 11, 20)
RATE = Decimal("0.060000")
ZERO = Decimal("0.00")
HASH = "0" * 64
ACCOUNT_NUMBER = "6228480402564890018"  # nobody's; its check digit is right

# The convention as the engine reads it: all at the end, actual days over 365, half up to the fen.
TERMS: dict[str, Any] = {
    "method": "bullet",
    "interest": "declining",
    "annual_rate_percent": "6",
    "instalments": 1,
    "every": {"months": 6},
    "day_count": "actual/365",
    "month_end": "clamp",
    "rounding": {"mode": "half_up", "to": "0.01"},
}


class PartyFactory(MembershipFactory):
    """An admitted member past the waiting period, with an account."""

    member = factory.SubFactory("tests.factories.membership.MemberFactory", with_account=True)


class LprRateFactory(DjangoModelFactory[LprRate]):
    """A checked publication of 3.00 %; ``unconfirmed`` waits for a second officer."""

    class Meta:
        model = LprRate

    class Params:
        unconfirmed = factory.Trait(checked_by=None, checked_at=None)

    published_on = factory.Sequence(lambda n: date(2026, 4, 20) - timedelta(days=n))
    one_year_rate = Decimal("0.0300")
    source = "试验用"
    made_by = factory.SubFactory(OfficerUserFactory)
    made_at = NOON
    checked_by = factory.SubFactory(OfficerUserFactory)
    checked_at = NOON


class SpareMoneyFactory(DjangoModelFactory[SpareMoney]):
    """Twenty thousand yuan of a member's own, free from today; ``ended`` is withdrawn."""

    class Meta:
        model = SpareMoney

    class Params:
        ended = factory.Trait(ended_at=NOON)

    membership = factory.SubFactory(PartyFactory)
    amount = Decimal("20000.00")
    available_from = TODAY
    available_until = None
    own_funds_declared_at = NOON
    registered_at = NOON


class RequestDraftFactory(DjangoModelFactory[RequestDraft]):
    """A draft in which only the amount is answered."""

    class Meta:
        model = RequestDraft

    membership = factory.SubFactory(PartyFactory)
    answers = factory.LazyFunction(lambda: {"amount": "12000.00"})


class LoanRequestFactory(DjangoModelFactory[LoanRequest]):
    """Twelve thousand yuan for fertiliser over six months, waiting for the union; traits go on."""

    class Meta:
        model = LoanRequest

    class Params:
        returned = factory.Trait(state="returned", reason="请写清用途。")
        convened = factory.Trait(
            rate=RATE, convened_by=factory.SubFactory(OfficerUserFactory), convened_at=NOON
        )
        proposed = factory.Trait(convened=True, state="proposed")
        convening = factory.Trait(convened=True, state="convening")
        covered = factory.Trait(convened=True, state="covered")
        contracted = factory.Trait(convened=True, state="contracted")
        refused = factory.Trait(state="refused", ended_at=NOON, reason="用途不在范围内。")
        withdrawn = factory.Trait(state="withdrawn", ended_at=NOON)
        expired = factory.Trait(state="expired", ended_at=NOON)

    membership = factory.SubFactory(PartyFactory)
    purpose = "fertiliser"
    purpose_note = "玉米追肥"
    amount = Decimal("12000.00")
    term_months = 6
    method = "bullet"
    highest_rate = Decimal("0.080000")
    wanted_on = TODAY
    account_holder = factory.LazyAttribute(lambda row: row.payee_name or row.membership.member.name)
    account_bank = "农业银行双城支行"
    account_number = ACCOUNT_NUMBER
    own_use_declared_at = NOON
    submitted_at = NOON
    expires_on = TODAY + timedelta(days=30)
    payee_name = ""


class PledgeFactory(DjangoModelFactory[Pledge]):
    """A member of the borrower's union with spare money is invited; traits give the answer."""

    class Meta:
        model = Pledge

    class Params:
        pledged = factory.Trait(state="pledged", amount=Decimal("12000.00"), answered_at=NOON)
        contracted = factory.Trait(state="contracted", amount=Decimal("12000.00"), answered_at=NOON)
        declined = factory.Trait(state="declined", answered_at=NOON)
        lapsed = factory.Trait(state="lapsed")

    request = factory.SubFactory(LoanRequestFactory, convening=True)
    membership = factory.SubFactory(
        PartyFactory, union=factory.SelfAttribute("..request.membership.union")
    )
    spare_money = factory.SubFactory(
        SpareMoneyFactory, membership=factory.SelfAttribute("..membership")
    )
    invited_by = factory.SubFactory(OfficerUserFactory)
    invited_at = NOON


class LoanFactory(DjangoModelFactory[Loan]):
    """A contract that waits for signatures; no shares yet. Traits go on."""

    class Meta:
        model = Loan

    class Params:
        signed = factory.Trait(state="signed", signed_at=NOON)
        active = factory.Trait(state="active", signed_at=NOON)
        settled = factory.Trait(state="settled", signed_at=NOON, ended_at=NOON)
        written_off = factory.Trait(state="written_off", signed_at=NOON, ended_at=NOON)
        cancelled = factory.Trait(state="cancelled", ended_at=NOON)

    request = factory.SubFactory(LoanRequestFactory, contracted=True)
    membership = factory.SelfAttribute("request.membership")
    union = factory.SelfAttribute("membership.union")
    number = factory.Sequence(lambda n: f"JK2026{n:06d}")
    principal = factory.SelfAttribute("request.amount")
    annual_rate = RATE
    overdue_rate = RATE
    method = "bullet"
    terms = factory.LazyFunction(lambda: dict(TERMS))
    ends_on = ENDS_ON
    payee = "borrower"
    sealed_contract = "{}"
    contract_sha256 = HASH
    drawn_by = factory.SubFactory(OfficerUserFactory)
    drawn_at = NOON
    sign_by = TODAY + timedelta(days=7)
    deliver_by = TODAY + timedelta(days=7)


class ContractCopyFactory(DjangoModelFactory[ContractCopy]):
    """The unsigned contract of a loan; not a real file."""

    class Meta:
        model = ContractCopy

    loan = factory.SubFactory(LoanFactory)
    kind = "unsigned"
    record = factory.LazyAttributeSequence(
        lambda copy, n: DocumentRecord.objects.create(
            number=f"20260520-{n:012d}",
            kind="loan_contract",
            content_sha256=HASH,
            sha256=HASH,
            issued_at=NOON,
        )
    )
    sealed_pdf = "JVBERg=="


class SignatureFactory(DjangoModelFactory[Signature]):
    """The borrower's signature under the loan's document."""

    class Meta:
        model = Signature

    loan = factory.SubFactory(LoanFactory)
    membership = factory.SelfAttribute("loan.membership")
    role = "borrower"
    document_sha256 = factory.SelfAttribute("loan.contract_sha256")
    signed_at = NOON
    phone_tail = "0001"
    address = "192.0.2.1"
    device = "试验"


class ShareFactory(DjangoModelFactory[Share]):
    """One lender's part of the whole loan, not yet transferred; the projection fits the state.

    ``formed`` was delivered today and nothing is paid; ``overdue`` has been due for ten days.
    ``delivered`` is what formed, settled and given up share, no state of its own.
    """

    class Meta:
        model = Share

    class Params:
        sent = factory.Trait(
            state="sent",
            sent_on=TODAY,
            slip_number=factory.Sequence(lambda n: f"SLIP{n:08d}"),
            sent_at=NOON,
            loan=factory.SubFactory(LoanFactory, signed=True),
        )
        disputed = factory.Trait(sent=True, state="disputed", note="没有收到。")
        delivered = factory.Trait(
            sent=True,
            delivered_on=TODAY,
            formed_at=NOON,
            annual_rate=factory.SelfAttribute("loan.annual_rate"),
            events_count=1,
        )
        formed = factory.Trait(
            delivered=True,
            state="formed",
            loan=factory.SubFactory(LoanFactory, active=True),
            principal_outstanding=factory.SelfAttribute("amount"),
            next_due_on=factory.SelfAttribute("loan.ends_on"),
        )
        overdue = factory.Trait(
            formed=True,
            next_due_on=TODAY - timedelta(days=10),
            overdue_since=TODAY - timedelta(days=10),
            bucket="days_1_30",
        )
        settled = factory.Trait(
            delivered=True,
            state="settled",
            loan=factory.SubFactory(LoanFactory, settled=True),
            principal_paid=factory.SelfAttribute("amount"),
            settled_on=TODAY,
        )
        given_up = factory.Trait(
            delivered=True,
            state="written_off",
            loan=factory.SubFactory(LoanFactory, written_off=True),
            written_off=factory.SelfAttribute("amount"),
        )
        lapsed = factory.Trait(state="lapsed")

    loan = factory.SubFactory(LoanFactory)
    pledge = None
    membership = factory.SubFactory(PartyFactory, union=factory.SelfAttribute("..loan.union"))
    amount = factory.SelfAttribute("loan.principal")


class InstalmentFactory(DjangoModelFactory[Instalment]):
    """The only instalment of a formed share: everything at the end."""

    class Meta:
        model = Instalment

    share = factory.SubFactory(ShareFactory, formed=True)
    number = 1
    from_on = TODAY
    due_on = factory.SelfAttribute("share.loan.ends_on")
    principal = factory.SelfAttribute("share.amount")
    interest = factory.LazyAttribute(
        lambda row: (
            row.principal * row.share.annual_rate * (row.due_on - row.from_on).days / 365
        ).quantize(Decimal("0.01"))
    )


class LoanEventFactory(DjangoModelFactory[LoanEvent]):
    """The delivery of a formed share."""

    class Meta:
        model = LoanEvent

    share = factory.SubFactory(ShareFactory, formed=True)
    sequence = 1
    kind = "delivered"
    on = TODAY
    amount = factory.SelfAttribute("share.amount")
    at = NOON


class RepaymentFactory(DjangoModelFactory[Repayment]):
    """A thousand yuan that the borrower says was paid; ``confirmed`` went into principal."""

    class Meta:
        model = Repayment

    class Params:
        confirmed = factory.Trait(
            state="confirmed",
            confirmed_by=factory.SelfAttribute("share.membership.member.user"),
            confirmed_at=NOON,
            principal=factory.SelfAttribute("amount"),
        )
        disputed = factory.Trait(state="disputed", dispute="没有收到。", disputed_at=NOON)
        reversal_proposed = factory.Trait(
            confirmed=True,
            reversal_cause="wrong_amount",
            reversal_reason="登记错了。",
            reversal_proposed_by=factory.SubFactory(OfficerUserFactory),
            reversal_proposed_at=NOON,
        )
        reversed = factory.Trait(
            reversal_proposed=True,
            state="reversed",
            reversed_by=factory.SubFactory(OfficerUserFactory),
            reversed_at=NOON,
        )

    share = factory.SubFactory(ShareFactory, formed=True)
    key = factory.LazyFunction(uuid.uuid4)
    amount = Decimal("1000.00")
    paid_on = TODAY
    declared_side = "borrower"
    declared_by = factory.SelfAttribute("share.loan.membership.member.user")
    declared_at = NOON


class ExtensionFactory(DjangoModelFactory[Extension]):
    """Three more months, asked by the borrower; ``proposed`` and ``in_force`` go on."""

    class Meta:
        model = Extension

    class Params:
        proposed = factory.Trait(
            state="proposed", proposed_by=factory.SubFactory(OfficerUserFactory), proposed_at=NOON
        )
        in_force = factory.Trait(
            proposed=True,
            state="in_force",
            decided_by=factory.SubFactory(OfficerUserFactory),
            decided_at=NOON,
        )

    loan = factory.SubFactory(LoanFactory, active=True)
    ends_on = date(2027, 2, 20)
    reason = "玉米价低，想晚些卖。"
    asked_by = factory.SelfAttribute("loan.membership.member.user")
    asked_at = NOON


class ExtensionConsentFactory(DjangoModelFactory[ExtensionConsent]):
    """The lender of a formed share agrees."""

    class Meta:
        model = ExtensionConsent

    share = factory.SubFactory(ShareFactory, formed=True)
    extension = factory.SubFactory(ExtensionFactory, loan=factory.SelfAttribute("..share.loan"))
    agreed = True
    by = factory.SelfAttribute("share.membership.member.user")
    at = NOON


class MediationFactory(DjangoModelFactory[Mediation]):
    """A call in which nothing was promised."""

    class Meta:
        model = Mediation

    loan = factory.SubFactory(LoanFactory, active=True)
    manner = "call"
    held_at = NOON
    summary = "说秋后卖粮就还。"
    by = factory.SubFactory(OfficerUserFactory)
    at = NOON


class WriteOffFactory(DjangoModelFactory[WriteOff]):
    """A write-off that waits for a second officer; ``confirmed`` and ``returned`` go on."""

    class Meta:
        model = WriteOff

    class Params:
        confirmed = factory.Trait(
            state="confirmed", checked_by=factory.SubFactory(OfficerUserFactory), checked_at=NOON
        )
        returned = factory.Trait(
            state="returned", checked_by=factory.SubFactory(OfficerUserFactory), checked_at=NOON
        )

    loan = factory.SubFactory(LoanFactory, active=True)
    reason = "借款人去世，没有遗产。"
    amount = factory.SelfAttribute("loan.principal")
    made_by = factory.SubFactory(OfficerUserFactory)
    made_at = NOON


class CostFactory(DjangoModelFactory[Cost]):
    """A fare that waits for a second officer; ``confirmed``, ``dropped`` and so on go further."""

    class Meta:
        model = Cost

    class Params:
        confirmed = factory.Trait(
            state="confirmed", checked_by=factory.SubFactory(OfficerUserFactory), checked_at=NOON
        )
        dropped = factory.Trait(
            state="dropped",
            remark="没有票。",
            checked_by=factory.SubFactory(OfficerUserFactory),
            checked_at=NOON,
        )
        lapsed = factory.Trait(state="lapsed", lapsed_at=NOON)
        reversal_proposed = factory.Trait(
            confirmed=True,
            reversal_reason="票据开给了别人。",
            reversal_proposed_by=factory.SubFactory(OfficerUserFactory),
            reversal_proposed_at=NOON,
        )
        reversed = factory.Trait(
            reversal_proposed=True,
            state="reversed",
            reversed_by=factory.SubFactory(OfficerUserFactory),
            reversed_at=NOON,
        )
        objected = factory.Trait(objection="没有来过我家。", objected_at=NOON)

    share = factory.SubFactory(ShareFactory, formed=True)
    kind = "travel"
    amount = Decimal("35.00")
    borne_on = TODAY
    reason = "去借款人家里两趟的车票。"
    evidence = factory.SubFactory(StoredFileFactory, purpose="lending.slip")
    made_by = factory.SubFactory(OfficerUserFactory)
    made_at = NOON


class HandBackFactory(DjangoModelFactory[HandBack]):
    """Three thousand that came of a share that lapsed; ``declared`` and ``returned`` go on."""

    class Meta:
        model = HandBack

    class Params:
        declared = factory.Trait(
            state="declared", returned_on=TODAY, slip_number="TH1", declared_at=NOON
        )
        returned = factory.Trait(
            declared=True,
            state="returned",
            closed_by=factory.SelfAttribute("share.membership.member.user"),
            closed_at=NOON,
        )

    share = factory.SubFactory(ShareFactory, state="lapsed")
    amount = Decimal("3000.00")
    opened_at = NOON


class NightMarkFactory(DjangoModelFactory[NightMark]):
    """A share came due."""

    class Meta:
        model = NightMark

    share = factory.SubFactory(ShareFactory, formed=True)
    on = TODAY
    kind = "due"


class UnionDayFactory(DjangoModelFactory[UnionDay]):
    """A union in which nobody owes anything."""

    class Meta:
        model = UnionDay

    union = factory.SubFactory(UnionFactory)
    on = TODAY


def lender_in(union: Any, **values: Any) -> Membership:
    """A member of this union with spare money registered."""
    membership: Membership = PartyFactory(union=union)
    SpareMoneyFactory(membership=membership, **values)
    return membership
