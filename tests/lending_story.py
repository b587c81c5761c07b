"""The people of one mutual loan and the officer's steps, for tests that go through the pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from cooperative.membership.models import Membership, Union
from core.dates import business_date
from core.parameters import load_reference_values
from credit.lending.models import Loan, LoanRequest, Pledge, Share, SpareMoney
from credit.lending.parameters import REFERENCE
from credit.lending.services import contracts, convening, reviewing
from credit.lending.services import requests as asking
from credit.lending.services import spare as spare_services
from credit.lending.services.requests import RequestAnswers
from tests.factories.lending import ACCOUNT_NUMBER, LprRateFactory, PartyFactory
from tests.factories.membership import (
    DivisionFactory,
    OfficerUserFactory,
    UnionFactory,
    VillageFactory,
    officer,
)
from tests.factories.scoring import credited


@dataclass
class Story:
    """A borrower, two lenders and a convener of one union; ``stranger`` of it, ``outsider`` not."""

    union: Union
    borrower: Membership
    lenders: list[Membership]
    stranger: Membership
    outsider: Membership
    convener: Any
    reviewer: Any
    at: datetime
    spares: list[SpareMoney] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The business date on which the story begins."""
        return business_date(self.at)

    def asked(self, **answers: Any) -> LoanRequest:
        """The borrower has asked for 12 000 yuan over six months."""
        given = {
            "purpose": "fertiliser",
            "purpose_note": "三十亩玉米追肥，尿素四十袋",
            "amount": Decimal("12000.00"),
            "method": "bullet",
            "term_months": 6,
            "highest_rate": Decimal("0.08"),
            "wanted_on": self.today,
            "account_holder": answers.get("payee_name") or self.borrower.member.name,
            "account_bank": "农业银行双城支行",
            "account_number": ACCOUNT_NUMBER,
            "own_use": True,
        } | answers
        return asking.submit_request(
            membership=self.borrower,
            answers=RequestAnswers(**given),
            by=self.borrower.member.user,
            at=self.at,
        )

    def convened(self, request: LoanRequest, rate: str = "0.06") -> list[Pledge]:
        """The officer has gathered both lenders, whose spare money is registered."""
        for lender in self.lenders:
            self.spares.append(
                spare_services.register_spare_money(
                    membership=lender,
                    amount=Decimal("20000.00"),
                    available_from=self.today,
                    available_until=None,
                    own_funds=True,
                    by=lender.member.user,
                    at=self.at,
                )
            )
        reviewing.convene(request_id=request.pk, rate=Decimal(rate), by=self.convener, at=self.at)
        return convening.invite(
            request_id=request.pk,
            membership_ids=[lender.pk for lender in self.lenders],
            by=self.convener,
            at=self.at,
        )

    def drawn(self, request: LoanRequest) -> Loan:
        """The officer has drawn the contract of a covered request."""
        return contracts.draw_contract(request_id=request.pk, by=self.convener, at=timezone.now())

    def shares(self, loan: Loan) -> list[Share]:
        """Its shares as they are now."""
        rows = Share.objects.filter(loan=loan).select_related("membership__member__user")
        return list(rows.order_by("pk"))


def lending_story(at: datetime | None = None) -> Story:
    """The people, the shipped limits, and a reference rate of today; the clock is ``at`` or now."""
    at = at or timezone.now()
    today = business_date(at)
    makers = OfficerUserFactory.create_batch(2)
    load_reference_values(REFERENCE, by=makers[0], checked_by=makers[1], at=at)
    LprRateFactory(published_on=today, one_year_rate=Decimal("0.0300"))
    township = DivisionFactory(name="双城镇")
    village = VillageFactory(parent=township, name="幸福村村委会")
    union = UnionFactory(name="双城镇工会", division=township, office_phone="0451-53110000")

    def member(name: str, where: Union) -> Membership:
        row: Membership = PartyFactory(union=where, member__name=name, member__division=village)
        row.member.set_phone(row.member.user.phone)
        row.member.save()
        credited(row.member)
        return row

    return Story(
        union=union,
        borrower=member("王秋实", union),
        lenders=[member("李春梅", union), member("赵铁柱", union)],
        stranger=member("孙旁观", union),
        outsider=member("周外人", UnionFactory(name="兰棱镇工会")),
        convener=officer("convener", union),
        reviewer=officer("reviewer", union),
        at=at,
    )
