"""The law's own examples, through stored rows: what is owed is never more than is supported."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from core.parameters import load_reference_values
from credit.lending import parameters
from credit.lending.selectors.loans import payoff_of_loan
from credit.lending.services import extending
from tests.factories.membership import OfficerUserFactory
from tests.factories.running import DELIVERED_ON, Parties, assert_sound, noon, paid, running_loan

pytestmark = pytest.mark.django_db


def yuan(text: str) -> Decimal:
    return Decimal(text)


def test_principal_is_what_was_delivered():
    """Art. 26: of 10 000 on paper 9 500 arrived; the year at 12 % costs 1 140.00."""
    loan = running_loan("9500.00", months=12, rate="0.120000")
    quote = payoff_of_loan(loan, DELIVERED_ON + timedelta(days=365))
    assert (quote.principal, quote.interest) == (yuan("9500.00"), yuan("1140.00"))


def test_interest_never_becomes_principal_when_the_term_is_prolonged():
    """Art. 27: half a year at 12 %, prolonged by another: 1 200.00, not 1 232.87 with its interest."""
    first, second = OfficerUserFactory.create_batch(2)
    at = noon(DELIVERED_ON)
    load_reference_values(parameters.REFERENCE, by=first, checked_by=second, at=at)
    loan = running_loan(rate="0.120000")
    parties = Parties(loan)
    day = date(2026, 7, 10)
    end = date(2027, 1, 10)
    extension = extending.ask_extension(
        loan_id=loan.pk, ends_on=end, reason="想晚些卖。", by=parties.borrower, at=noon(day)
    )
    given = {"extension_id": extension.pk, "at": noon(day)}
    extending.answer_extension(agreed=True, by=parties.lender(), **given)
    extending.propose_extension(by=parties.officer("convener"), **given)
    extending.confirm_extension(by=parties.officer("reviewer"), **given)
    quote = payoff_of_loan(loan, end)
    assert (quote.principal, quote.interest, quote.overdue_interest) == (
        yuan("10000.00"),
        yuan("1200.00"),
        yuan("0.00"),
    )
    assert_sound(loan)


@pytest.mark.parametrize("agreed", ["0.120000", "0.173000", "0.240000"])
def test_being_late_costs_no_more_than_the_ceiling_whatever_was_agreed(agreed):
    """Art. 29: 10 000 for 100 days of being late at no more than 12 %: 328.77."""
    loan = running_loan(rate="0.000000", overdue_rate=agreed)
    on = loan.ends_on + timedelta(days=100)
    assert payoff_of_loan(loan, on).overdue_interest == yuan("328.77")
    (share,) = Parties(loan).shares()
    row = paid(share, "328.77", on)
    assert (row.overdue_interest, row.principal) == (yuan("328.77"), yuan("0.00"))
    assert_sound(loan)


def test_paying_early_costs_the_days_it_was_owed():
    """Art. 30: 10 000 at 12 % paid back after 41 days: 134.79."""
    loan = running_loan(rate="0.120000")
    assert payoff_of_loan(loan, DELIVERED_ON + timedelta(days=41)).interest == yuan("134.79")
