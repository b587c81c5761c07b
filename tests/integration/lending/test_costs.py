"""Costs of realising a claim: two officers, the borrower's word, paid first, under the ceiling."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from cooperative.ledger.models import Posting
from cooperative.membership.models import Member
from cooperative.notices.models import Notice
from core.errors import NotFound, Refused
from core.files import access_file
from core.models import AuditRow
from credit.lending.models import Cost, Loan, LoanEvent, Share
from credit.lending.running import running_todos, running_waiting
from credit.lending.selectors.loans import loan_page
from credit.lending.selectors.paying_off import payoff_of_loan
from credit.lending.selectors.statements import statement_of_loan
from credit.lending.services import costs, repaying
from tests.factories.core import StoredFileFactory
from tests.factories.lending import CostFactory
from tests.factories.running import Parties, assert_sound, noon, paid, running_loan

pytestmark = pytest.mark.django_db
DUE = date(2026, 7, 10)
BORNE = date(2026, 7, 20)
OWED_FROM = date(2026, 7, 21)


def recorded(loan: Loan, amount: str = "35.00", **more: Any) -> Cost:
    given = {
        "share_id": Parties(loan).shares()[0].pk,
        "kind": "travel",
        "amount": Decimal(amount),
        "borne_on": BORNE,
        "reason": "去借款人家里两趟的车票。",
        "evidence": StoredFileFactory(purpose="lending.slip"),
        "at": noon(BORNE),
    }
    by = more.pop("by", None) or Parties(loan).officer("convener")
    return costs.record_cost(**(given | more), by=by)


def confirmed(loan: Loan, amount: str = "35.00") -> Cost:
    row = recorded(loan, amount)
    by = Parties(loan).officer("reviewer")
    return costs.confirm_cost(cost_id=row.pk, by=by, at=noon(OWED_FROM))


def told(kind: str) -> set[Any]:
    return set(Notice.objects.filter(kind=kind).order_by("pk").values_list("recipient", flat=True))


def test_a_recorded_cost_is_told_to_both_and_owed_by_nobody():
    loan = running_loan()
    row = recorded(loan)
    assert (row.state, row.share.costs_paid) == ("proposed", Decimal("0.00"))
    assert told("lending.cost_recorded") == {
        Parties(loan).borrower.pk,
        Parties(loan).lender().pk,
    }
    assert not LoanEvent.objects.filter(kind="cost_added").exists()
    assert payoff_of_loan(loan, OWED_FROM).costs == Decimal("0.00")
    (todo,) = [t for t in running_todos(loan.membership.member, BORNE) if "交通费" in t.text]
    assert todo.text == "看一看登记的交通费 35 元"
    assert AuditRow.objects.get(action="lending.cost_recorded").facts["amount"] == "35.00"


def test_a_confirmed_cost_is_paid_first_and_stands_on_every_paper():
    loan = running_loan()
    confirmed(loan)
    # 181 days at 8 % are 396.71; ten days late at 8 % are 21.92, eleven 24.11
    payoff = payoff_of_loan(loan, OWED_FROM)
    assert (payoff.costs, payoff.overdue_interest) == (Decimal("35.00"), Decimal("24.11"))
    assert payoff.total == Decimal("10455.82")
    page = loan_page(loan, OWED_FROM)
    assert (page.costs_owed, page.due) == (Decimal("35.00"), Decimal("10455.82"))
    row = paid(Parties(loan).shares()[0], "100.00", OWED_FROM)
    assert (row.costs, row.interest, row.principal) == (
        Decimal("35.00"),
        Decimal("65.00"),
        Decimal("0.00"),
    )
    assert Parties(loan).shares()[0].costs_paid == Decimal("35.00")
    lines = statement_of_loan(loan, BORNE, OWED_FROM).sections[0].lines
    assert [(str(line.what), line.amount, line.payer != "", line.costs) for line in lines] == [
        ("计入追款费用", Decimal("35.00"), False, Decimal("0.00")),
        ("还款", Decimal("100.00"), True, Decimal("35.00")),
    ]
    posted = Posting.objects.filter(account__kind="cost").order_by("pk")
    assert {(p.debit, p.credit) for p in posted} == {
        (Decimal("35.00"), Decimal("0.00")),
        (Decimal("0.00"), Decimal("35.00")),
    }
    assert_sound(loan)


def test_the_ceiling_clips_a_cost_and_lets_it_in_as_days_pass():
    """Art. 29: of 10 000 for 192 days the ceiling of 12 % is 631.23, interest takes 420.82 of it."""
    loan = running_loan()
    confirmed(loan, "2000.00")
    assert payoff_of_loan(loan, OWED_FROM).costs == Decimal("631.23") - Decimal("420.82")
    later = payoff_of_loan(loan, OWED_FROM + timedelta(days=100))
    # a hundred days more leave 12 % less the 8 % for being late: 328.77 less 219.18
    assert later.costs == Decimal("320.00")
    assert_sound(loan)


def test_a_payment_before_the_confirmation_keeps_its_parts():
    loan = running_loan()
    row = recorded(loan)
    before = paid(Parties(loan).shares()[0], "100.00", BORNE)
    by = Parties(loan).officer("reviewer")
    costs.confirm_cost(cost_id=row.pk, by=by, at=noon(OWED_FROM))
    before.refresh_from_db()
    assert (before.costs, before.interest) == (Decimal("0.00"), Decimal("100.00"))
    assert_sound(loan)


def test_a_reversal_gives_the_cost_back_to_the_next_payment():
    loan = running_loan()
    confirmed(loan)
    share = Parties(loan).shares()[0]
    first, second = paid(share, "50.00", OWED_FROM), paid(share, "60.00", OWED_FROM)
    assert (first.costs, second.costs) == (Decimal("35.00"), Decimal("0.00"))
    given = {"repayment_id": first.pk, "at": noon(OWED_FROM)}
    repaying.propose_reversal(
        cause="wrong_amount", reason="错。", by=Parties(loan).officer("convener"), **given
    )
    repaying.confirm_reversal(by=Parties(loan).officer("reviewer"), **given)
    second.refresh_from_db()
    assert (second.costs, second.interest) == (Decimal("35.00"), Decimal("25.00"))
    assert_sound(loan)


def test_who_paid_all_before_owes_no_cost_until_that_payment_falls():
    """The pay-off of the day before is confirmed late: the cost comes after it and asks nothing."""
    loan = running_loan()
    confirmed(loan)
    whole = payoff_of_loan(loan, BORNE).total
    row = paid(Parties(loan).shares()[0], str(whole), BORNE, at=noon(OWED_FROM))
    (share,) = Parties(loan).shares()
    assert (share.state, row.costs, share.costs_paid) == ("settled", 0, 0)
    assert_sound(loan)
    given = {"repayment_id": row.pk, "at": noon(OWED_FROM)}
    repaying.propose_reversal(
        cause="wrong_amount", reason="错。", by=Parties(loan).officer("convener"), **given
    )
    repaying.confirm_reversal(by=Parties(loan).officer("reviewer"), **given)
    assert payoff_of_loan(loan, OWED_FROM).costs == Decimal("35.00")
    assert_sound(loan)


def test_two_officers_and_the_desk_of_the_second():
    loan = running_loan()
    convener, reviewer = Parties(loan).officer("convener"), Parties(loan).officer("reviewer")
    row = recorded(loan, by=convener)
    (line,) = [w for w in running_waiting(reviewer, BORNE) if str(w.label) == "追款费用等您复核"]
    assert line.count == 1
    with pytest.raises(NotFound):
        costs.confirm_cost(cost_id=row.pk, by=convener, at=noon(BORNE))
    Cost.objects.filter(pk=row.pk).update(made_by=reviewer)
    for deed, more in ((costs.confirm_cost, {}), (costs.drop_cost, {"remark": "没有票。"})):
        with pytest.raises(Refused) as refused:
            deed(cost_id=row.pk, by=reviewer, at=noon(BORNE), **more)
        assert refused.value.code == "same_person"
    row.refresh_from_db()
    assert row.state == "proposed"


def test_the_borrowers_word_is_kept_and_said_once():
    loan = running_loan()
    row = recorded(loan)
    given = {"cost_id": row.pk, "objection": "没有来过。", "at": noon(BORNE)}
    with pytest.raises(NotFound):
        costs.object_to_cost(by=Parties(loan).lender(), **given)
    assert costs.object_to_cost(by=Parties(loan).borrower, **given).objection == "没有来过。"
    assert told("lending.cost_objected") == {Parties(loan).lender().pk}
    assert not [t for t in running_todos(loan.membership.member, BORNE) if "交通费" in t.text]
    with pytest.raises(Refused) as refused:
        costs.object_to_cost(by=Parties(loan).borrower, **given)
    assert refused.value.code == "objected_already"


def test_a_dropped_cost_is_owed_by_nobody_and_may_be_recorded_anew():
    loan = running_loan()
    row = recorded(loan)
    by = Parties(loan).officer("reviewer")
    costs.drop_cost(cost_id=row.pk, remark="票据看不清。", by=by, at=noon(BORNE))
    assert len(told("lending.cost_dropped")) == 2
    for deed in (costs.confirm_cost,):
        with pytest.raises(Refused) as refused:
            deed(cost_id=row.pk, by=by, at=noon(BORNE))
        assert refused.value.code == "wrong_state"
    with pytest.raises(Refused) as refused:
        costs.object_to_cost(
            cost_id=row.pk, objection="不对。", by=Parties(loan).borrower, at=noon(BORNE)
        )
    assert refused.value.code == "wrong_state"
    assert recorded(loan).pk != row.pk
    assert payoff_of_loan(loan, BORNE).costs == Decimal("0.00")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"borne_on": DUE}, "nothing_overdue"),
        ({"borne_on": BORNE + timedelta(days=1)}, "paid_in_future"),
        ({"amount": Decimal("0.00")}, "amount_wrong"),
        ({"amount": Decimal("0.001")}, "amount_wrong"),
        ({"reason": " "}, "reason_missing"),
        ({"reason": "长" * 301}, "reason_too_long"),
    ],
)
def test_what_cannot_be_a_cost_is_refused(more, code):
    loan = running_loan()
    with pytest.raises(Refused) as refused:
        recorded(loan, **more)
    assert refused.value.code == code
    assert not Cost.objects.exists()


def test_what_was_spent_while_a_line_was_late_counts_though_it_was_paid_since():
    loan = running_loan(method="equal_principal", months=3)
    (share,) = Parties(loan).shares()
    line = share.instalments.get(number=1)
    day = line.due_on + timedelta(days=10)
    paid(share, "5000.00", day)
    late = recorded(loan, borne_on=day - timedelta(days=5), at=noon(day))
    assert late.borne_on == day - timedelta(days=5)
    with pytest.raises(Refused) as refused:
        recorded(loan, borne_on=day + timedelta(days=1), at=noon(day + timedelta(days=2)))
    assert refused.value.code == "nothing_overdue"


def test_the_borrower_is_asked_for_costs_on_the_home_page():
    loan = running_loan()
    confirmed(loan)
    borrower = loan.membership.member
    (todo,) = [t for t in running_todos(borrower, OWED_FROM) if "要还" in t.text]
    assert todo.text == "借款已逾期 11 天，要还 10,455.82 元"
    (share,) = Parties(loan).shares()
    assert loan_page(loan, OWED_FROM).due == Decimal("10455.82")
    paid(share, "10455.82", OWED_FROM)
    assert not [t for t in running_todos(borrower, OWED_FROM) if "还款" in t.text]


def test_costs_are_asked_for_when_nothing_else_is_due():
    loan = running_loan(method="equal_principal", months=3)
    (share,) = Parties(loan).shares()
    day = share.instalments.get(number=1).due_on + timedelta(days=10)
    row = recorded(loan, borne_on=day, at=noon(day))
    paid(share, "3500.00", day)
    by = Parties(loan).officer("reviewer")
    costs.confirm_cost(cost_id=row.pk, by=by, at=noon(day))
    (todo,) = running_todos(loan.membership.member, day)
    assert todo.text == "还款 35 元"


def test_one_bill_is_recorded_once():
    loan = running_loan()
    recorded(loan)
    with pytest.raises(Refused) as refused:
        recorded(loan)
    assert refused.value.code == "recorded_already"
    assert Cost.objects.count() == 1


def test_a_party_decides_nothing():
    loan = running_loan()
    convener = Parties(loan).officer("convener")
    lender = loan.shares.get().membership.member
    Member.objects.filter(pk=lender.pk).update(user=convener)
    with pytest.raises(Refused) as refused:
        recorded(loan, by=convener)
    assert refused.value.code == "own_matter"


def test_what_waits_when_the_share_is_settled_leaves_the_desk():
    loan = running_loan()
    row = recorded(loan)
    reviewer = Parties(loan).officer("reviewer")
    with translation.override("en"):  # whoever confirms: what is stored stays Chinese
        paid(Parties(loan).shares()[0], str(payoff_of_loan(loan, BORNE).total), BORNE)
    row.refresh_from_db()
    assert (row.state, row.remark) == ("lapsed", "这一份借款已经还清")
    assert (row.lapsed_at, row.checked_by) == (noon(BORNE), None)
    assert told("lending.cost_lapsed") == {Parties(loan).borrower.pk, Parties(loan).lender().pk}
    assert AuditRow.objects.get(action="lending.cost_lapsed").facts["amount"] == "35.00"
    assert not any(line.count for line in running_waiting(reviewer, BORNE))
    assert_sound(loan)
    with pytest.raises(Refused) as refused:
        costs.confirm_cost(cost_id=row.pk, by=reviewer, at=noon(OWED_FROM))
    assert refused.value.code == "wrong_state"
    with pytest.raises(Refused) as refused:
        recorded(loan, "36.00")
    assert refused.value.code == "share_not_running"


def test_both_parties_and_the_officers_see_the_proof():
    loan = running_loan()
    row = recorded(loan)
    parties = Parties(loan)
    for user in (parties.borrower, parties.lender(), parties.officer("reviewer")):
        assert access_file(user, row.evidence_id).pk == row.evidence_id
    stranger = CostFactory().share.membership.member.user
    with pytest.raises(NotFound):
        access_file(stranger, row.evidence_id)
    assert Share.objects.count() == 2
