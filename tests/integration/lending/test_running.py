"""What waits for whom in a running loan."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cooperative.membership.models import Member
from core.parameters import load_reference_values
from credit.lending import parameters
from credit.lending.models import Loan
from credit.lending.pages.repaying import repay_page
from credit.lending.running import running_todos, running_waiting
from credit.lending.selectors.loans import loan_page
from credit.lending.services import extending, repaying, troubles
from credit.lending.services.nightly import close_day, work_off
from tests.factories.membership import OfficerUserFactory
from tests.factories.running import DELIVERED_ON, Parties, declared, noon, paid, running_loan

pytestmark = pytest.mark.django_db
DAY = DELIVERED_ON + timedelta(days=100)
END = date(2026, 7, 10)


@pytest.fixture(autouse=True)
def figures():
    first, second = OfficerUserFactory.create_batch(2)
    load_reference_values(parameters.REFERENCE, by=first, checked_by=second, at=noon(DELIVERED_ON))


def todo_of(user, today: date = DAY) -> list[str]:
    return [str(todo.text) for todo in running_todos(Member.objects.get(user=user), today)]


def waiting_for(user, today: date = DAY) -> dict[str, int]:
    return {str(line.label): line.count for line in running_waiting(user, today) if line.count}


def test_the_side_that_did_not_declare_has_to_confirm():
    loan = running_loan()
    parties = Parties(loan)
    (share,) = parties.shares()
    declared(share, "500.00", DAY)
    assert todo_of(parties.lender()) == ["核对还款 500 元"]
    assert todo_of(parties.borrower) == []
    repaying.declare_repayment(
        share_id=share.pk,
        key=uuid.uuid4(),
        amount=Decimal("20.00"),
        paid_on=DAY,
        by=parties.lender(),
        at=noon(DAY),
    )
    assert todo_of(parties.borrower) == ["核对还款 20 元"]


@pytest.mark.parametrize(
    ("today", "text"),
    [
        (END - timedelta(days=8), None),
        (END - timedelta(days=7), "还款 10,396.71 元"),
        (END, "还款 10,396.71 元"),
        # a day late at 8 %: 1.32 and 0.88; ten days: 13.15 and 8.77
        (END + timedelta(days=1), "借款已逾期 1 天，要还 10,398.91 元"),
        (END + timedelta(days=10), "借款已逾期 10 天，要还 10,418.63 元"),
    ],
)
def test_the_borrower_has_to_pay_from_a_week_before(today, text):
    loan = running_loan("6000.00", "4000.00")
    found = todo_of(Parties(loan).borrower, today)
    assert found == ([text] if text else [])


@pytest.mark.parametrize("nights", [False, True])
def test_what_is_due_counts_overdue_interest_to_the_day(nights):
    """10 000.00 and 181 days of interest 396.71, ten days late 21.92: with or without a night."""
    loan = running_loan()
    day = END + timedelta(days=10)
    if nights:
        close_day(on=day - timedelta(days=1), at=noon(day))
        work_off()
    page = repay_page(Loan.objects.get(pk=loan.pk), None, day)
    assert page.chosen is not None
    assert page.chosen.amount == page.chosen.payoff == Decimal("10418.63")
    assert loan_page(Loan.objects.get(pk=loan.pk), day).due == Decimal("10418.63")
    text = "借款已逾期 10 天，要还 10,418.63 元"
    assert todo_of(Parties(loan).borrower, day) == [text]


def test_what_is_declared_or_disputed_is_not_asked_for_again():
    loan = running_loan()
    parties = Parties(loan)
    row = declared(parties.shares()[0], "10000.00", END)
    assert todo_of(parties.borrower, END) == ["还款 396.71 元"]
    repaying.dispute_repayment(
        repayment_id=row.pk, reason="没收到。", by=parties.lender(), at=noon(END)
    )
    assert todo_of(parties.borrower, END) == ["还款 396.71 元"]
    declared(parties.shares()[0], "396.71", END)
    assert todo_of(parties.borrower, END) == []


def test_lenders_answer_extensions_and_give_back_what_was_too_much():
    loan = running_loan("6000.00", "4000.00")
    parties = Parties(loan)
    extension = extending.ask_extension(
        loan_id=loan.pk,
        ends_on=date(2026, 9, 10),
        reason="想晚些卖。",
        by=parties.borrower,
        at=noon(DAY),
    )
    name = loan.membership.member.name
    assert todo_of(parties.lender(0)) == [f"答复{name}的展期"]
    extending.answer_extension(
        extension_id=extension.pk, agreed=True, by=parties.lender(0), at=noon(DAY)
    )
    assert todo_of(parties.lender(0)) == []
    paid(parties.shares()[1], "4100.00", DAY)
    assert todo_of(parties.lender(1)) == [f"把多收的 12.33 元退给{name}"]
    # all who still lend have said yes
    assert waiting_for(parties.officer("convener")) == {"出借人都同意的展期，等提请": 1}


def test_officers_see_what_they_can_act_on_and_nothing_of_other_unions():
    loan = running_loan()
    parties = Parties(loan)
    convener, reviewer = parties.officer("convener"), parties.officer("reviewer")
    stranger = Parties(running_loan()).officer("reviewer")
    (share,) = parties.shares()
    row = declared(share, "100.00", DAY)
    repaying.dispute_repayment(
        repayment_id=row.pk, reason="没收到。", by=parties.lender(), at=noon(DAY)
    )
    assert waiting_for(convener) == {"还款有争议，等核实": 1}
    assert waiting_for(reviewer) == {}
    confirmed = paid(share, "200.00", DAY)
    repaying.propose_reversal(
        cause="wrong_amount", repayment_id=confirmed.pk, reason="错。", by=convener, at=noon(DAY)
    )
    troubles.propose_write_off(loan_id=loan.pk, reason="收不回。", by=convener, at=noon(DAY))
    assert waiting_for(reviewer) == {"冲正等您复核": 1, "核销等您复核": 1}
    assert waiting_for(stranger) == {}
    for user in (convener, reviewer):
        with CaptureQueriesContext(connection) as queries:
            running_waiting(user, DAY)
        assert len(queries) <= 7
