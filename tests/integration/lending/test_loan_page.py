"""What a loan's page shows: figures of the day, in a number of queries that never grows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import Refused
from credit.lending.models import Loan
from credit.lending.selectors.loans import loan_page, share_view
from credit.lending.selectors.paying_off import payoff_of_loan, pending_amounts
from tests.factories.running import DELIVERED_ON, Parties, declared, noon, paid, running_loan

pytestmark = pytest.mark.django_db
DAY = DELIVERED_ON + timedelta(days=100)


def yuan(text: str) -> Decimal:
    return Decimal(text)


def fresh(loan: Loan) -> Loan:
    return Loan.objects.select_related("union", "membership__member").get(pk=loan.pk)


def test_the_borrowers_lines_are_the_sums_of_the_shares():
    loan = running_loan("6000.00", "4000.00", method="interest_only")
    page = loan_page(fresh(loan), DELIVERED_ON)
    assert [line.due_on for line in page.lines] == [date(2026, m, 10) for m in range(2, 8)]
    # 31 days at 8 %: 40.77 and 27.18
    assert page.lines[0].interest == yuan("67.95")
    assert [part.interest for _share, part in page.lines[0].parts] == [yuan("40.77"), yuan("27.18")]
    assert page.lines[-1].principal == yuan("10000.00")
    assert (page.outstanding, page.due, page.days_overdue) == (yuan("10000.00"), 0, 0)
    assert page.next_line is page.lines[0]


def test_a_payment_shows_beside_what_waits_for_confirmation():
    loan = running_loan()
    (share,) = Parties(loan).shares()
    paid(share, "5219.18", DAY)
    declared(share, "70.00", DAY)
    page = loan_page(fresh(loan), DAY)
    view = page.shares[0]
    assert (page.outstanding, page.pending_amount) == (yuan("5000.00"), yuan("70.00"))
    assert [row.state for row in view.repayments] == ["declared", "confirmed"]
    assert page.payoff == yuan("5000.00")
    assert pending_amounts([share.pk]) == {share.pk: yuan("70.00")}


def test_a_late_line_shows_days_and_overdue_interest_with_its_arithmetic():
    loan = running_loan()
    page = loan_page(fresh(loan), date(2026, 7, 20))
    (line,) = page.lines
    # 10 000 at 8 %: 181 days 396.71, then 10 days of being late 21.92
    assert (line.interest, line.overdue_interest) == (yuan("396.71"), yuan("21.92"))
    assert (page.days_overdue, page.due) == (10, yuan("10418.63"))
    share_line = page.shares[0].lines[0]
    assert share_line.arithmetic is not None
    assert share_line.arithmetic.overdue is not None
    assert [span.days for span in share_line.arithmetic.overdue.spans] == [10]
    assert page.payoff == line.owed == yuan("10418.63")


def test_paying_off_counts_interest_to_the_day():
    loan = running_loan("6000.00", "4000.00")
    quote = payoff_of_loan(loan, DAY)
    assert (quote.total, quote.principal, quote.interest) == (
        yuan("10219.18"),
        yuan("10000.00"),
        yuan("219.18"),
    )
    assert [payoff.interest for _share, payoff in quote.shares] == [yuan("131.51"), yuan("87.67")]
    paid(quote.shares[0][0], "6131.51", DAY)
    assert payoff_of_loan(loan, DAY).total == yuan("4087.67")
    with pytest.raises(Refused) as refused:
        payoff_of_loan(loan, DELIVERED_ON - timedelta(days=1))
    assert refused.value.code == "payoff_too_early"


def test_the_page_asks_as_much_on_the_first_day_as_after_two_years():
    loan = running_loan("6000.00", "4000.00", method="equal_instalment")
    with CaptureQueriesContext(
        connection,
    ) as first:
        loan_page(fresh(loan), DELIVERED_ON)
    for share in Parties(loan).shares():
        for number in range(6):
            paid(share, "10.00", DELIVERED_ON + timedelta(days=20 * number))
    loan = fresh(loan)
    with CaptureQueriesContext(connection) as last:
        page = loan_page(loan, DELIVERED_ON + timedelta(days=700))
    assert len(first) == len(last) + 1  # the first one read the loan, too
    assert page.days_overdue > 600
    with CaptureQueriesContext(connection) as one:
        share_view(page.shares[0].share, DAY)
    assert len(one) == 4


def test_a_share_not_delivered_has_neither_lines_nor_payoff():
    from tests.factories.lending import ShareFactory

    loan = running_loan()
    ShareFactory(loan=loan, sent=True)
    page = loan_page(fresh(loan), DAY)
    assert (page.shares[1].lines, page.shares[1].payoff) == ((), None)
    assert page.payoff == yuan("10219.18")


def test_what_is_shown_of_each_line_adds_up_to_the_payoff_at_the_end():
    loan = running_loan("7001.00", "2999.00", method="equal_principal", rate="0.120000")
    for share in Parties(loan).shares():
        paid(share, "333.33", DELIVERED_ON + timedelta(days=17))
    end = date(2026, 12, 31)
    page = loan_page(fresh(loan), end)
    assert sum(line.owed for line in page.lines) == page.payoff == page.due
    assert payoff_of_loan(loan, end).total == page.payoff
    at = noon(end)
    for view in page.shares:
        paid(view.share, str(view.payoff.total), end, at=at)
    loan.refresh_from_db()
    assert loan.state == "settled"
