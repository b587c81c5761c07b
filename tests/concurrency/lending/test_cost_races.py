"""Two officers decide one cost at once; a payment comes while it is taken back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from credit.lending.models import Cost, Loan, LoanEvent
from credit.lending.services import cost_reversing, costs, repaying
from tests.concurrency.lending.test_repaying_races import (
    ANY,
    meeting_after,
    refusals,
    without_locks,
)
from tests.factories.core import StoredFileFactory
from tests.factories.running import Parties, assert_sound, declared, noon, running_loan
from tests.race import race

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
DAY = date(2026, 7, 20)


def recorded(parties: Parties) -> Cost:
    return costs.record_cost(
        share_id=parties.shares()[0].pk,
        kind=Cost.Kind.TRAVEL,
        amount=Decimal("35.00"),
        borne_on=DAY,
        reason="车票。",
        evidence=StoredFileFactory(purpose="lending.slip"),
        by=parties.officer("convener"),
        at=noon(DAY),
    )


def confirm_twice() -> tuple[int, list[str]]:
    """How many events came of it, and what was refused."""
    loan = running_loan()
    parties = Parties(loan)
    row = recorded(parties)
    reviewers = [parties.officer("reviewer"), parties.officer("reviewer")]
    with meeting_after(costs, "_check_may"):
        answers = race(
            *(
                lambda by=by: costs.confirm_cost(cost_id=row.pk, by=by, at=noon(DAY))
                for by in reviewers
            ),
            errors=ANY,
        )
    if refusals(answers) == ["wrong_state"]:
        assert_sound(loan)
    return LoanEvent.objects.filter(kind="cost_added").count(), refusals(answers)


def proposed_to_take_back(parties: Parties) -> Cost:
    row = recorded(parties)
    costs.confirm_cost(cost_id=row.pk, by=parties.officer("reviewer"), at=noon(DAY))
    return cost_reversing.propose_cost_reversal(
        cost_id=row.pk, reason="登记错了。", by=parties.officer("convener"), at=noon(DAY)
    )


def take_back_twice() -> tuple[int, list[str]]:
    """How many events came of it, and what was refused."""
    loan = running_loan()
    parties = Parties(loan)
    row = proposed_to_take_back(parties)
    reviewers = [parties.officer("reviewer"), parties.officer("reviewer")]
    with meeting_after(cost_reversing, "_check_may_reverse"):
        answers = race(
            *(
                lambda by=by: cost_reversing.confirm_cost_reversal(
                    cost_id=row.pk, by=by, at=noon(DAY)
                )
                for by in reviewers
            ),
            errors=ANY,
        )
    if refusals(answers) == ["not_proposed"]:
        assert_sound(loan)
    return LoanEvent.objects.filter(kind="cost_removed").count(), refusals(answers)


def take_back_beside_a_payment() -> tuple[Loan, list[str]]:
    """Both find that the cost is owed and unpaid, unless one waits for the other."""
    loan = running_loan()
    parties = Parties(loan)
    row = proposed_to_take_back(parties)
    payment = declared(parties.shares()[0], "35.00", DAY)
    with meeting_after(cost_reversing, "_check_unpaid"), meeting_after(repaying, "_check_may"):
        answers = race(
            lambda: cost_reversing.confirm_cost_reversal(
                cost_id=row.pk, by=parties.officer("reviewer"), at=noon(DAY)
            ),
            lambda: repaying.confirm_repayment(
                repayment_id=payment.pk, by=parties.lender(), at=noon(DAY)
            ),
            errors=ANY,
        )
    return loan, refusals(answers)


def test_a_cost_confirmed_by_two_at_once_is_owed_once() -> None:
    assert confirm_twice() == (1, ["wrong_state"])


def test_without_the_lock_it_is_owed_twice() -> None:
    with without_locks():
        assert confirm_twice() == (2, [])


def test_a_cost_taken_back_by_two_at_once_goes_once() -> None:
    assert take_back_twice() == (1, ["not_proposed"])


def test_without_the_lock_it_goes_twice() -> None:
    with without_locks():
        assert take_back_twice() == (2, [])


def test_a_payment_beside_the_taking_back_counts_before_or_after_it() -> None:
    loan, refused = take_back_beside_a_payment()
    assert refused in ([], ["cost_paid"])
    assert_sound(loan)


def test_without_the_lock_the_two_collide() -> None:
    with without_locks():
        _loan, refused = take_back_beside_a_payment()
    assert refused == ["lending_loanevent_sequence_once"]
