"""Drawing a contract: what it fixes, what it says, and when it is refused with nothing changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from cooperative.notices.models import Notice
from core.errors import NotFound, Refused
from core.models import AuditRow, DocumentRecord
from credit.lending.models import ContractCopy, Loan, LoanRequest, Pledge, Share
from credit.lending.rules.terms import Terms
from credit.lending.services import contract_files
from tests.factories.contracting import (
    covered_case,
    drawn_case,
    noon,
    quick_pdf,
    rules_in_force,
)
from tests.factories.core import ParameterFactory
from tests.factories.lending import TODAY, LprRateFactory, PartyFactory
from tests.factories.membership import officer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rules() -> Iterator[None]:
    rules_in_force()
    with quick_pdf():
        yield


def refusal(case, code: str, **values) -> Refused:
    """The refusal of a drawing, after which everything is as before."""
    with pytest.raises(Refused) as caught:
        case.draw(**values)
    assert caught.value.code == code
    assert not Loan.objects.exists()
    assert not Share.objects.exists()
    assert not DocumentRecord.objects.exists()
    assert not AuditRow.objects.filter(action="lending.contract_drawn").exists()
    case.request.refresh_from_db()
    assert not Pledge.objects.filter(state="contracted").exists()
    return caught.value


def test_a_contract_fixes_amount_rate_days_and_shares():
    case = covered_case(purpose_note="玉米追肥")
    loan = case.draw()
    loan.refresh_from_db()
    assert (loan.state, loan.principal) == ("drawn", Decimal("12000.00"))
    assert (loan.annual_rate, loan.overdue_rate) == (Decimal("0.060000"), Decimal("0.060000"))
    assert loan.ends_on == date(2026, 11, 20)
    assert loan.sign_by == date(2026, 5, 27)
    assert loan.deliver_by == date(2026, 6, 3)
    terms = Terms.from_json(loan.terms)
    assert terms.day_count.value == "actual/365"
    assert (terms.principal, terms.disbursed_on) == (Decimal("12000.00"), TODAY)
    shares = case.shares()
    assert [(share.membership, share.amount, share.state) for share in shares] == [
        (case.lenders[0], Decimal("8000.00"), "agreed"),
        (case.lenders[1], Decimal("4000.00"), "agreed"),
    ]
    case.request.refresh_from_db()
    assert case.request.state == "contracted"
    states = Pledge.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["contracted", "contracted"]
    (row,) = AuditRow.objects.filter(action="lending.contract_drawn")
    assert (row.subject_id, row.facts["shares"], row.scope) == (loan.pk, 2, loan.union.path)


def test_everybody_is_told_what_to_sign_until_when():
    case = drawn_case()
    notices = Notice.objects.filter(kind="lending.contract_drawn").order_by("pk")
    assert [notice.recipient for notice in notices] == [p.member.user for p in case.parties]
    assert "5月27日" in notices[0].title
    assert "12,000 元" in notices[0].body
    assert "8,000 元" in notices[1].body
    assert notices[0].link == f"/credit/loans/{case.loan.pk}/sign/"


def test_the_money_is_planned_for_the_wanted_day_but_never_for_a_past_one():
    later = drawn_case(wanted_on=TODAY + timedelta(days=10))
    assert Terms.from_json(later.loan.terms).disbursed_on == TODAY + timedelta(days=10)
    late = drawn_case(wanted_on=TODAY - timedelta(days=3))
    assert Terms.from_json(late.loan.terms).disbursed_on == TODAY


def test_pledges_beyond_the_amount_are_cut_in_whole_yuan():
    case = drawn_case("8000.00", "4000.00", amount="10000.00")
    assert [share.amount for share in case.shares()] == [Decimal("6667.00"), Decimal("3333.00")]
    assert case.loan.principal == Decimal("10000.00")


# --- refusals ---


def test_an_uncovered_request_is_refused_with_what_is_missing():
    case = covered_case("8000.00", "4000.00", amount="15000.00")
    refused = refusal(case, "not_covered")
    assert str(refused.message) == "要借 15,000 元，大家一共答应 12,000 元，还差 3,000 元。"


@pytest.mark.parametrize("state", ["submitted", "convening", "contracted", "withdrawn"])
def test_only_a_covered_request_gets_a_contract(state):
    traits = {"submitted": {}, "withdrawn": {"withdrawn": True}}.get(state, {state: True})
    refused = refusal(covered_case(covered=False, **traits), "wrong_state")
    assert "凑齐以后" in str(refused.message)


@pytest.mark.parametrize(
    ("position", "change", "code"),
    [
        (0, {"state": "suspended"}, "not_admitted"),
        (1, {"state": "suspended"}, "not_admitted"),
        (2, {"waiting_ends_on": TODAY + timedelta(days=1)}, "waiting_period"),
    ],
)
def test_a_party_who_may_not_any_more_stops_it(position, change, code):
    case = covered_case()
    party = case.parties[position]
    for name, value in change.items():
        setattr(party, name, value)
    party.save()
    refused = refusal(case, code)
    assert str(refused.message).startswith("王*")


def test_who_cannot_sign_stops_it():
    case = covered_case()
    case.lenders[0].member.user = None
    case.lenders[0].member.save()
    assert "手机" in str(refusal(case, "cannot_sign").message)


def test_a_rate_above_the_ceiling_of_today_is_refused():
    case = covered_case(rate=Decimal("0.120001"), highest_rate=Decimal("0.15"))
    refusal(case, "limit_rate_percent")
    fine = covered_case(rate=Decimal("0.120000"), highest_rate=Decimal("0.15"))
    assert fine.draw().annual_rate == Decimal("0.12")


def test_without_a_rate_of_today_nothing_is_drawn():
    case = covered_case()
    refusal(case, "lpr_missing", at=noon(date(2026, 6, 22)))


@pytest.mark.parametrize(
    ("code", "value", "refused"),
    [
        ("lending.borrower_outstanding_stop", "11999", "limit_borrower_outstanding"),
        ("lending.borrower_lenders_stop", "1", "limit_borrower_lenders"),
        ("lending.lender_out_stop", "7999", "limit_lender_out"),
        ("lending.union_total_stop", "11999", "limit_"),
        ("lending.term_months_stop", "5", "limit_term_months"),
    ],
)
def test_a_stop_level_stops(code, value, refused):
    case = covered_case()
    scope = case.borrower.union.path
    ParameterFactory(code=code, value=Decimal(value), scope=scope)
    ParameterFactory(code=code.replace("_stop", "_warn"), value=Decimal(1), scope=scope)
    with pytest.raises(Refused) as caught:
        case.draw()
    assert caught.value.code.startswith(refused)
    assert not Loan.objects.exists()


def test_contracts_agreed_elsewhere_count():
    first = drawn_case()
    second = covered_case("3000.00")
    union = second.borrower.union
    membership = PartyFactory(union=union, member=first.lenders[0].member)
    pledge = Pledge.objects.get(request=second.request)
    pledge.membership = membership
    pledge.save()
    ParameterFactory(code="lending.lender_out_stop", value=Decimal("10999"), scope=union.path)
    with pytest.raises(Refused) as caught:
        second.draw()
    assert caught.value.code == "limit_lender_out"


def test_nothing_may_fall_due_before_the_money_can_have_come():
    due = [{"on": "2026-06-03", "principal": "12000.00"}]
    refused = refusal(covered_case(method="custom", custom_due=due), "due_too_soon")
    assert "6月3日" in str(refused.message)
    due[0]["on"] = "2026-06-04"
    assert covered_case(method="custom", custom_due=due).draw().ends_on == date(2026, 6, 4)


def test_days_by_hand_that_do_not_sum_to_the_amount_are_refused():
    due = [{"on": "2026-09-30", "principal": "11999.99"}]
    refused = refusal(covered_case(method="custom", custom_due=due), "terms_unsound")
    assert refused.facts["cause"] == "custom_sum"


def test_an_officer_does_not_draw_their_own_contract():
    case = covered_case()
    case.borrower.member.user = case.officer
    case.borrower.member.save()
    refusal(case, "own_matter")


@pytest.mark.parametrize("role", ["reviewer", "auditor", "administrator"])
def test_who_does_not_convene_finds_no_request(role):
    case = covered_case()
    case.officer = officer(role, case.borrower.union)
    with pytest.raises(NotFound):
        case.draw()


def test_an_officer_of_another_union_finds_no_request():
    case, other = covered_case(), covered_case()
    case.officer = other.officer
    with pytest.raises(NotFound):
        case.draw()


# --- what never changes again ---


@pytest.mark.parametrize(
    "change", [{"principal": 1}, {"annual_rate": 0}, {"contract_sha256": "1" * 64}, {"terms": {}}]
)
def test_the_database_refuses_to_change_a_contract(change):
    loan = drawn_case().loan
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Loan.objects.filter(pk=loan.pk).update(**change)


def test_the_database_refuses_to_take_a_copy_away():
    drawn_case()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ContractCopy.objects.all().delete()


def test_a_correction_of_the_lpr_changes_no_contract():
    loan = drawn_case().loan
    LprRateFactory(published_on=TODAY - timedelta(days=30), one_year_rate=Decimal("0.0500"))
    assert "3.00%" in str(contract_files.content_of(loan)["articles"])
    assert LoanRequest.objects.get().state == "contracted"


def test_nothing_is_drawn_on_the_account_of_another(rules):
    case = covered_case(account_holder="王大海")
    with pytest.raises(Refused) as caught:
        case.draw()
    assert caught.value.code == "account_of_another"
    assert not Loan.objects.exists()


def test_the_contract_freezes_the_account(rules):
    case = drawn_case()
    case.request.account_number = "08301234567890"
    case.request.save()
    account = contract_files.account_of(case.reload())
    assert (account.bank, account.number) == ("农业银行双城支行", "6228480402564890018")
