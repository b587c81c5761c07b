"""A share from its events: order, reversal, early and late payments, extension, the ceiling."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credit.lending.rules import (
    Change,
    CostAdded,
    CostRemoved,
    Event,
    Extended,
    Method,
    Paid,
    Reversed,
    ShareState,
    ShareTerms,
    Terms,
    WrittenOff,
    apply,
    most_allowed,
    payoff,
    project,
    replay,
    schedule,
    under_ceiling,
)

ZERO = Decimal(0)
DELIVERED = date(2026, 1, 12)
CAP = Decimal("0.12")
engine = settings(max_examples=50, deadline=None)


def share(
    method: Method = Method.EQUAL_INSTALMENT,
    *,
    principal: str = "12000.00",
    rate: str = "0.08",
    overdue: str = "0.10",
    instalments: int = 12,
) -> ShareTerms:
    made = Terms.for_loan(
        principal=Decimal(principal),
        disbursed_on=DELIVERED,
        annual_rate=Decimal(rate),
        instalments=instalments,
        method=method,
    )
    rows = under_ceiling(schedule(made), made.disbursements, CAP)
    return ShareTerms.of(
        rows,
        delivered_on=DELIVERED,
        annual_rate=Decimal(rate),
        overdue_rate=Decimal(overdue),
        cap_rate=CAP,
    )


def after(days: int) -> date:
    return DELIVERED + timedelta(days=days)


def paid(on: date, amount: str | Decimal, name: str = "a", sequence: int = 0) -> Paid:
    return Paid(on, Decimal(amount), name, sequence)


shares = st.builds(
    share,
    st.sampled_from(
        [Method.EQUAL_INSTALMENT, Method.EQUAL_PRINCIPAL, Method.INTEREST_ONLY, Method.BULLET]
    ),
    principal=st.decimals(Decimal(10), Decimal(50_000), places=2).map(str),
    rate=st.sampled_from(["0", "0.0435", "0.08", "0.12"]),
    overdue=st.sampled_from(["0", "0.08", "0.12"]),
    instalments=st.integers(1, 12),
)
payments = st.builds(
    lambda days, amount: (days, amount),
    st.integers(0, 500),
    st.decimals(Decimal("0.01"), Decimal(20_000), places=2),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Payments, reversals of some, perhaps costs, an extension and a write-off."""
    events: list[Event] = []
    for number, (days, amount) in enumerate(draw(st.lists(payments, max_size=6))):
        events.append(Paid(after(days), amount, str(number), number))
        if draw(st.integers(0, 4)) == 0:
            events.append(
                Reversed(str(number), after(days + draw(st.integers(0, 40))), 100 + number)
            )
    if draw(st.booleans()):
        cost = draw(st.decimals(Decimal("1.00"), Decimal(500), places=2))
        events.append(CostAdded(after(draw(st.integers(0, 400))), cost, 50, "cost"))
        if draw(st.integers(0, 3)) == 0:
            events.append(CostRemoved("cost", after(draw(st.integers(400, 500))), 51))
    if draw(st.integers(0, 3)) == 0:
        on = draw(st.integers(0, 400))
        numbers = draw(st.sets(st.integers(1, 12), max_size=4))
        moved = {number: after(on + 30 * number) for number in numbers}
        events.append(Extended(after(on), moved, 60))
    if draw(st.integers(0, 5)) == 0:
        events.append(WrittenOff(after(draw(st.integers(100, 500))), 70))
    return events


def money(state: ShareState) -> Decimal:
    return (
        state.principal_paid
        + state.interest_paid
        + state.overdue_interest_paid
        + state.costs_paid
        + state.unallocated
    )


def test_paid_as_asked_it_ends_settled_to_the_fen() -> None:
    terms = share()
    events = [paid(row.due_on, row.principal + row.interest, str(row.number)) for row in terms.rows]
    state = replay(terms, events, after(500))
    assert state.principal_outstanding == 0
    assert state.unallocated == 0
    assert state.interest_paid == sum(row.interest for row in terms.rows)
    assert state.overdue_interest_accrued == 0
    assert state.settled_on == terms.rows[-1].due_on
    assert [row.settled_on for row in state.rows] == [row.due_on for row in terms.rows]


