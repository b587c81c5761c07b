"""A union with officers, a borrower and lenders, in which the reference rate is known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cooperative.membership.models import Membership, Union
from core.errors import Refused
from core.models import AuditRow
from credit.lending.models import LoanRequest, Pledge, SpareMoney
from credit.lending.reference import load_reference
from credit.lending.rules.asking import RequestAnswers
from credit.lending.services import convening, requests, reviewing
from tests.factories.lending import ACCOUNT_NUMBER, PartyFactory, lender_in
from tests.factories.membership import OfficerUserFactory, UnionFactory, officer
from tests.factories.scoring import credited

NOON = datetime(2026, 5, 20, 4, tzinfo=UTC)
TODAY = date(2026, 5, 20)
RATE = Decimal("0.060000")


def answers(own: Membership, **change: Any) -> RequestAnswers:
    """Twelve thousand yuan for fertiliser over six months, to the borrower's own account."""
    values: dict[str, Any] = {
        "purpose": "fertiliser",
        "purpose_note": "玉米追肥",
        "amount": Decimal("12000.00"),
        "term_months": 6,
        "method": "bullet",
        "highest_rate": Decimal("0.080000"),
        "wanted_on": TODAY + timedelta(days=5),
        "account_holder": change.get("payee_name") or own.member.name,
        "account_bank": "农业银行双城支行",
        "account_number": ACCOUNT_NUMBER,
        "own_use": True,
    }
    return RequestAnswers(**(values | change))


class World:
    """Makes the steps short."""

    def __init__(self) -> None:
        self.union: Union = UnionFactory()
        self.convener = officer("convener", self.union)
        self.reviewer = officer("reviewer", self.union)
        self.borrower: Membership = PartyFactory(union=self.union)
        credited(self.borrower.member)
        first, second = OfficerUserFactory.create_batch(2)
        load_reference(by=first, checked_by=second, at=NOON)

    def lender(self, amount: str = "20000.00", **values: Any) -> Membership:
        """A member with spare money."""
        return lender_in(self.union, amount=Decimal(amount), **values)

    def submit(self, membership: Membership | None = None, **change: Any) -> LoanRequest:
        """A request as its borrower hands it in."""
        own = membership or self.borrower
        if membership is not None:
            credited(membership.member)
        return requests.submit_request(
            membership=own, answers=answers(own, **change), by=own.member.user, at=NOON
        )

    def convening(self, membership: Membership | None = None, **change: Any) -> LoanRequest:
        """A request for which the officer looks for lenders at six percent."""
        row = self.submit(membership, **change)
        return reviewing.convene(request_id=row.pk, rate=RATE, by=self.convener, at=NOON)

    def invite(self, request: LoanRequest, *lenders: Membership) -> list[Pledge]:
        """Invitations in the order of the lenders."""
        rows = convening.invite(
            request_id=request.pk,
            membership_ids=[lender.pk for lender in lenders],
            by=self.convener,
            at=NOON,
        )
        by_lender = {row.membership_id: row for row in rows}
        return [by_lender[lender.pk] for lender in lenders]

    def pledge(self, pledge: Pledge, amount: str) -> Pledge:
        """The invited member promises."""
        return convening.pledge(
            pledge_id=pledge.pk,
            amount=Decimal(amount),
            by=pledge.membership.member.user,
            at=NOON,
        )


def stored() -> list[Any]:
    """Everything a step before the contract may write."""
    rows: list[Any] = [
        list(model.objects.order_by("pk").values())  # type: ignore[attr-defined]
        for model in (SpareMoney, LoanRequest, Pledge)
    ]
    return [*rows, AuditRow.objects.count()]


def refusal(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Refused:
    """The refusal, checking that nothing was written."""
    before = stored()
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    assert stored() == before
    return caught.value
