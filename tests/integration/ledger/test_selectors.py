"""Balances and statements: exact figures, a fixed number of queries."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from cooperative.ledger.rules import Line
from cooperative.ledger.selectors import balances, balances_of, entries_about, statement
from cooperative.ledger.services import post_entry, reverse_entry
from tests.factories.ledger import (
    BORROWER,
    KIND,
    LENDER,
    NOON,
    EvidenceFactory,
    delivery,
    subject,
)

pytestmark = pytest.mark.django_db


def on(day: int) -> date:
    return date(2026, 5, day)


def post(lines, day, about=1):
    return post_entry(
        subject=subject(about),
        kind=KIND,
        business_date=on(day),
        lines=lines,
        by=None,
        at=NOON,
        scope="",
    )


def repayment(principal, interest):
    principal, interest = Decimal(principal), Decimal(interest)
    both = principal + interest
    return [
        Line(BORROWER, "debt", debit=principal),
        Line(BORROWER, "interest_paid", debit=interest),
        Line(BORROWER, "money", credit=both),
        Line(LENDER, "money", debit=both),
        Line(LENDER, "claim", credit=principal),
        Line(LENDER, "interest_received", credit=interest),
    ]


@pytest.fixture
def story():
    """100 delivered on the 1st, 40 + 1.50 repaid on the 10th, 20 more about another row."""
    return [
        post(delivery("100.00"), 1),
        post(repayment("40.00", "1.50"), 10),
        post(delivery("20.00"), 12, about=2),
    ]


def test_balances_on_a_day_count_that_day(story, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert balances(BORROWER, on(1)) == {"money": Decimal(100), "debt": Decimal(-100)}
    assert balances(BORROWER, on(9)) == balances(BORROWER, on(1))
    assert balances(BORROWER, on(10)) == {
        "money": Decimal("58.50"),
        "debt": Decimal("-60.00"),
        "interest_paid": Decimal("1.50"),
    }
    assert balances(LENDER) == {
        "money": Decimal("-78.50"),
        "claim": Decimal("80.00"),
        "interest_received": Decimal("-1.50"),
    }


def test_balances_of_nobody_are_none(story):
    assert balances("member:9") == {}
    assert balances(LENDER, date(2026, 4, 30)) == {}


def test_balances_of_many_come_in_one_query(story, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = balances_of([LENDER, BORROWER, "member:9"])
    assert found == {LENDER: balances(LENDER), BORROWER: balances(BORROWER)}


def test_entries_about_a_row_come_in_order_with_their_parts(story, django_assert_num_queries):
    EvidenceFactory(entry=story[0])
    back = reverse_entry(entry=story[1], reason="not_arrived", by=None, at=NOON)
    with django_assert_num_queries(3):
        found = list(entries_about(subject(1)))
        parts = [(len(e.postings.all()), len(e.evidence.all())) for e in found]
        reversals = [e.reverses for e in found]
    assert found == [story[0], story[1], back]
    assert parts == [(4, 1), (6, 0), (6, 0)]
    assert reversals == [None, None, story[1]]


def test_statement_runs_from_opening_to_closing(story, django_assert_num_queries):
    with django_assert_num_queries(2):
        found = statement(BORROWER, starts_on=on(10), ends_on=on(31))
    assert found.opening == {"money": Decimal(100), "debt": Decimal(-100)}
    shown = [(x.entry, x.account_kind, x.debit, x.credit, x.balance) for x in found.lines]
    zero = Decimal("0.00")
    assert shown == [
        (story[1], "debt", Decimal(40), zero, Decimal(-60)),
        (story[1], "interest_paid", Decimal("1.50"), zero, Decimal("1.50")),
        (story[1], "money", zero, Decimal("41.50"), Decimal("58.50")),
        (story[2], "money", Decimal(20), zero, Decimal("78.50")),
        (story[2], "debt", zero, Decimal(20), Decimal(-80)),
    ]
    assert found.closing == balances(BORROWER)


def test_statement_of_one_account_about_one_row(story):
    found = statement(LENDER, starts_on=on(1), ends_on=on(31), kinds=["claim"], about=[subject(1)])
    assert [line.balance for line in found.lines] == [Decimal(100), Decimal(60)]
    assert found.opening == {}
    assert found.closing == {"claim": Decimal(60)}


def test_statement_sorts_a_late_entry_by_its_business_date(story):
    late = post(delivery("5.00"), 5)
    found = statement(BORROWER, starts_on=on(1), ends_on=on(31), kinds=["debt"])
    assert [line.entry for line in found.lines] == [story[0], late, story[1], story[2]]
    assert [line.balance for line in found.lines] == [
        Decimal(-100),
        Decimal(-105),
        Decimal(-65),
        Decimal(-85),
    ]
