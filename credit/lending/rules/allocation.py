"""A payment over what is owed: costs, then interest, then principal, what is oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.exact import ZERO


@dataclass(frozen=True, slots=True)
class Owed:
    """What one instalment still asks for. ``interest`` takes in overdue interest."""

    number: int
    due_on: date
    interest: Decimal = ZERO
    principal: Decimal = ZERO
    cost: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Part:
    """What one instalment gets."""

    number: int
    cost: Decimal
    interest: Decimal
    principal: Decimal


@dataclass(frozen=True, slots=True)
class Allocation:
    """Where a payment went. Costs, interest, principal and ``unallocated`` sum to what came in."""

    costs: Decimal
    interest: Decimal
    principal: Decimal
    parts: tuple[Part, ...]
    unallocated: Decimal


def allocate(amount: Decimal, on: date, owed: Sequence[Owed]) -> Allocation:
    """Spread a payment of ``on`` over what is owed.

    What is due goes before what is not; within each, all costs, then all interest, then all
    principal, the oldest due day first.

    >>> rows = [Owed(1, date(2026, 2, 1), Decimal("1.00"), Decimal("100.00"), Decimal("5.00"))]
    >>> allocate(Decimal("10.00"), date(2026, 2, 1), rows).parts
    (Part(number=1, cost=Decimal('5.00'), interest=Decimal('1.00'), principal=Decimal('4.00')),)

    Source: Civil Code 560, 561.
    """
    left = amount
    ordered = sorted(owed, key=lambda row: (row.due_on, row.number))
    given = {row.number: [ZERO, ZERO, ZERO] for row in ordered}
    due = [row for row in ordered if row.due_on <= on]
    later = [row for row in ordered if row.due_on > on]
    for rows in (due, later):
        for kind, name in enumerate(("cost", "interest", "principal")):
            for row in rows:
                part = min(left, getattr(row, name))
                given[row.number][kind] += part
                left -= part
    parts = tuple(Part(number, *amounts) for number, amounts in given.items() if any(amounts))
    return Allocation(
        sum((part.cost for part in parts), ZERO),
        sum((part.interest for part in parts), ZERO),
        sum((part.principal for part in parts), ZERO),
        parts,
        left,
    )
