"""Two officers decide one cost at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from credit.lending.models import Cost, LoanEvent
from credit.lending.services import costs
from tests.concurrency.lending.test_repaying_races import (
    ANY,
    meeting_after,
    refusals,
    without_locks,
)
from tests.factories.core import StoredFileFactory
from tests.factories.running import Parties, assert_sound, noon, running_loan
from tests.race import race

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
DAY = date(2026, 7, 20)


def confirm_twice() -> tuple[int, list[str]]:
    """How many events came of it, and what was refused."""
    loan = running_loan()
    parties = Parties(loan)
    row = costs.record_cost(
        share_id=parties.shares()[0].pk,
        kind=Cost.Kind.TRAVEL,
        amount=Decimal("35.00"),
        borne_on=DAY,
        reason="车票。",
        evidence=StoredFileFactory(purpose="lending.slip"),
        by=parties.officer("convener"),
        at=noon(DAY),
    )
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


def test_a_cost_confirmed_by_two_at_once_is_owed_once() -> None:
    assert confirm_twice() == (1, ["wrong_state"])


def test_without_the_lock_it_is_owed_twice() -> None:
    with without_locks():
        assert confirm_twice() == (2, [])
