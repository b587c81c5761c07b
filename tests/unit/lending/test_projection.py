"""What is stored of a share is a function of its events: parts sum, lines stay, books balance."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooperative.ledger.rules import check_lines
from credit.lending.rules.books import Standing, balances, balances_of, less, lines_of
from credit.lending.rules.overdue import Bucket
from credit.lending.rules.projection import (
    Parts,
    project_events,
    share_terms,
    terms_from_json,
    terms_to_json,
)
from credit.lending.rules.share import Extended, Paid, Reversed, ShareTerms, WrittenOff
from credit.lending.rules.states.share import ShareState as Where
from credit.lending.rules.terms import CustomDue, Method, Terms

ZERO = Decimal("0.00")
START = date(2026, 1, 10)
HUNDREDS = st.integers(min_value=1, max_value=900_000).map(lambda fen: Decimal(fen) / 100)


def yuan(text: str) -> Decimal:
    return Decimal(text)


def terms_of(
    method: Method = Method.EQUAL_INSTALMENT,
    *,
    principal: str = "12000.00",
    instalments: int = 6,
    rate: str = "0.08",
) -> ShareTerms:
    """A share of a loan over six months."""
    terms = Terms.for_loan(
        principal=yuan(principal),
        disbursed_on=START,
        annual_rate=yuan(rate),
        method=method,
        instalments=instalments,
    )
    return share_terms(
        terms,
        amounts=[yuan(principal)],
        position=0,
        delivered_on=START,
        annual_rate=yuan(rate),
        overdue_rate=yuan(rate),
        cap_rate=yuan("0.12"),
    )


def test_a_fresh_share_asks_for_what_its_contract_says():
    terms = terms_of()
    projection = project_events(terms, [], ZERO, START)
    assert projection.where == Where.FORMED
    assert projection.next_due_on == date(2026, 2, 10)
    asked = [(line.number, line.due_on, line.principal, line.interest) for line in projection.lines]
    assert asked == [(row.number, row.due_on, row.principal, row.interest) for row in terms.rows]
    assert projection.lines[0].from_on == START
    assert projection.lines[1].from_on == date(2026, 2, 10)


def test_a_bullet_paid_to_the_fen_is_settled_on_the_day_of_the_payment():
    terms = terms_of(Method.BULLET, principal="10000.00", instalments=6)
    on = START + timedelta(days=100)  # 10 000 × 8 % × 100/365 = 219.18
    paid = Paid(on, yuan("10219.18"), "1")
    projection = project_events(terms, [paid], ZERO, on)
    assert projection.where == Where.SETTLED
    assert projection.settled_on == on
    assert projection.next_due_on is None
    assert projection.parts == {"1": Parts(interest=yuan("219.18"), principal=yuan("10000.00"))}


def test_an_over_payment_waits_to_be_given_back_until_it_is():
    terms = terms_of(Method.BULLET, principal="10000.00")
    on = START + timedelta(days=100)
    events = [Paid(on, yuan("10300.00"), "1")]
    assert project_events(terms, events, ZERO, on).standing.unallocated == yuan("80.82")
    assert project_events(terms, events, yuan("80.82"), on).standing.unallocated == ZERO


def test_a_payment_of_the_day_before_moves_what_a_later_one_paid():
    """Paid back earlier, the principal bore less interest: the later payment pays more principal."""
    terms = terms_of(Method.BULLET, principal="10000.00")
    later = Paid(START + timedelta(days=60), yuan("1000.00"), "1", sequence=2)
    earlier = Paid(START + timedelta(days=30), yuan("5000.00"), "2", sequence=3)
    alone = project_events(terms, [later], ZERO, later.on).parts["1"]
    both = project_events(terms, [later, earlier], ZERO, later.on).parts
    assert alone == Parts(interest=yuan("131.51"), principal=yuan("868.49"))
    assert both["2"] == Parts(interest=yuan("65.75"), principal=yuan("4934.25"))
    # 5 065.75 × 8 % × 30/365 = 33.31
    assert both["1"] == Parts(interest=yuan("33.31"), principal=yuan("966.69"))


def test_a_reversed_payment_never_was():
    terms = terms_of()
    on = START + timedelta(days=31)
    paid = Paid(on, yuan("2000.00"), "1", sequence=2)
    taken_back = [paid, Reversed("1", on + timedelta(days=5), sequence=3)]
    day = on + timedelta(days=9)
    with_it = project_events(terms, taken_back, ZERO, day)
    without = project_events(terms, [], ZERO, day)
    assert (with_it.standing, with_it.lines, with_it.bucket) == (
        without.standing,
        without.lines,
        Bucket.UP_TO_30,
    )
    assert with_it.overdue_since == date(2026, 2, 10)
    assert with_it.parts == {}


def test_written_off_principal_is_no_longer_outstanding_and_a_later_payment_recovers_it():
    terms = terms_of(Method.BULLET, principal="10000.00", rate="0")
    given_up = WrittenOff(START + timedelta(days=300), sequence=2)
    after = Paid(START + timedelta(days=320), yuan("400.00"), "1", sequence=3)
    projection = project_events(terms, [given_up, after], ZERO, START + timedelta(days=400))
    assert projection.where == Where.WRITTEN_OFF
    assert projection.standing == Standing(
        principal_paid=yuan("400.00"), written_off=yuan("9600.00")
    )
    assert (projection.next_due_on, projection.settled_on) == (None, None)


def test_a_share_without_interest_has_nothing_due_where_its_principal_is_paid_before():
    terms = terms_of(Method.EQUAL_PRINCIPAL, rate="0")
    paid = Paid(START + timedelta(days=3), yuan("5000.00"), "1")
    soon = project_events(terms, [paid], ZERO, paid.on)
    later = project_events(terms, [paid], ZERO, date(2026, 3, 20))
    assert soon.next_due_on == later.next_due_on == date(2026, 4, 10)
    assert soon.lines == later.lines
    assert later.overdue_since is None


def test_terms_survive_being_stored():
    terms = terms_of()
    assert terms_from_json(terms_to_json(terms)) == terms


@given(
    dues=st.lists(st.integers(min_value=200, max_value=400_000), min_size=1, max_size=5),
    weights=st.lists(st.integers(min_value=1, max_value=40), min_size=1, max_size=5),
)
def test_sums_set_by_hand_are_divided_without_loss(dues, weights):
    """By day and by lender: what all lenders get on a day is what the contract says of that day."""
    whole = sum(dues)
    cut = [whole * sum(weights[:n]) // sum(weights) for n in range(len(weights) + 1)]
    amounts = [Decimal(b - a) / 100 for a, b in pairwise(cut)]
    if not all(amounts):
        return
    custom = tuple(
        CustomDue(START + timedelta(days=30 * (n + 1)), Decimal(due) / 100)
        for n, due in enumerate(dues)
    )
    contract = Terms.for_loan(
        principal=Decimal(whole) / 100,
        disbursed_on=START,
        annual_rate=yuan("0.06"),
        method=Method.CUSTOM,
        instalments=len(custom),
        custom_due=custom,
    )
    shares = [
        share_terms(
            contract,
            amounts=amounts,
            position=position,
            delivered_on=START,
            annual_rate=yuan("0.06"),
            overdue_rate=yuan("0.06"),
            cap_rate=yuan("0.12"),
        )
        for position in range(len(amounts))
    ]
    assert [share.principal for share in shares] == amounts
    for number, due in enumerate(custom):
        assert sum(share.rows[number].principal for share in shares) == due.principal
        assert all(share.rows[number].principal >= 0 for share in shares)


STEPS = st.lists(st.tuples(st.integers(0, 260), HUNDREDS, st.booleans()), max_size=6)


@given(
    steps=STEPS,
    method=st.sampled_from([Method.BULLET, Method.EQUAL_INSTALMENT, Method.INTEREST_ONLY]),
    rate=st.sampled_from(["0", "0.08", "0.12"]),
    end=st.one_of(st.none(), st.integers(20, 300)),
    pause=st.integers(0, 700),
)
def test_parts_sum_books_balance_and_lines_wait_for_no_clock(steps, method, rate, end, pause):
    terms = terms_of(method, rate=rate)
    events = []
    for number, (day, amount, gone) in enumerate(steps):
        paid = Paid(START + timedelta(days=day), amount, str(number), sequence=number)
        events.append(paid)
        if gone:
            events.append(Reversed(paid.id, START + timedelta(days=300), sequence=100 + number))
    if end is not None:
        events.append(WrittenOff(START + timedelta(days=end), sequence=200))
    last = START + timedelta(days=300)
    projection = project_events(terms, events, ZERO, last)
    amounts = {str(number): amount for number, (_day, amount, gone) in enumerate(steps) if not gone}
    assert {key: parts.total for key, parts in projection.parts.items()} == amounts  # I5
    standing = projection.standing
    received = (
        standing.principal_paid
        + standing.interest_paid
        + standing.overdue_interest_paid
        + standing.costs_paid
        + standing.unallocated
    )
    assert received == sum(amounts.values(), ZERO)
    assert sum(line.principal for line in projection.lines) == terms.principal  # I4
    owed = standing.principal_outstanding + standing.written_off
    assert owed + standing.principal_paid == terms.principal
    for line in projection.lines:
        assert line.principal_paid <= line.principal
        assert line.interest_paid <= line.interest
        assert line.from_on <= line.due_on
    soonest = max([START, *(event.on for event in events if not isinstance(event, Reversed))])
    later = project_events(terms, events, ZERO, soonest + timedelta(days=pause))
    assert later.lines == projection.lines
    assert later.standing == standing
    assert (projection.bucket == Bucket.CURRENT) == (projection.overdue_since is None)
    lines = lines_of(balances("member:1", "member:2", standing))
    check_lines(lines)  # I2


@given(
    steps=st.lists(st.tuples(st.integers(0, 200), HUNDREDS), max_size=4),
    moved=st.integers(1, 150),
    day=st.integers(0, 250),
)
def test_lines_wait_for_no_clock_after_an_extension_either(steps, moved, day):
    terms = terms_of(Method.INTEREST_ONLY)
    on = START + timedelta(days=150)
    last = terms.rows[-1]
    events = [
        Paid(START + timedelta(days=when), amount, str(n), sequence=n)
        for n, (when, amount) in enumerate(steps)
    ]
    events.append(Extended(on, {last.number: last.due_on + timedelta(days=moved)}, sequence=50))
    first = project_events(terms, events, ZERO, START + timedelta(days=200))
    later = project_events(terms, events, ZERO, START + timedelta(days=200 + day))
    assert first.lines == later.lines


def test_the_difference_of_two_standings_leads_from_one_to_the_other():
    before = balances("member:1", "member:2", Standing(principal_outstanding=yuan("100.00")))
    after = balances(
        "member:1",
        "member:2",
        Standing(
            principal_outstanding=yuan("40.00"),
            principal_paid=yuan("60.00"),
            interest_paid=yuan("1.50"),
        ),
    )
    lines = lines_of(less(after, before))
    check_lines(lines)
    told = {(line.holder, line.account_kind): line.debit - line.credit for line in lines}
    assert told == {
        ("member:1", "claim"): yuan("-60.00"),
        ("member:1", "interest_received"): yuan("-1.50"),
        ("member:1", "money"): yuan("61.50"),
        ("member:2", "debt"): yuan("60.00"),
        ("member:2", "interest_paid"): yuan("1.50"),
        ("member:2", "money"): yuan("-61.50"),
    }
    assert balances_of(lines) == told


@pytest.mark.parametrize("amount", ["0.01", "9999999.99"])
def test_what_is_given_up_leaves_the_debt(amount):
    """The lender's books close; the borrower goes on owing."""
    book = balances("member:1", "member:2", Standing(written_off=yuan(amount)))
    assert book["member:1", "write_off"] == yuan(amount)
    assert book["member:1", "claim"] == ZERO
    assert book["member:2", "debt"] == -yuan(amount)
