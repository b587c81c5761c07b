"""A request that is covered, and the steps from there to a loan that runs, by the services themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

from django.core.serializers.json import DjangoJSONEncoder

from cooperative.accounts import codes
from cooperative.membership.models import Membership
from core.dates import start_of_day
from core.documents import register
from core.parameters import load_reference_values
from credit.lending.models import Loan, LoanRequest, Share, Signature
from credit.lending.parameters import REFERENCE
from credit.lending.services import contracts, delivery
from tests.factories.lending import (
    TODAY,
    LoanRequestFactory,
    LprRateFactory,
    PartyFactory,
    PledgeFactory,
)
from tests.factories.membership import OfficerUserFactory, officer
from tests.factories.scoring import credited
from tests.phones import Phones

ADDRESS = "192.0.2.7"


def noon(day: date) -> datetime:
    """Twelve o'clock in Shanghai."""
    return start_of_day(day) + timedelta(hours=12)


AT = noon(TODAY)


@contextmanager
def quick_pdf() -> Iterator[None]:
    """Files that only stand for PDFs, for tests that look at none."""

    def dumped(_template: str, data: Mapping[str, Any]) -> bytes:
        return json.dumps(data, cls=DjangoJSONEncoder, sort_keys=True).encode()

    with mock.patch.object(register, "render_pdf", dumped):
        yield


def rules_in_force(*, lpr: str = "0.0300", published_on: date = TODAY) -> None:
    """The shipped limits, and a reference rate published on a day."""
    maker, checker = OfficerUserFactory.create_batch(2)
    load_reference_values(REFERENCE, by=maker, checked_by=checker, at=AT)
    LprRateFactory(published_on=published_on, one_year_rate=Decimal(lpr))


@dataclass
class Case:
    """A covered request with its people; the loan once it is drawn."""

    request: LoanRequest
    officer: Any
    lenders: list[Membership]
    loan: Loan | None = None

    @property
    def borrower(self) -> Membership:
        """Who asked."""
        return self.request.membership

    @property
    def parties(self) -> list[Membership]:
        """Borrower and lenders."""
        return [self.borrower, *self.lenders]

    def draw(self, at: datetime = AT) -> Loan:
        """The contract, drawn by the officer."""
        self.loan = contracts.draw_contract(request_id=self.request.pk, by=self.officer, at=at)
        return self.loan

    def ask(self, party: Membership, at: datetime = AT) -> tuple[str, str]:
        """A challenge and the code that came to the party's phone."""
        loan, phones = self.loan, Phones()
        assert loan is not None
        with mock.patch.object(codes, "_sender", [phones]):
            challenge = contracts.ask_signing_code(
                loan_id=loan.pk, by=party.member.user, address=ADDRESS, at=at
            )
        return challenge, phones.code

    def sign(
        self, party: Membership, at: datetime = AT, asked: tuple[str, str] | None = None
    ) -> Signature:
        """A party signs with a code to their phone."""
        assert self.loan is not None
        challenge, code = asked or self.ask(party, at)
        return contracts.sign_contract(
            loan_id=self.loan.pk,
            challenge=challenge,
            code=code,
            address=ADDRESS,
            device="安卓手机",
            by=party.member.user,
            at=at,
        )

    def sign_all(self, at: datetime = AT) -> Loan:
        """Everybody signs."""
        for party in self.parties:
            self.sign(party, at)
        return self.reload()

    def reload(self) -> Loan:
        """The loan as it is stored now."""
        assert self.loan is not None
        self.loan = Loan.objects.select_related("union", "membership__member__user").get(
            pk=self.loan.pk
        )
        return self.loan

    def shares(self) -> list[Share]:
        """Its shares as they are stored now."""
        assert self.loan is not None
        rows = Share.objects.filter(loan=self.loan).select_related("membership__member__user")
        return list(rows.order_by("pk"))

    def send(
        self, share: Share, on: date = TODAY, at: datetime | None = None, **more: Any
    ) -> Share:
        """The lender says that they sent their share."""
        values = {"slip_number": f"SLIP{share.pk:08d}", "slip": None, **more}
        return delivery.declare_transfer(
            share_id=share.pk,
            sent_on=on,
            by=share.membership.member.user,
            at=at or noon(on),
            **values,
        )

    def arrive(
        self, share: Share, on: date = TODAY, at: datetime | None = None, **more: Any
    ) -> Share:
        """The borrower says that it arrived."""
        return delivery.confirm_arrival(
            share_id=share.pk,
            arrived_on=on,
            by=self.borrower.member.user,
            at=at or noon(on),
            **more,
        )


def covered_case(
    *amounts: str, amount: str | None = None, names: Sequence[str] = (), **request: Any
) -> Case:
    """A request covered by these pledges (8 000 and 4 000 yuan unless told)."""
    parts = [Decimal(part) for part in amounts or ("8000.00", "4000.00")]
    whole = sum(parts, Decimal(0)) if amount is None else Decimal(amount)
    request.setdefault("covered", True)
    row = LoanRequestFactory(amount=whole, **request)
    credited(row.membership.member)
    union = row.membership.union
    lenders = []
    for part in parts:
        lender = PartyFactory(union=union)
        PledgeFactory(request=row, membership=lender, pledged=True, amount=part)
        lenders.append(lender)
    return Case(row, officer("convener", union), lenders)


def drawn_case(*amounts: str, **values: Any) -> Case:
    """The same with its contract drawn."""
    case = covered_case(*amounts, **values)
    case.draw()
    return case


def signed_case(*amounts: str, **values: Any) -> Case:
    """The same, signed by everybody."""
    case = drawn_case(*amounts, **values)
    case.sign_all()
    return case
