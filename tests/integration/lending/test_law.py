"""The law's own examples, through stored rows: what is owed is never more than is supported."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from cooperative.ledger.models import Entry
from core.parameters import load_reference_values
from credit.lending import parameters
from credit.lending.models import LoanEvent
from credit.lending.selectors.paying_off import payoff_of_loan
from credit.lending.services import delivery, extending
from tests.factories.contracting import Case, quick_pdf, rules_in_force, signed_case
from tests.factories.lending import TODAY, LprRateFactory
from tests.factories.membership import OfficerUserFactory
from tests.factories.running import DELIVERED_ON, Parties, assert_sound, noon, paid, running_loan

pytestmark = pytest.mark.django_db


@pytest.fixture
def quick_files() -> Iterator[None]:
    with quick_pdf():
        yield


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


def real_case(amount: str = "10000.00") -> Case:
    """A contract at 12 % that everybody signed, by the services that the pages call."""
    rules_in_force()
    return signed_case(amount, rate=yuan("0.12"), highest_rate=yuan("0.12"))


@pytest.mark.usefixtures("quick_files")
def test_what_is_kept_back_forms_nothing_until_the_whole_sum_has_come():
    """Art. 26: 500 of 10 000 kept back: no loan of 9 500, none of 10 000 either, no interest."""
    case = real_case()
    share, borrower = case.send(case.shares()[0]), case.borrower.member.user
    delivery.report_amount(share_id=share.pk, arrived=yuan("9500.00"), by=borrower, at=noon(TODAY))
    (share,) = case.shares()
    assert (share.state, share.delivered_on, share.principal_outstanding) == ("disputed", None, 0)
    assert payoff_of_loan(case.reload(), TODAY + timedelta(days=30)).total == 0
    assert not LoanEvent.objects.exists()
    assert not Entry.objects.exists()
    whole = TODAY + timedelta(days=3)
    case.arrive(share, whole)
    quote = payoff_of_loan(case.reload(), whole + timedelta(days=30))
    # 30 days of 12 % from the day of the whole sum, not 33: 98.63, not 108.49
    assert (quote.principal, quote.interest) == (yuan("10000.00"), yuan("98.63"))
    assert_sound(case.reload())


@pytest.mark.usefixtures("quick_files")
@pytest.mark.parametrize(
    ("lpr", "interest", "late"),
    [
        ("0.0290", "317.81", "317.81"),
        ("0.0300", "328.77", "328.77"),
        ("0.0310", "328.77", "328.77"),
    ],
)
def test_the_ceiling_is_that_of_the_day_of_delivery(lpr, interest, late):
    """Arts. 25, 29: signed at 12 % under 3.00 %; 100 days cost four times the rate of delivery."""
    case = real_case()
    arrived = TODAY + timedelta(days=1)
    LprRateFactory(published_on=arrived, one_year_rate=yuan(lpr))
    case.arrive(case.send(case.shares()[0], arrived), arrived)
    loan = case.reload()
    assert payoff_of_loan(loan, arrived + timedelta(days=100)).interest == yuan(interest)
    at_end = payoff_of_loan(loan, loan.ends_on)
    after = payoff_of_loan(loan, loan.ends_on + timedelta(days=100))
    assert after.interest == at_end.interest
    assert after.overdue_interest == yuan(late)
    assert_sound(loan)
