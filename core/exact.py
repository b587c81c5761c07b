"""Exact amounts without Django: the fen, rounding once, splitting without loss."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

FEN = Decimal("0.01")
ZERO = Decimal("0.00")


def to_fen(amount: Decimal) -> Decimal:
    """Round half-up to the fen.

    >>> to_fen(Decimal("1.005"))
    Decimal('1.01')
    """
    return amount.quantize(FEN, rounding=ROUND_HALF_UP)


def split_by_largest_remainder(
    total: Decimal, weights: Sequence[Decimal], step: Decimal = FEN
) -> list[Decimal]:
    """Split ``total`` in proportion to ``weights`` into multiples of ``step`` that sum to it exactly.

    Ties go to the earlier part, so the same input always splits the same way.

    >>> split_by_largest_remainder(Decimal("100.00"), [Decimal(1), Decimal(1), Decimal(1)])
    [Decimal('33.34'), Decimal('33.33'), Decimal('33.33')]

    Raises:
        ValueError: no weights, a negative weight, all weights zero, or a total off the step.
    """
    whole = sum(weights, Decimal(0))
    if not weights or whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("weights must be non-negative and not all zero")
    units = total / step
    if units != units.to_integral_value():
        raise ValueError("total is not a multiple of the step")
    sign = -1 if units < 0 else 1
    quotas = [abs(units) * weight for weight in weights]
    floors = [int(quota // whole) for quota in quotas]
    left = int(abs(units)) - sum(floors)
    by_remainder = sorted(
        range(len(weights)), key=lambda part: (-(quotas[part] - floors[part] * whole), part)
    )
    for part in by_remainder[:left]:
        floors[part] += 1
    return [sign * units * step for units in floors]
