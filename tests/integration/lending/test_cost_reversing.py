"""Taking a confirmed cost back: two officers, only while nothing of it is paid, replayed as if it never was."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.errors import NotFound, Refused
from core.models import AuditRow
from credit.lending.models import Cost, LoanEvent
from credit.lending.running import running_todos, running_waiting
from credit.lending.selectors.loans import loan_page
from credit.lending.selectors.paying_off import payoff_of_loan
from credit.lending.selectors.statements import statement_of_loan
from credit.lending.services import cost_reversing, troubles
from tests.factories.running import Parties, assert_sound, noon, paid, running_loan
from tests.integration.lending.test_costs import BORNE, OWED_FROM, confirmed, recorded, told

pytestmark = pytest.mark.django_db
LATER = OWED_FROM + timedelta(days=100)


def proposed(cost: Cost, **more: Any) -> Cost:
    by = more.pop("by", None) or Parties(cost.share.loan).officer("convener")
    given = {"reason": "票据开给了别人。", "at": noon(LATER)} | more
    return cost_reversing.propose_cost_reversal(cost_id=cost.pk, by=by, **given)


def taken_back(cost: Cost) -> Cost:
    proposed(cost)
    by = Parties(cost.share.loan).officer("reviewer")
    return cost_reversing.confirm_cost_reversal(cost_id=cost.pk, by=by, at=noon(LATER))


def test_a_cost_that_was_taken_back_never_was():
    loan, twin = running_loan(), running_loan()
    cost = confirmed(loan)
    taken_back(cost)
    cost.refresh_from_db()
    assert cost.state == "reversed"
    assert payoff_of_loan(loan, LATER).total == payoff_of_loan(twin, LATER).total
    assert loan_page(loan, LATER).due == loan_page(twin, LATER).due
    assert_sound(loan)
    kinds = LoanEvent.objects.filter(share__loan=loan).order_by("sequence")
    assert list(kinds.values_list("kind", flat=True)) == ["delivered", "cost_added", "cost_removed"]
    assert told("lending.cost_reversed") == {
        Parties(loan).borrower.pk,
        Parties(loan).lender().pk,
    }
    facts = AuditRow.objects.get(action="lending.cost_reversed").facts
    assert (facts["amount"], facts["share"]) == ("35.00", cost.share_id)
    lines = statement_of_loan(loan, BORNE, LATER).sections[0].lines
    assert [str(line.what) for line in lines] == ["计入追款费用", "撤销追款费用"]
    assert not [todo for todo in running_todos(loan.membership.member, LATER) if "35" in todo.text]
    again = recorded(loan)
    assert again.state == "proposed"


def test_the_ceiling_has_room_again():
    """Art. 29: a cost that took all that the ceiling left gives it back to the next one."""
    loan, twin = running_loan(), running_loan()
    large = confirmed(loan, "2000.00")
    assert payoff_of_loan(loan, LATER).costs == Decimal("320.00")
    taken_back(large)
    assert payoff_of_loan(loan, LATER).costs == Decimal(0)
    for one in (loan, twin):
        confirmed(one, "300.00")
    assert payoff_of_loan(loan, LATER).total == payoff_of_loan(twin, LATER).total
    assert_sound(loan)


def test_what_a_payment_has_covered_is_not_taken_back():
    loan = running_loan()
    cost = confirmed(loan)
    paid(Parties(loan).shares()[0], "1.00", OWED_FROM)
    with pytest.raises(Refused) as refused:
        proposed(cost)
    assert refused.value.code == "cost_paid"
    cost.refresh_from_db()
    assert (cost.state, cost.reversal_proposed_at) == ("confirmed", None)


def test_of_two_costs_the_one_that_is_not_paid_yet_is_taken_back():
    loan = running_loan()
    first, second = confirmed(loan, "35.00"), confirmed(loan, "40.00")
    row = paid(Parties(loan).shares()[0], "35.00", OWED_FROM)
    taken_back(second)
    row.refresh_from_db()
    assert row.costs == Decimal("35.00")
    assert payoff_of_loan(loan, LATER).costs == Decimal(0)
    with pytest.raises(Refused) as refused:
        proposed(first)
    assert refused.value.code == "cost_paid"
    assert_sound(loan)


def test_a_payment_between_proposal_and_confirmation_stops_it():
    loan = running_loan()
    cost = confirmed(loan)
    proposed(cost)
    paid(Parties(loan).shares()[0], "20.00", LATER)
    reviewer = Parties(loan).officer("reviewer")
    with pytest.raises(Refused) as refused:
        cost_reversing.confirm_cost_reversal(cost_id=cost.pk, by=reviewer, at=noon(LATER))
    assert refused.value.code == "cost_paid"
    cost_reversing.drop_cost_reversal(cost_id=cost.pk, by=reviewer, at=noon(LATER))
    cost.refresh_from_db()
    assert (cost.state, cost.reversal_reason, cost.reversal_proposed_by) == ("confirmed", "", None)
    assert_sound(loan)


def test_a_proposal_does_not_outlive_its_share():
    loan = running_loan()
    cost = confirmed(loan)
    proposed(cost)
    paid(Parties(loan).shares()[0], str(payoff_of_loan(loan, LATER).total), LATER)
    cost.refresh_from_db()
    assert (cost.state, cost.reversal_proposed_at) == ("confirmed", None)
    assert AuditRow.objects.filter(action="lending.cost_reversal_dropped").count() == 1


def test_what_waits_when_the_share_is_written_off_leaves_the_desk():
    loan = running_loan()
    row, parties = recorded(loan), Parties(loan)
    given_up = troubles.propose_write_off(
        loan_id=loan.pk, reason="收不回。", by=parties.officer("convener"), at=noon(LATER)
    )
    reviewer = parties.officer("reviewer")
    troubles.confirm_write_off(write_off_id=given_up.pk, by=reviewer, at=noon(LATER))
    row.refresh_from_db()
    assert (row.state, row.remark) == ("lapsed", "这一份借款已经核销")
    assert_sound(loan)


def test_two_officers_take_a_cost_back():
    loan = running_loan()
    cost = confirmed(loan)
    convener, reviewer = Parties(loan).officer("convener"), Parties(loan).officer("reviewer")
    with pytest.raises(Refused) as refused:
        cost_reversing.confirm_cost_reversal(cost_id=cost.pk, by=reviewer, at=noon(LATER))
    assert refused.value.code == "not_proposed"
    proposed(cost, by=convener)
    with pytest.raises(Refused) as refused:
        proposed(cost, by=convener)
    assert refused.value.code == "already_proposed"
    (line,) = [one for one in running_waiting(reviewer, LATER) if one.count]
    assert (str(line.label), line.count) == ("撤销费用等您复核", 1)
    with pytest.raises(NotFound):
        cost_reversing.confirm_cost_reversal(cost_id=cost.pk, by=convener, at=noon(LATER))
    Cost.objects.filter(pk=cost.pk).update(reversal_proposed_by=reviewer)
    with pytest.raises(Refused) as refused:
        cost_reversing.confirm_cost_reversal(cost_id=cost.pk, by=reviewer, at=noon(LATER))
    assert refused.value.code == "same_person"


def test_what_is_not_owed_is_not_taken_back():
    loan = running_loan()
    row = recorded(loan)
    with pytest.raises(Refused) as refused:
        proposed(row)
    assert refused.value.code == "wrong_state"
    cost = confirmed(running_loan())
    with pytest.raises(Refused) as refused:
        proposed(cost, reason=" ")
    assert refused.value.code == "reason_missing"
