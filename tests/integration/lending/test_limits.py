"""What people have at stake, and the counters that officers watch."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from credit.lending.limit_words import warning_of
from credit.lending.models import Share
from credit.lending.rules.policy import Measure, Severity
from credit.lending.selectors.limits import (
    counters,
    counters_of_member,
    exposure_of,
    near_limits,
    union_total,
)
from credit.lending.selectors.requests import findings_of, past_of
from credit.scoring.models import Score
from tests.factories.lending import LoanFactory, LoanRequestFactory, PartyFactory, ShareFactory
from tests.factories.scoring import OverrideFactory
from tests.integration.lending.world import TODAY, World

SINCE = date(2024, 5, 20)


@pytest.fixture
def world(db):
    return World()


def loan_of(membership, amount="10000.00", **state):
    return LoanFactory(
        **(state or {"active": True}),
        request=LoanRequestFactory(membership=membership, contracted=True),
        principal=Decimal(amount),
    )


def test_exposure_counts_what_is_agreed_under_way_and_outstanding(world):
    lender = PartyFactory(union=world.union)
    states = ("agreed", "sent", "disputed", "formed", "settled", "given_up", "lapsed")
    for state in states:
        traits = {} if state == "agreed" else {state: True}
        ShareFactory(**traits, loan=loan_of(world.borrower), membership=lender)
    partly = ShareFactory(formed=True, loan=loan_of(world.borrower), membership=lender)
    Share.objects.filter(pk=partly.pk).update(
        principal_outstanding=Decimal("2500.00"), principal_paid=Decimal("7500.00")
    )
    borrowed = exposure_of(world.borrower.member, since=SINCE, on=TODAY)
    assert (borrowed.borrowed, borrowed.lenders) == (
        Decimal("42500.00"),
        frozenset({lender.member_id}),
    )
    assert (borrowed.lent, borrowed.loans) == (0, 0)
    lent = exposure_of(lender.member, since=SINCE, on=TODAY)
    assert (lent.lent, lent.loans, lent.borrowed) == (Decimal("42500.00"), 7, 0)
    assert union_total(world.union) == Decimal("42500.00")


def test_exposure_is_one_person_s_in_all_their_unions(world):
    elsewhere = PartyFactory(member=world.borrower.member)
    ShareFactory(formed=True, loan=loan_of(world.borrower))
    ShareFactory(formed=True, loan=loan_of(elsewhere))
    exposure = exposure_of(world.borrower.member, since=SINCE, on=TODAY)
    assert (exposure.borrowed, len(exposure.lenders)) == (Decimal("20000.00"), 2)
    assert union_total(world.union) == Decimal("10000.00")


def test_counters_show_everybody_and_the_union_s_total(world):
    lender = PartyFactory(union=world.union)
    ShareFactory(formed=True, loan=loan_of(world.borrower, "60000.00"), membership=lender)
    found = counters(world.union, TODAY)
    assert (found[0].measure, found[0].value, found[0].percent) == (
        Measure.UNION_TOTAL,
        Decimal("60000.00"),
        1,
    )
    of_borrower = {row.measure: row for row in found if row.who == world.borrower.member}
    assert of_borrower[Measure.BORROWER_OUTSTANDING].severity is Severity.WARN
    assert of_borrower[Measure.BORROWER_OUTSTANDING].percent == 60
    assert [(row.measure, row.who) for row in near_limits(world.union, TODAY)] == [
        (Measure.BORROWER_OUTSTANDING, world.borrower.member)
    ]
    (own, *_rest) = counters_of_member(world.borrower.member, world.union, TODAY)
    assert own.value == Decimal("60000.00")


def test_counters_take_a_fixed_number_of_queries(world, django_assert_num_queries):
    ShareFactory(formed=True, loan=loan_of(world.borrower))
    with django_assert_num_queries(8):
        counters(world.union, TODAY)
    for _loan in range(4):
        ShareFactory(formed=True, loan=loan_of(PartyFactory(union=world.union)))
    with django_assert_num_queries(8):
        assert len({row.who for row in counters(world.union, TODAY)}) == 11


def test_an_officer_sees_what_a_request_would_come_to(world):
    request = world.convening(amount=Decimal("60000.00"), term_months=12)
    found = {row.measure: row for row in findings_of(request, TODAY)}
    assert {measure.value: row.severity.value for measure, row in found.items()} == {
        "borrower_outstanding": "warn",
        "term_months": "warn",
    }
    assert [warning_of(row) for row in found.values()] == [
        "借款人名下会有 60,000 元，超过预警 50,000 元。",
        "期限 12 个月，超过预警 10 个月。",
    ]


def test_the_borrower_s_past_is_counted(world):
    ShareFactory(overdue=True, loan=loan_of(world.borrower))
    ShareFactory(settled=True, loan=loan_of(world.borrower, settled=True))
    past = past_of(world.submit())
    assert (past.settled, past.running, past.late, past.written_off) == (1, 1, 1, 0)


def test_an_override_in_force_stands_in_the_place_of_the_score_s_limit(world):
    score = Score.objects.get(member=world.borrower.member)
    OverrideFactory(
        score=score,
        confirmed=True,
        limit_amount=Decimal("13000.00"),
        starts_on=TODAY,
        ends_on=TODAY + timedelta(days=30),
    )
    member = world.borrower.member
    assert exposure_of(member, since=SINCE, on=TODAY).credit_limit == Decimal("13000.00")
    after = exposure_of(member, since=SINCE, on=TODAY + timedelta(days=30))
    assert after.credit_limit == Decimal("200000.00")
