"""Each instalment can show how its interest came about, and the figures are the engine's."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from core.exact import to_fen
from credit.lending.rules.explaining import explain
from credit.lending.rules.replay import project, replay
from credit.lending.rules.schedule import Span
from credit.lending.rules.share import Extended, Paid, Reversed, WrittenOff
from credit.lending.rules.terms import Method
from tests.unit.lending.test_projection import HUNDREDS, START, terms_of

ZERO = Decimal("0.00")


def test_a_bullet_paid_down_early_shows_two_balances():
    """10 000 for 100 days, then 5 000 for the other 81, at 8 %: 219.18 and 88.77."""
    terms = terms_of(Method.BULLET, principal="10000.00")
    paid = Paid(START + timedelta(days=100), Decimal("5219.18"), "1")
    told = explain(terms, [paid], paid.on)[1][1].interest
    assert told.spans == (
        Span(START, paid.on, Decimal("10000.00"), 100, 365),
        Span(paid.on, date(2026, 7, 10), Decimal("5000.00"), 81, 365),
    )
    assert to_fen(told.unrounded) == Decimal("307.95")
    assert told.rounding(told.unrounded) == Decimal("307.95")


def test_what_is_late_shows_its_own_days():
    terms = terms_of(Method.BULLET, principal="10000.00")
    due = date(2026, 7, 10)
    told = explain(terms, [], due + timedelta(days=10))[1][1]
    assert told.overdue is not None
    assert told.overdue.spans == (
        Span(due, due + timedelta(days=10), Decimal("10000.00"), 10, 365),
    )


@given(
    steps=st.lists(st.tuples(st.integers(0, 220), HUNDREDS, st.booleans()), max_size=5),
    method=st.sampled_from(
        [Method.BULLET, Method.EQUAL_INSTALMENT, Method.INTEREST_ONLY, Method.EQUAL_PRINCIPAL]
    ),
    extended=st.one_of(st.none(), st.integers(1, 90)),
    given_up=st.one_of(st.none(), st.integers(60, 300)),
    day=st.integers(0, 400),
)
def test_the_spans_are_the_yuan_days_of_the_engine(steps, method, extended, given_up, day):
    terms = terms_of(method)
    events = []
    for number, (when, amount, gone) in enumerate(steps):
        events.append(Paid(START + timedelta(days=when), amount, str(number), sequence=number))
        if gone:
            events.append(Reversed(str(number), START, sequence=100 + number))
    last = terms.rows[-1]
    if extended is not None:
        due = {last.number: last.due_on + timedelta(days=extended)}
        events.append(Extended(START + timedelta(days=120), due, sequence=200))
    if given_up is not None:
        events.append(WrittenOff(START + timedelta(days=given_up), sequence=300))
    as_of = START + timedelta(days=day)
    seen, told = explain(terms, events, as_of)
    assert seen == replay(terms, events, as_of, asked=True)
    state = replay(terms, events, as_of)
    final = project(terms, state, max([as_of, *(row.due_on for row in state.rows)]))
    for row in final.rows:
        spans = told[row.number].interest.spans
        assert sum((span.balance * span.days for span in spans), ZERO) == row.interest_days
    for row in state.rows:
        overdue = told[row.number].overdue
        spans = overdue.spans if overdue else ()
        assert sum((span.balance * span.days for span in spans), ZERO) == row.overdue_days
