"""Being late: days, buckets, the rate that then runs, and its interest."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from core.exact import to_fen
from credit.lending.rules.rounding import exact

DAYS_OF_YEAR = 365


class Bucket(StrEnum):
    """How late the oldest unpaid instalment is."""

    CURRENT = "current"
    UP_TO_30 = "1-30"
    UP_TO_60 = "31-60"
    UP_TO_90 = "61-90"
    OVER_90 = "over_90"


def days_overdue(oldest_unpaid_due_on: date | None, on: date) -> int:
    """Days past the oldest unpaid due day; the due day itself counts 0.

    >>> days_overdue(date(2024, 1, 31), date(2024, 4, 5))
    65
    """
    if oldest_unpaid_due_on is None:
        return 0
    return max((on - oldest_unpaid_due_on).days, 0)


def bucket(days: int) -> Bucket:
    """The bucket of so many days.

    >>> [bucket(days).value for days in (0, 1, 30, 31, 60, 61, 90, 91)]
    ['current', '1-30', '1-30', '31-60', '31-60', '61-90', '61-90', 'over_90']
    """
    if days <= 0:
        return Bucket.CURRENT
    if days <= 30:
        return Bucket.UP_TO_30
    if days <= 60:
        return Bucket.UP_TO_60
    if days <= 90:
        return Bucket.UP_TO_90
    return Bucket.OVER_90


def overdue_rate(
    *, agreed: Decimal | None, in_term: Decimal | None, lpr: Decimal, cap: Decimal
) -> Decimal:
    """The fraction a year that runs on overdue principal, never above the ceiling.

    Nothing agreed for being late: the rate of the term goes on; no rate agreed at all: the
    one-year LPR of that time.

    Source: 法释〔2020〕17号 Art. 28.
    """
    if agreed is not None:
        return min(agreed, cap)
    return min(lpr if in_term is None else in_term, cap)


def simple_interest(principal: Decimal, rate: Decimal, days: int) -> Decimal:
    """Interest of real days over a year of 365, rounded half-up to the fen.

    >>> simple_interest(Decimal(10_000), Decimal("0.10"), 100)
    Decimal('273.97')
    """
    with exact():
        return to_fen(principal * rate * days / DAYS_OF_YEAR)


def overdue_interest(principal: Decimal, rate: Decimal, since: date, until: date) -> Decimal:
    """Simple interest on overdue principal for ``[since, until)``, nothing on unpaid interest."""
    return simple_interest(principal, rate, max((until - since).days, 0))
