"""The legal ceiling: all that is charged, at every moment, against four times the one-year LPR.

Source: 法释〔2020〕17号 Arts. 25-29; Civil Code 670, 680.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.exact import FEN, ZERO, to_fen
from credit.lending.rules.overdue import DAYS_OF_YEAR
from credit.lending.rules.rounding import exact
from credit.lending.rules.schedule import Schedule
from credit.lending.rules.terms import Disbursement

TIMES_LPR = 4


@dataclass(frozen=True, slots=True)
class Change:
    """Principal delivered (positive) or paid back (negative) on a day."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Charge:
    """Interest, overdue interest, damages or a fee asked for on a day."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Breach:
    """The first day on which more had been charged than the law supports."""

    on: date
    charged: Decimal
    allowed: Decimal

    @property
    def excess(self) -> Decimal:
        """What is not supported."""
        return self.charged - self.allowed


def cap_rate(lpr: Decimal) -> Decimal:
    """The ceiling as a fraction a year.

    >>> cap_rate(Decimal("0.0300"))
    Decimal('0.1200')

    Source: Art. 25.
    """
    return lpr * TIMES_LPR


def principal_of(face: Decimal, deducted: Decimal) -> Decimal:
    """What counts as principal when interest was taken off in advance: what was delivered.

    >>> principal_of(Decimal("10000.00"), Decimal("500.00"))
    Decimal('9500.00')

    Source: Art. 26, Civil Code 670.
    """
    return face - deducted


def most_allowed(changes: Iterable[Change], rate: Decimal, until: date) -> Decimal:
    """All that may have been charged by ``until``: every day's outstanding × cap / 365.

    >>> most_allowed([Change(date(2026, 1, 1), Decimal(10_000))], Decimal("0.12"), date(2026, 4, 11))
    Decimal('328.77')
    """
    with exact():
        return to_fen(_yuan_days(changes, until) * rate / DAYS_OF_YEAR)


def _yuan_days(changes: Iterable[Change], until: date) -> Decimal:
    return sum(
        (change.amount * (until - change.on).days for change in changes if change.on < until),
        Decimal(0),
    )


def check_ceiling(
    changes: Iterable[Change], charges: Iterable[Charge], rate: Decimal, *, slack: Decimal = ZERO
) -> Breach | None:
    """The first prefix of time in which the charges pass the ceiling, or None.

    ``slack`` is what rounding alone may add for each day with a charge, half a fen for lines rounded half-up.
    Charges of a day count with the days before it.
    """
    changes = sorted(changes, key=lambda change: change.on)
    charged = ZERO
    by_day: dict[date, Decimal] = {}
    for charge in charges:
        by_day[charge.on] = by_day.get(charge.on, ZERO) + charge.amount
    for days, on in enumerate(sorted(by_day), start=1):
        charged += by_day[on]
        allowed = most_allowed(changes, rate, on)
        if charged > allowed + slack * days:
            return Breach(on, charged, allowed)
    return None


HALF_A_FEN = FEN / 2


def check_schedule(
    schedule: Schedule, disbursements: Sequence[Disbursement], rate: Decimal
) -> Breach | None:
    """The first instalment by which more is asked than the ceiling allows, beyond mere rounding.

    It sees what a nominal rate hides: interest asked early, or on principal long paid back.
    """
    changes = [Change(part.on, part.amount) for part in disbursements]
    changes += [Change(row.due_on, -row.principal) for row in schedule.instalments]
    charges = [Charge(row.due_on, row.interest) for row in schedule.instalments]
    return check_ceiling(changes, charges, rate, slack=HALF_A_FEN)


def under_ceiling(
    schedule: Schedule, disbursements: Sequence[Disbursement], rate: Decimal
) -> Schedule:
    """The schedule with its interest cut to what the ceiling allows at each prefix of time.

    At a rate just at the ceiling the rounding of single lines passes it by a fen now and then.
    """
    changes = [Change(part.on, part.amount) for part in disbursements]
    charged = ZERO
    rows = []
    for row in schedule.instalments:
        left = most_allowed(changes, rate, row.due_on) - charged
        interest = max(min(row.interest, left), ZERO)
        if interest != row.interest:
            explained = row.explained._replace(cut=row.interest - interest)
            total = row.principal + interest
            row = row._replace(interest=interest, total=total, explained=explained)
        charged += interest
        changes.append(Change(row.due_on, -row.principal))
        rows.append(row)
    return Schedule(tuple(rows))


@dataclass(frozen=True, slots=True)
class RolledOver:
    """What a loan renewed with its interest may ask for in the end."""

    asked: Decimal
    supported: Decimal

    @property
    def unsupported(self) -> Decimal:
        """The part a court would not grant."""
        return max(self.asked - self.supported, ZERO)


def roll_over(
    principal: Decimal, rates: Sequence[Decimal], cap: Decimal, *, days: int = DAYS_OF_YEAR
) -> RolledOver:
    """Interest added to principal at the end of each of several terms of so many days.

    Interest above the ceiling never becomes principal, and in the end no more is supported than
    the first principal with the ceiling's interest over the whole time.

    >>> roll_over(Decimal(10_000), [Decimal("0.12")] * 2, Decimal("0.12")).unsupported
    Decimal('144.00')

    Source: Art. 27.
    """
    with exact():
        asked = principal
        for rate in rates:
            asked = to_fen(asked + asked * min(rate, cap) * days / DAYS_OF_YEAR)
        whole = cap * days * len(rates) / DAYS_OF_YEAR
        return RolledOver(asked, min(asked, to_fen(principal + principal * whole)))


def supported(principal: Decimal, charges: Sequence[Decimal], cap: Decimal, days: int) -> Decimal:
    """What of overdue interest, damages and fees together is supported for so many days.

    >>> parts = [Decimal("273.97"), Decimal("200.00"), Decimal("300.00")]
    >>> supported(Decimal(10_000), parts, Decimal("0.12"), 100)
    Decimal('328.77')

    Source: Art. 29.
    """
    with exact():
        return min(sum(charges, ZERO), to_fen(principal * cap * days / DAYS_OF_YEAR))
