"""One contract over several lenders, one payment over several shares, to the fen and without loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.exact import FEN, ZERO, split_by_largest_remainder


def split_contract(
    amount: Decimal, pledges: Sequence[Decimal], step: Decimal = FEN
) -> list[Decimal]:
    """What each pledge carries of the amount, in proportion, never more than was pledged.

    >>> split_contract(Decimal(10_000), [Decimal(8_000), Decimal(4_000)], Decimal(1))
    [Decimal('6667'), Decimal('3333')]

    Raises:
        ValueError: no pledge, one that is not positive, or all together less than the amount.
    """
    if any(pledge <= 0 or pledge % step for pledge in pledges):
        raise ValueError("a pledge must be a positive multiple of the step")
    if sum(pledges, ZERO) < amount or amount <= 0:
        raise ValueError("the pledges do not cover the amount")
    return split_by_largest_remainder(amount, pledges, step)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a share asks for today, and what it could take at most (its pay-off)."""

    due: Decimal
    payoff: Decimal


def split_payment(amount: Decimal, claims: Sequence[Claim]) -> tuple[list[Decimal], Decimal]:
    """Each share's part of a payment, and what is left when all shares are settled.

    First what is due today, in proportion to it; then the rest in proportion to what is still
    owed beyond. No share gets more than its pay-off.

    >>> split_payment(Decimal("100.00"), [Claim(Decimal(30), Decimal(90)), Claim(Decimal(30), Decimal(30))])
    ([Decimal('70.00'), Decimal('30.00')], Decimal('0.00'))
    """
    due = _split_within(amount, [claim.due for claim in claims])
    left = amount - sum(due, ZERO)
    more = _split_within(left, [claim.payoff - claim.due for claim in claims])
    parts = [first + then for first, then in zip(due, more, strict=True)]
    return parts, amount - sum(parts, ZERO)


def _split_within(amount: Decimal, bounds: Sequence[Decimal]) -> list[Decimal]:
    """Part of the amount in proportion to the bounds and within them."""
    whole = sum(bounds, ZERO)
    if amount >= whole:
        return list(bounds)
    if not amount or not whole:
        return [ZERO] * len(bounds)
    return split_by_largest_remainder(amount, bounds)
