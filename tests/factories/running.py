"""A loan that runs: delivered by the events that the program would write, so that replay holds."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from cooperative.ledger.models import Posting
from cooperative.ledger.rules import Line
from core.dates import start_of_day
from credit.lending.models import Loan, Repayment, Share
from credit.lending.models.requests import Method
from credit.lending.rules.books import balances, balances_of
from credit.lending.rules.terms import Method as EngineMethod
from credit.lending.rules.terms import Terms
from credit.lending.services import repaying
from credit.lending.services.booking import parties_of, post_delivery
from credit.lending.services.projecting import (
    project_share,
    record_delivery,
    standing_of,
    stored_equals_replay,
)
from tests.factories.lending import LoanFactory, LoanRequestFactory, ShareFactory
from tests.factories.membership import officer

DELIVERED_ON = date(2026, 1, 10)
CAP = Decimal("0.120000")


def noon(day: date) -> datetime:
    """Twelve o'clock in Shanghai."""
    return start_of_day(day) + timedelta(hours=12)


def running_loan(
    *amounts: str,
    method: str = Method.BULLET,
    months: int = 6,
    rate: str = "0.080000",
    delivered_on: date = DELIVERED_ON,
    cap: Decimal = CAP,
    overdue_rate: str = "",
    **terms: Any,
) -> Loan:
    """A loan of these shares over so many months, all delivered on one day, at 8 % a year."""
    parts = [Decimal(amount) for amount in amounts or ("10000.00",)]
    whole = sum(parts, Decimal(0))
    frozen = Terms.for_loan(
        principal=whole,
        disbursed_on=delivered_on,
        annual_rate=Decimal(rate),
        method=EngineMethod(method),
        instalments=months,
        schedule_from=delivered_on,
        **terms,
    )
    request = LoanRequestFactory(contracted=True, amount=whole, method=method, term_months=months)
    loan = LoanFactory(
        active=True,
        request=request,
        method=method,
        annual_rate=Decimal(rate),
        overdue_rate=Decimal(overdue_rate or rate),
        terms=frozen.to_json(),
        ends_on=delivered_on,
        signed_at=noon(delivered_on),
    )
    shares = [ShareFactory(loan=loan, amount=amount) for amount in parts]
    for share in shares:
        _deliver(share, delivered_on, Decimal(rate), cap)
    last = shares[0].instalments.order_by("-due_on").first()
    assert last is not None
    loan.ends_on = last.due_on
    loan.save(update_fields=["ends_on"])
    return loan


def _deliver(share: Share, on: date, rate: Decimal, cap: Decimal) -> None:
    share.state = Share.State.FORMED
    share.sent_on, share.sent_at, share.slip_number = on, noon(on), f"SLIP{share.pk}"
    share.delivered_on, share.formed_at, share.annual_rate = on, noon(on), rate
    share.principal_outstanding = share.amount
    share.save()
    by = share.loan.membership.member.user
    record_delivery(share=share, cap_rate=cap, by=by, at=noon(on))
    project_share(share, at=noon(on))
    post_delivery(share, by=by, at=noon(on))


@dataclass
class Parties:
    """Who acts in a loan."""

    loan: Loan

    @property
    def borrower(self) -> Any:
        """The borrower's account."""
        return self.loan.membership.member.user

    def shares(self) -> list[Share]:
        """The shares as they are stored now."""
        rows = Share.objects.filter(loan=self.loan).select_related(
            "membership__member__user", "loan__union", "loan__membership__member__user"
        )
        return list(rows.order_by("pk"))

    def lender(self, position: int = 0) -> Any:
        """The account of the lender of a share."""
        return self.shares()[position].membership.member.user

    def officer(self, role: str) -> Any:
        """An officer of the loan's union."""
        return officer(role, self.loan.union)


def paid(
    share: Share, amount: str, on: date, *, at: datetime | None = None, **more: Any
) -> Repayment:
    """A payment that the borrower declared and the lender confirmed, on its own day unless told."""
    at = at or noon(on)
    repayment = declared(share, amount, on, at=at, **more)
    lender = share.membership.member.user
    return repaying.confirm_repayment(repayment_id=repayment.pk, by=lender, at=at)


def declared(
    share: Share, amount: str, on: date, *, at: datetime | None = None, **more: Any
) -> Repayment:
    """A payment that the borrower declared."""
    return repaying.declare_repayment(
        share_id=share.pk,
        key=uuid.uuid4(),
        amount=Decimal(amount),
        paid_on=on,
        by=share.loan.membership.member.user,
        at=at or noon(on),
        **more,
    )


def assert_sound(loan: Loan) -> None:
    """Stored equals replay (I6), the books say what the shares say, payments are whole (I5)."""
    for share in Parties(loan).shares():
        assert stored_equals_replay(share) == []
        lines = [
            Line(p.account.holder, p.account.kind, p.debit, p.credit)
            for p in Posting.objects.filter(
                entry__chain__subject_id=share.pk, entry__chain__subject_type__model="share"
            )
            .select_related("account")
            .order_by("pk")
        ]
        posted = balances_of(lines)
        wanted = balances(*parties_of(share), standing_of(share))
        assert {k: v for k, v in posted.items() if v} == {k: v for k, v in wanted.items() if v}
        for row in share.repayments.filter(state="confirmed").order_by("pk"):
            parts = row.costs + row.overdue_interest + row.interest + row.principal
            assert parts + row.unallocated == row.amount
        instalments = share.instalments.order_by("number")
        assert sum(row.principal for row in instalments) == share.amount  # I4