def test_interest_is_what_each_day_owed() -> None:
    state = replay(share(Method.INTEREST_ONLY, rate="0.10"), [], after(10))
    assert state.interest_accrued == Decimal("32.88")  # 12 000 × 10 % × 10 / 365
    assert state.next_due_on == date(2026, 2, 12)


def test_an_early_payment_stops_interest_from_its_day() -> None:
    terms = share(Method.BULLET, principal="10000.00", rate="0.10", instalments=1)
    state = replay(terms, [paid(after(10), "5027.40")], after(31))
    assert state.interest_paid == Decimal("27.40")
    assert state.principal_paid == Decimal("5000.00")
    assert state.interest_accrued == Decimal("56.16")  # 10 days on 10 000, 21 on 5 000
    assert state.next_due_on == date(2026, 2, 12)


def test_the_asked_amount_paid_early_settles_the_instalment() -> None:
    terms = share(Method.INTEREST_ONLY, rate="0.10")
    first = terms.rows[0]
    state = replay(terms, [paid(first.due_on - timedelta(days=3), first.interest)], first.due_on)
    assert state.rows[0].settled_on == first.due_on - timedelta(days=3)
    assert state.next_due_on == terms.rows[1].due_on
    assert state.days_overdue == 0
    later = replay(terms, [paid(first.due_on - timedelta(days=3), first.interest)], after(59))
    assert (
        later.rows[1].interest > terms.rows[1].interest
    )  # three days of the first month come along


def test_less_than_asked_early_leaves_the_rest_due_on_its_day() -> None:
    terms = share()
    first = terms.rows[0]
    state = replay(terms, [paid(after(20), "500.00")], first.due_on)
    assert state.rows[0].settled_on is None
    assert state.due == first.principal + state.interest_accrued - Decimal("500.00")


def test_late_principal_earns_the_overdue_rate_and_the_rest_the_rate_of_the_term() -> None:
    terms = share(Method.EQUAL_PRINCIPAL)
    due = terms.rows[0].due_on
    state = replay(terms, [], due + timedelta(days=10))
    assert state.days_overdue == 10
    assert state.overdue_since == due
    assert state.overdue_interest_accrued == Decimal("2.74")  # 1 000 × 10 % × 10 / 365
    assert state.interest_accrued == Decimal("81.53") + Decimal("24.11")
    assert state.bucket == "1-30"


def test_the_due_day_itself_is_not_late() -> None:
    terms = share()
    assert replay(terms, [], terms.rows[0].due_on).days_overdue == 0
    assert replay(terms, [], terms.rows[0].due_on + timedelta(days=1)).days_overdue == 1


def test_a_late_payment_covers_costs_then_interest_then_principal() -> None:
    """Civil Code 561."""
    terms = share(Method.EQUAL_PRINCIPAL)
    due = terms.rows[0].due_on
    events: list[Event] = [
        CostAdded(due + timedelta(days=5), Decimal("20.00"), 1),
        paid(due + timedelta(days=10), "150.00", sequence=2),
    ]
    state = replay(terms, events, due + timedelta(days=10))
    assert state.costs_paid == Decimal("20.00")
    assert state.interest_paid == Decimal("81.53")
    assert state.overdue_interest_paid == Decimal("2.74")
    assert state.principal_paid == Decimal("45.73")


def test_a_cost_after_the_share_was_settled_asks_for_nothing() -> None:
    terms = share(Method.BULLET, instalments=1)
    due = terms.rows[0].due_on
    whole = payoff(terms, [], due).total
    events: list[Event] = [paid(due, whole), CostAdded(due + timedelta(days=1), Decimal(20), 1)]
    state = replay(terms, events, due + timedelta(days=30))
    assert (state.settled_on, state.costs_charged, state.costs_wanted) == (due, 0, 0)
    state = replay(terms, [*events, Reversed("a", due, 2)], due + timedelta(days=30))
    assert (state.settled_on, state.costs_charged) == (None, Decimal(20))


