"""What the people of the demo do, by the services that the pages call, on days of the past year."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from cooperative.accounts import codes
from cooperative.membership.models import Membership
from core.dates import start_of_day
from credit.lending.models import (
    Instalment,
    Loan,
    LoanRequest,
    Pledge,
    Repayment,
    Share,
    SpareMoney,
)
from credit.lending.rules.accounts import is_doubtful
from credit.lending.rules.asking import RequestAnswers
from credit.lending.services.contracts import ask_signing_code, draw_contract, sign_contract
from credit.lending.services.convening import invite, pledge
from credit.lending.services.delivery import confirm_arrival, declare_transfer
from credit.lending.services.repaying import confirm_repayment, declare_repayment
from credit.lending.services.requests import submit_request
from credit.lending.services.reviewing import approve_convening, convene
from credit.lending.services.spare import register_spare_money

_MORNING = timedelta(hours=9)
_STEP = timedelta(minutes=7)
_DEVICE = "手机浏览器"


@dataclass
class Codes:
    """The phone on which the demo reads the codes that it signs by."""

    last: str = ""

    def __call__(self, *, phone: str, text: str, purpose: str) -> None:
        """Keep the code of a message."""
        found = re.search(r"\d{6}", text)
        self.last = found.group() if found else ""


@contextmanager
def reading_codes() -> Iterator[Codes]:
    """Codes come here instead of to the demo's inbox; theirs are days of the past."""
    before, phone = list(codes._sender), Codes()
    codes.register_code_sender(phone)
    try:
        yield phone
    finally:
        codes._sender[:] = before


