"""A payment over what is owed, a payment over shares, a contract over pledges."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credit.lending.rules import Claim, Owed, allocate, split_contract, split_payment

ZERO = Decimal(0)
unhurried = settings(deadline=None)
START = date(2026, 1, 1)
yuan = st.decimals(ZERO, Decimal(10_000), places=2)
rows = st.lists(st.tuples(st.integers(0, 90), yuan, yuan, yuan), max_size=8).map(
    lambda found: [
        Owed(number, START + timedelta(days=after), interest, principal, cost)
        for number, (after, cost, interest, principal) in enumerate(found, start=1)
    ]
)


def test_costs_come_before_interest_and_interest_before_principal() -> None:
    """Civil Code 561."""
    owed = [
        Owed(2, date(2026, 2, 1), Decimal("8.00"), Decimal("100.00"), Decimal("3.00")),
        Owed(1, date(2026, 1, 1), Decimal("10.00"), Decimal("90.00"), Decimal("2.00")),
    ]
    found = allocate(Decimal("30.00"), date(2026, 2, 1), owed)
    assert (found.costs, found.interest, found.principal) == (
        Decimal("5.00"),
        Decimal("18.00"),
        Decimal("7.00"),
    )
    assert [(part.number, part.principal) for part in found.parts] == [
        (1, Decimal("7.00")),
        (2, ZERO),
    ]


def test_what_is_due_comes_before_what_is_not() -> None:
    owed = [
        Owed(1, date(2026, 1, 1), Decimal("1.00"), Decimal("50.00")),
        Owed(2, date(2026, 2, 1), Decimal("9.00"), Decimal("50.00")),
    ]
    found = allocate(Decimal("55.00"), date(2026, 1, 15), owed)
    assert [(part.interest, part.principal) for part in found.parts] == [
        (Decimal("1.00"), Decimal("50.00")),
        (Decimal("4.00"), ZERO),
    ]


@unhurried
@given(yuan, rows, st.integers(0, 90))
def test_what_is_allocated_and_what_is_left_sum_to_what_came_in(
    amount: Decimal, owed: list[Owed], after: int
) -> None:
    found = allocate(amount, START + timedelta(days=after), owed)
    assert found.costs + found.interest + found.principal + found.unallocated == amount
    parts = sum((part.cost + part.interest + part.principal for part in found.parts), ZERO)
    assert parts + found.unallocated == amount
    by_number = {row.number: row for row in owed}
    for part in found.parts:
        row = by_number[part.number]
        assert part.cost <= row.cost
        assert part.interest <= row.interest
        assert part.principal <= row.principal


@unhurried
@given(yuan, rows, st.randoms())
def test_the_order_of_the_rows_does_not_matter(amount: Decimal, owed: list[Owed], chance) -> None:
    shuffled = list(owed)
    chance.shuffle(shuffled)
    on = START + timedelta(days=30)
    assert allocate(amount, on, owed) == allocate(amount, on, shuffled)


@unhurried
@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=12), st.integers(1, 10**9))
def test_a_contract_is_split_within_the_pledges(fen: list[int], wanted: int) -> None:
    pledges = [Decimal(amount) / 100 for amount in fen]
    amount = min(Decimal(wanted) / 100, sum(pledges, ZERO))
    parts = split_contract(amount, pledges)
    assert sum(parts, ZERO) == amount
    assert all(part <= pledge for part, pledge in zip(parts, pledges, strict=True))


@pytest.mark.parametrize(
    ("amount", "pledges"),
    [("100.00", ["60.00", "39.99"]), ("0", ["1.00"]), ("1.00", ["2.00", "0"]), ("1.00", [])],
)
def test_pledges_that_cannot_carry_the_contract_are_refused(
    amount: str, pledges: list[str]
) -> None:
    with pytest.raises(ValueError):
        split_contract(Decimal(amount), [Decimal(pledge) for pledge in pledges])


@unhurried
@given(yuan, st.lists(st.tuples(yuan, yuan), min_size=1, max_size=6))
def test_a_payment_over_shares_loses_nothing_and_overpays_none(
    amount: Decimal, owed: list[tuple[Decimal, Decimal]]
) -> None:
    claims = [Claim(due, due + more) for due, more in owed]
    parts, left = split_payment(amount, claims)
    assert sum(parts, ZERO) + left == amount
    assert all(0 <= part <= claim.payoff for part, claim in zip(parts, claims, strict=True))
    if left:
        assert parts == [claim.payoff for claim in claims]
    if amount <= sum((claim.due for claim in claims), ZERO):
        assert all(part <= claim.due for part, claim in zip(parts, claims, strict=True))