@given(events=histories(), cost=payments, gone=st.integers(0, 100), read=st.integers(0, 700))
def test_a_cost_that_was_taken_back_never_was(
    events: list[Event], cost: tuple[int, Decimal], gone: int, read: int
) -> None:
    terms = share()
    days, amount = cost
    mistake = CostAdded(after(days), amount, 900, "wrong")
    with_it = [*events, mistake, CostRemoved("wrong", after(days + gone), 1000)]
    assert replay(terms, with_it, after(read)) == replay(terms, events, after(read))


def test_an_extension_ends_being_late_from_its_day() -> None:
    terms = share(Method.BULLET, instalments=1)
    due = terms.rows[0].due_on
    events: list[Event] = [Extended(due + timedelta(days=20), {1: due + timedelta(days=200)})]
    state = replay(terms, events, due + timedelta(days=30))
    assert state.days_overdue == 0
    assert state.next_due_on == due + timedelta(days=200)
    assert state.overdue_interest_accrued == Decimal("65.75")  # 20 days at 10 %
    assert state.interest_accrued == Decimal("107.84")  # 31 and 10 days at 8 %


def test_what_was_asked_while_late_is_paid_before_principal_in_advance() -> None:
    terms = share(Method.EQUAL_PRINCIPAL, instalments=3)
    first, second = terms.rows[0].due_on, terms.rows[1].due_on
    events: list[Event] = [Extended(second, {1: second + timedelta(days=30)}, 1)]
    owed = payoff(terms, events, second)
    state = replay(terms, [*events, paid(second, owed.total, sequence=2)], second)
    assert owed.overdue_interest == Decimal("30.68")  # 4 000 × 10 % × 28 / 365
    assert (first, state.overdue_interest_owed) == (date(2026, 2, 12), ZERO)
    assert state.settled_on == second


def test_a_write_off_stops_what_accrues_and_releases_nobody() -> None:
    terms = share(Method.BULLET, instalments=1)
    off = after(100)
    state = replay(terms, [WrittenOff(off)], after(400))
    assert state.principal_outstanding == 0
    assert state.written_off == terms.principal
    assert state.interest_accrued == replay(terms, [], off).interest_accrued
    assert state.overdue_interest_accrued == replay(terms, [], off).overdue_interest_accrued
    again = replay(terms, [WrittenOff(off), paid(after(200), "1000.00")], after(400))
    assert again.written_off + again.principal_paid == terms.principal
    assert money(again) == Decimal("1000.00")


def test_a_payment_for_a_settled_share_is_kept_apart() -> None:
    terms = share(Method.BULLET, instalments=1)
    whole = payoff(terms, [], after(20)).total
    events = [paid(after(20), whole), paid(after(25), "50.00", "b")]
    state = replay(terms, events, after(30))
    assert state.settled_on == after(20)
    assert state.unallocated == Decimal("50.00")


def test_events_before_the_delivery_are_refused() -> None:
    with pytest.raises(ValueError, match="before its delivery"):
        replay(share(), [paid(after(-1), "1.00")], after(1))
    with pytest.raises(ValueError, match="before its delivery"):
        replay(share(), [], after(-1))
    state = replay(share(), [], after(10))
    with pytest.raises(ValueError, match="only a replay"):
        apply(share(), state, paid(after(9), "1.00"))


@engine
@given(shares, histories(), st.integers(0, 600), st.randoms())
def test_replay_does_not_depend_on_the_order_of_insertion(
    terms: ShareTerms, events: list[Event], days: int, chance: Any
) -> None:
    shuffled = list(events)
    chance.shuffle(shuffled)
    assert replay(terms, events, after(days)) == replay(terms, shuffled, after(days))


@engine
@given(shares, histories(), payments, st.integers(0, 600))
def test_a_reversed_payment_never_was(
    terms: ShareTerms, events: list[Event], wrong: tuple[int, Decimal], days: int
) -> None:
    mistake = Paid(after(wrong[0]), wrong[1], "wrong", 999)
    with_it = [*events, mistake, Reversed("wrong", after(wrong[0] + 7), 1000)]
    assert replay(terms, with_it, after(days)) == replay(terms, events, after(days))