@dataclass
class Acts:
    """A union's people and what they do. ``ago`` counts days before ``today``."""

    convener: Any
    reviewer: Any
    today: date
    codes: Codes
    _steps: int = field(default=0)

    def moment(self, ago: int) -> datetime:
        """A moment in the morning of a day, each later than the one before."""
        self._steps += 1
        minutes = _STEP * (self._steps % 60)
        return start_of_day(self.today - timedelta(days=ago)) + _MORNING + minutes

    def have_spare(self, lender: Membership, amount: str, ago: int) -> SpareMoney:
        """A member registers what lies idle."""
        return register_spare_money(
            membership=lender,
            amount=Decimal(amount),
            available_from=self.today - timedelta(days=ago),
            available_until=None,
            own_funds=True,
            by=lender.member.user,
            at=self.moment(ago),
        )

    def ask(self, borrower: Membership, answers: RequestAnswers, ago: int) -> LoanRequest:
        """A member asks for money."""
        member = borrower.member
        answers = replace(
            answers,
            account_holder=answers.payee_name or member.name,
            account_bank="农业银行双城支行",
            account_number=_account(member.pk),
        )
        return submit_request(
            membership=borrower, answers=answers, by=borrower.member.user, at=self.moment(ago)
        )

    def convene(self, request: LoanRequest, ago: int, *, approved: bool = True) -> None:
        """The convener agrees; above their own limit the reviewer too, if ``approved``."""
        now = convene(
            request_id=request.pk,
            rate=request.highest_rate,
            by=self.convener,
            at=self.moment(ago),
        )
        if now.state == LoanRequest.State.PROPOSED and approved:
            approve_convening(request_id=request.pk, by=self.reviewer, at=self.moment(ago))

    def invite(self, request: LoanRequest, lenders: Sequence[Membership], ago: int) -> list[Pledge]:
        """The convener asks named members."""
        return invite(
            request_id=request.pk,
            membership_ids=[lender.pk for lender in lenders],
            by=self.convener,
            at=self.moment(ago),
        )

    def gather(
        self, request: LoanRequest, helpers: Sequence[tuple[Membership, str]], ago: int
    ) -> None:
        """Named members are asked and promise these amounts."""
        self.convene(request, ago)
        pledges = self.invite(request, [lender for lender, _amount in helpers], ago)
        by_lender = {row.membership_id: row for row in pledges}
        for lender, amount in helpers:
            pledge(
                pledge_id=by_lender[lender.pk].pk,
                amount=Decimal(amount),
                by=lender.member.user,
                at=self.moment(ago - 1),
            )

    def draw(self, request: LoanRequest, ago: int) -> Loan:
        """The convener draws the contract."""
        return draw_contract(request_id=request.pk, by=self.convener, at=self.moment(ago))

    def sign(self, loan: Loan, party: Membership, ago: int) -> None:
        """A party signs with a code to their phone."""
        at, user = self.moment(ago), party.member.user
        address = f"192.0.2.{self._steps % 250}"
        challenge = ask_signing_code(loan_id=loan.pk, by=user, address=address, at=at)
        sign_contract(
            loan_id=loan.pk,
            challenge=challenge,
            code=self.codes.last,
            address=address,
            device=_DEVICE,
            by=user,
            at=at,
        )

    def send(self, share: Share, ago: int) -> None:
        """A lender transfers their share."""
        declare_transfer(
            share_id=share.pk,
            sent_on=self.today - timedelta(days=ago),
            slip_number=_slip(share.pk),
            slip=None,
            by=share.membership.member.user,
            at=self.moment(ago),
        )

    def arrive(self, share: Share, ago: int) -> None:
        """The borrower says that it came."""
        confirm_arrival(
            share_id=share.pk,
            arrived_on=self.today - timedelta(days=ago),
            by=share.loan.membership.member.user,
            at=self.moment(ago),
        )

    def lend(
        self,
        borrower: Membership,
        helpers: Sequence[tuple[Membership, str]],
        answers: RequestAnswers,
        ago: int,
    ) -> Loan:
        """The whole way from the request to the money; it arrives ``ago`` days before today."""
        request = self.ask(borrower, answers, ago + 6)
        self.gather(request, helpers, ago + 5)
        loan = self.draw(request, ago + 3)
        for party in [borrower, *(lender for lender, _amount in helpers)]:
            self.sign(loan, party, ago + 2)
        for share in shares_of(loan):
            self.send(share, ago)
            self.arrive(share, ago)
        return Loan.objects.get(pk=loan.pk)

    def declare(self, share: Share, amount: Decimal, paid_on: date) -> Repayment:
        """The borrower says that they paid."""
        ago = (self.today - paid_on).days
        return declare_repayment(
            share_id=share.pk,
            key=uuid5(NAMESPACE_OID, f"{share.pk} {paid_on}"),
            amount=amount,
            paid_on=paid_on,
            slip_number=_slip(share.pk * 1000 + ago),
            by=share.loan.membership.member.user,
            at=self.moment(ago),
        )

    def pay_what_fell_due(self, loan: Loan, *, until: date) -> None:
        """Every instalment due before a day is paid on its day and confirmed the day after."""
        for share in shares_of(loan):
            due = Instalment.objects.filter(share=share, due_on__lt=until, settled_on=None)
            for row in due.order_by("due_on", "number"):
                paid = self.declare(share, row.principal + row.interest, row.due_on)
                confirm_repayment(
                    repayment_id=paid.pk,
                    by=share.membership.member.user,
                    at=self.moment(max((self.today - row.due_on).days - 1, 0)),
                )


def shares_of(loan: Loan) -> list[Share]:
    """A loan's shares with their people."""
    rows = Share.objects.filter(loan=loan).select_related(
        "membership__member__user", "loan__membership__member__user"
    )
    return list(rows.order_by("pk"))


def _account(number: int) -> str:
    """A card number that belongs to nobody: no bank issues cards that begin with 990099."""
    body = f"990099{number:012d}"
    return next(card for digit in "0123456789" if not is_doubtful(card := body + digit))


def _slip(number: int) -> str:
    """A bank's slip number that belongs to nobody."""
    return f"DEMO{number:012d}"
