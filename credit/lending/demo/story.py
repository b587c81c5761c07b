"""A year in the demo's union: every state of a request and of a loan, with people to click on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from cooperative.accounts.models import User, phone_index
from cooperative.membership.models import Membership, Union
from core.dates import add_months, business_date
from credit.lending.demo.acts import Acts, reading_codes, shares_of
from credit.lending.models import Instalment, Loan
from credit.lending.rules.asking import RequestAnswers
from credit.lending.rules.terms import CustomDue
from credit.lending.services.extending import answer_extension, ask_extension
from credit.lending.services.nightly import close_day, work_off
from credit.lending.services.repaying import dispute_repayment
from credit.lending.services.troubles import record_mediation

FARMER_PHONE = "13900000001"
_PEOPLE = 12


def load(*, people: list[Membership], convener: User, reviewer: User, at: datetime) -> int:
    """Lend, pay and quarrel as a union does in a year; how many loans there are then."""
    with reading_codes() as codes:
        story = _Story(Acts(convener, reviewer, business_date(at), codes), people)
        story.tell()
    close_day(on=business_date(at) - timedelta(days=1), at=at)
    work_off()
    return Loan.objects.filter(union=people[0].union).count()


def gather_people(
    *, union: Union, accounts: Callable[..., list[User]], at: datetime
) -> list[Membership]:
    """The farmer of the demo and eleven others who have long been members, all with accounts."""
    rows = Membership.objects.filter(
        union=union,
        state="admitted",
        member__kind="person",
        waiting_ends_on__lte=add_months(business_date(at), -13),
    ).select_related("member__user", "union")
    farmer = rows.get(member__user__phone_index=phone_index(FARMER_PHONE))
    others = rows.filter(member__user__isnull=True).order_by("waiting_ends_on", "pk")
    found, households = [farmer], {farmer.member.household_id}
    for row in others:
        if len(found) == _PEOPLE:
            break
        if row.member.household_id in households:
            continue
        households.add(row.member.household_id)
        phone = f"139000000{10 + len(found)}"
        row.member.user = accounts([(phone, row.member.name)], at=at)[0]
        row.member.set_phone(phone)
        row.member.save(update_fields=["user", "phone", "phone_index"])
        found.append(row)
    return found


def _wish(
    purpose: str,
    amount: str,
    method: str,
    months: int,
    rate: str,
    wanted_on: date,
    note: str = "",
    **more: Any,
) -> RequestAnswers:
    return RequestAnswers(
        purpose=purpose,
        purpose_note=note,
        amount=Decimal(amount),
        method=method,
        term_months=months,
        highest_rate=Decimal(rate),
        wanted_on=wanted_on,
        own_use=True,
        **more,
    )


class _Story:
    """The scenes, in the order in which they begin."""

    def __init__(self, acts: Acts, people: list[Membership]) -> None:
        self.acts = acts
        self.today = acts.today
        self.farmer, self.lender, *self.others = people

    def tell(self) -> None:
        """Play every scene; in this order no phone gets a code earlier than one before."""
        self._spare_money()
        self._year_long()
        self._long_settled()
        self._before_harvest()
        self._late()
        self._running()
        self._requests()
        self._contracts()

    def _ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def _spare_money(self) -> None:
        amounts = ("60000", "45000", "30000", "52000", "28000")
        for lender, amount in zip((self.lender, *self.others[:4]), amounts, strict=True):
            self.acts.have_spare(lender, amount, 330)

    def _year_long(self) -> None:
        """Twelve months run out next month; the lender agreed to four more, officers are warned."""
        borrower, lender = self.others[9], self.others[2]
        wish = _wish("building", "6000", "bullet", 12, "0.05", self._ago(319), "修粮囤")
        loan = self.acts.lend(borrower, [(lender, "6000")], wish, 320)
        extension = ask_extension(
            loan_id=loan.pk,
            ends_on=add_months(loan.ends_on, 4),
            reason="粮囤修好了，玉米想等开春价好再卖。",
            by=borrower.member.user,
            at=self.acts.moment(4),
        )
        answer_extension(
            extension_id=extension.pk,
            agreed=True,
            by=lender.member.user,
            at=self.acts.moment(3),
        )

    def _long_settled(self) -> None:
        wish = _wish("fertiliser", "12000", "bullet", 6, "0.06", self._ago(299), "春耕买化肥")
        helpers = [(self.lender, "7000"), (self.others[0], "5000")]
        loan = self.acts.lend(self.farmer, helpers, wish, 300)
        self.acts.pay_what_fell_due(loan, until=self.today)

    def _late(self) -> None:
        """Forty days late; an officer has talked with the borrower."""
        borrower = self.others[4]
        wish = _wish("machinery", "15000", "bullet", 3, "0.08", self._ago(131), "修收割机")
        helpers = [(self.others[1], "9000"), (self.others[2], "6000")]
        loan = self.acts.lend(borrower, helpers, wish, 132)
        close_day(on=self._ago(11), at=self.acts.moment(10))
        work_off()
        at = self.acts.moment(10) + timedelta(hours=1)
        record_mediation(
            loan_id=loan.pk,
            manner="visit",
            held_at=at,
            summary="粮价低，玉米还没卖。说好卖了粮先还这一笔，家里也同意。",
            promised_on=self.today + timedelta(days=9),
            promised_amount=Decimal(8000),
            by=self.acts.convener,
            at=at + timedelta(minutes=30),
        )

    def _running(self) -> None:
        """The farmer pays every month; the newest payment, a little early, waits for a word."""
        wish = _wish("land", "18000", "equal_principal", 10, "0.06", self._ago(118), "多包了六十亩")
        helpers = [(self.lender, "8000"), (self.others[0], "6000"), (self.others[3], "4000")]
        loan = self.acts.lend(self.farmer, helpers, wish, 119)
        self.acts.pay_what_fell_due(loan, until=self.today)
        share = shares_of(loan)[0]
        due = Instalment.objects.filter(share=share, settled_on=None).order_by("due_on", "number")
        if (row := due.first()) is not None:
            self.acts.declare(share, row.principal + row.interest, self._ago(1))

    def _before_harvest(self) -> None:
        """Paid from the harvest; one payment is disputed, and a later end is asked for."""
        borrower = self.others[5]
        dues = (
            CustomDue(self._ago(8), Decimal(4000)),
            CustomDue(self.today + timedelta(days=25), Decimal(12000)),
        )
        wish = _wish(
            "seed", "16000", "custom", 0, "0.05", self._ago(150), "玉米种子", custom_due=dues
        )
        helpers = [(self.others[0], "10000"), (self.others[3], "6000")]
        loan = self.acts.lend(borrower, helpers, wish, 151)
        first, second = shares_of(loan)
        self.acts.pay_what_fell_due(loan, until=self._ago(20))
        paid = self.acts.declare(first, Decimal(2600), self._ago(8))
        dispute_repayment(
            repayment_id=paid.pk,
            reason="我的卡里没有查到这一笔，请核对收款账号。",
            by=first.membership.member.user,
            at=self.acts.moment(6),
        )
        self.acts.declare(second, Decimal(1560), self._ago(8))
        ask_extension(
            loan_id=loan.pk,
            ends_on=self.today + timedelta(days=60),
            reason="粮站排队卖粮，要晚一个多月才结账。",
            by=borrower.member.user,
            at=self.acts.moment(2),
        )

    def _requests(self) -> None:
        soon = self.today + timedelta(days=20)
        ask = self.acts.ask
        ask(self.others[6], _wish("livestock", "8000", "bullet", 6, "0.06", soon, "买仔猪"), 1)
        big = ask(
            self.others[7],
            _wish("building", "25000", "equal_instalment", 12, "0.07", soon, "建粮仓"),
            4,
        )
        self.acts.convene(big, 2, approved=False)
        open_one = ask(
            self.others[8],
            _wish("fertiliser", "18000", "interest_only", 8, "0.06", soon, "春耕备肥"),
            6,
        )
        self.acts.convene(open_one, 5)
        self.acts.invite(open_one, [self.lender, self.others[1], self.others[2]], 4)
        covered = ask(
            self.others[9], _wish("seed", "9000", "bullet", 7, "0.06", soon, "买大豆种子"), 9
        )
        self.acts.gather(covered, [(self.others[3], "5000"), (self.others[0], "4000")], 7)

    def _contracts(self) -> None:
        """One sum waits for the farmer's word, one contract for the lender's signature."""
        wish = _wish("machinery", "6000", "interest_only", 6, "0.06", self.today, "换拖拉机轮胎")
        request = self.acts.ask(self.farmer, wish, 7)
        self.acts.gather(request, [(self.lender, "3500"), (self.others[0], "2500")], 6)
        loan = self.acts.draw(request, 4)
        for party in (self.farmer, self.lender, self.others[0]):
            self.acts.sign(loan, party, 3)
        for share in shares_of(loan):
            self.acts.send(share, 1)
        soon = self.today + timedelta(days=12)
        wish = _wish("machine_service", "7000", "bullet", 5, "0.06", soon, "雇人秋翻地")
        request = self.acts.ask(self.others[2], wish, 5)
        self.acts.gather(request, [(self.lender, "4000"), (self.others[3], "3000")], 4)
        loan = self.acts.draw(request, 2)
        self.acts.sign(loan, self.others[2], 1)