@engine
@given(shares, histories(), st.integers(0, 600), st.integers(0, 600))
def test_projecting_is_replaying_when_nothing_happens(
    terms: ShareTerms, events: list[Event], days: int, more: int
) -> None:
    last = max([event.on for event in events], default=DELIVERED)
    first = max(last, after(days))
    state = replay(terms, events, first)
    assert project(terms, state, first + timedelta(days=more)) == replay(
        terms, events, first + timedelta(days=more)
    )


@engine
@given(shares, histories(), st.integers(0, 600))
def test_applying_the_next_event_is_replaying_with_it(
    terms: ShareTerms, events: list[Event], days: int
) -> None:
    last = max([event.on for event in events], default=DELIVERED)
    state = replay(terms, events, last)
    payment = Paid(last + timedelta(days=days), Decimal("321.09"), "new", 5000)
    assert apply(terms, state, payment) == replay(terms, [*events, payment], payment.on)


@engine
@given(shares, histories(), st.integers(0, 600))
def test_received_is_allocated_or_kept_apart(
    terms: ShareTerms, events: list[Event], days: int
) -> None:
    """I5."""
    gone = {event.of for event in events if isinstance(event, Reversed)}
    received = sum(
        (
            event.amount
            for event in events
            if isinstance(event, Paid) and event.id not in gone and event.on <= after(days)
        ),
        ZERO,
    )
    state = replay(terms, events, after(days))
    assert money(state) == received
    assert state.principal_outstanding + state.principal_paid + state.written_off == terms.principal
    assert state.interest_owed >= 0
    assert state.overdue_interest_owed >= 0
    for row in state.rows:
        assert 0 <= row.principal_paid <= row.principal
        assert 0 <= row.interest_paid <= row.interest
        assert 0 <= row.overdue_paid <= row.overdue


@settings(max_examples=40, deadline=None)
@given(shares, histories())
def test_nothing_charged_passes_the_ceiling_at_any_prefix(
    terms: ShareTerms, events: list[Event]
) -> None:
    """I7, also with a rate for being late above the ceiling."""
    terms = replace(terms, overdue_rate=terms.overdue_rate * 3)
    changes = [Change(terms.delivered_on, terms.principal)]
    before = ZERO
    for days in range(0, 560, 7):
        state = replay(terms, events, after(days))
        charged = state.interest_accrued + state.overdue_interest_accrued + state.costs_charged
        assert charged >= before
        before = charged
        owed = sum((row.principal_owed for row in state.rows), ZERO)
        del changes[1:]
        seen = terms.principal
        for day in sorted({event.on for event in events if event.on <= after(days)}):
            then = replay(terms, events, day)
            now = sum((row.principal_owed for row in then.rows), ZERO)
            changes.append(Change(day, now - seen))
            seen = now
        assert seen == owed
        assert charged <= most_allowed(changes, terms.cap_rate, after(days))


@engine
@given(shares, histories(), st.integers(0, 600))
def test_paying_the_payoff_settles_the_share(
    terms: ShareTerms, events: list[Event], days: int
) -> None:
    last = max([event.on for event in events], default=DELIVERED)
    on = max(last, after(days))
    owed = payoff(terms, events, on)
    if not owed.total:
        return
    state = replay(terms, [*events, Paid(on, owed.total, "all", 9000)], on)
    before = replay(terms, events, on)
    assert state.principal_outstanding + state.written_off == 0
    assert state.interest_owed + state.overdue_interest_owed == 0
    assert state.unallocated == before.unallocated
    assert state.settled_on is not None


@engine
@given(shares, st.lists(payments, min_size=2, max_size=5), st.randoms())
def test_payments_of_one_day_end_alike_in_any_order(
    terms: ShareTerms, moves: list[tuple[int, Decimal]], chance: Any
) -> None:
    on = after(moves[0][0])
    amounts = [amount for _days, amount in moves]
    shuffled = list(amounts)
    chance.shuffle(shuffled)

    def after_all(order: list[Decimal]) -> ShareState:
        made = [Paid(on, amount, str(n), n) for n, amount in enumerate(order)]
        return replay(terms, made, on)

    one, other = after_all(amounts), after_all(shuffled)
    assert one.principal_outstanding == other.principal_outstanding
    assert one.unallocated == other.unallocated
    assert one.settled_on == other.settled_on
