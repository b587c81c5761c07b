"""What is said of one lender's share: its contract, what happens to it, how it stands on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.exact import ZERO
from credit.lending.rules.overdue import Bucket
from credit.lending.rules.schedule import Schedule


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One instalment as the contract asks for it."""

    number: int
    due_on: date
    principal: Decimal
    interest: Decimal


@dataclass(frozen=True, slots=True)
class ShareTerms:
    """What a share's contract says. Rates are fractions a year of 365 days."""

    principal: Decimal
    delivered_on: date
    rows: tuple[ShareRow, ...]
    annual_rate: Decimal
    overdue_rate: Decimal
    cap_rate: Decimal

    @classmethod
    def of(
        cls,
        schedule: Schedule,
        *,
        delivered_on: date,
        annual_rate: Decimal,
        overdue_rate: Decimal,
        cap_rate: Decimal,
    ) -> ShareTerms:
        """Terms with the instalments of a schedule."""
        rows = tuple(
            ShareRow(row.number, row.due_on, row.principal, row.interest)
            for row in schedule.instalments
        )
        principal = sum((row.principal for row in rows), ZERO)
        return cls(principal, delivered_on, rows, annual_rate, overdue_rate, cap_rate)


@dataclass(frozen=True, slots=True)
class Paid:
    """Money that the lender has confirmed, counted from the day it arrived."""

    on: date
    amount: Decimal
    id: str
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Reversed:
    """A payment that turned out not to be one: it never was."""

    of: str
    on: date
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Extended:
    """New due days by instalment number, agreed with effect from ``on``."""

    on: date
    due: Mapping[int, date]
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class CostAdded:
    """A cost of recovery or a fee, owed from ``on``; it counts towards the ceiling.

    After a share was settled it asks for nothing.
    """

    on: date
    amount: Decimal
    sequence: int = 0
    id: str = ""


@dataclass(frozen=True, slots=True)
class CostRemoved:
    """A cost that turned out not to be one: it never was."""

    of: str
    on: date
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class WrittenOff:
    """The lender gives the share up in the books: nothing more accrues, what is owed stays owed."""

    on: date
    sequence: int = 0


Event = Paid | Reversed | Extended | CostAdded | CostRemoved | WrittenOff


@dataclass(slots=True)
class RowState:
    """One instalment on a day. ``interest`` and ``overdue`` are what has been asked for so far.

    ``beyond`` is money paid past this instalment before its day, ``*_days`` exact yuan-days.
    """

    number: int
    due_on: date
    principal: Decimal
    planned_interest: Decimal
    principal_paid: Decimal = ZERO
    interest: Decimal = ZERO
    interest_paid: Decimal = ZERO
    overdue: Decimal = ZERO
    overdue_paid: Decimal = ZERO
    beyond: Decimal = ZERO
    interest_days: Decimal = ZERO
    overdue_days: Decimal = ZERO
    settled_on: date | None = None

    @property
    def principal_owed(self) -> Decimal:
        """Principal still to come back with this instalment."""
        return self.principal - self.principal_paid

    @property
    def interest_owed(self) -> Decimal:
        """Interest and overdue interest asked for and not paid."""
        return self.interest - self.interest_paid + self.overdue - self.overdue_paid

    @property
    def owed(self) -> Decimal:
        """All that this instalment still asks for."""
        return self.principal_owed + self.interest_owed


@dataclass(frozen=True, slots=True)
class ShareState:
    """A share on the day ``on``, all that happened up to and on it counted.

    ``interest_accrued``, ``overdue_interest_accrued`` and ``costs_charged`` are totals since
    delivery, paid or not; ``rows`` and ``costs_asked`` are as they were last asked for (at a due
    day or an event), with the yuan-days from which any later day follows (``project``).
    """

    on: date
    principal_outstanding: Decimal
    principal_paid: Decimal
    interest_accrued: Decimal
    interest_paid: Decimal
    overdue_interest_accrued: Decimal
    overdue_interest_paid: Decimal
    costs_charged: Decimal
    costs_paid: Decimal
    written_off: Decimal
    written_off_on: date | None
    unallocated: Decimal
    next_due_on: date | None
    overdue_since: date | None
    days_overdue: int
    bucket: Bucket
    settled_on: date | None
    outstanding_days: Decimal
    costs_wanted: Decimal
    costs_asked: Decimal
    rows: tuple[RowState, ...]

    @property
    def interest_owed(self) -> Decimal:
        """In-term interest to this day that has not been paid."""
        return self.interest_accrued - self.interest_paid

    @property
    def overdue_interest_owed(self) -> Decimal:
        """Overdue interest to this day that has not been paid."""
        return self.overdue_interest_accrued - self.overdue_interest_paid

    @property
    def costs_owed(self) -> Decimal:
        """Costs that the ceiling lets be asked for and that are not paid."""
        return self.costs_charged - self.costs_paid

    @property
    def due(self) -> Decimal:
        """What has fallen due by this day and is not paid, costs included."""
        rows = sum((row.owed for row in self.rows if row.due_on <= self.on), ZERO)
        return rows + self.costs_owed


@dataclass(frozen=True, slots=True)
class Payoff:
    """What settles a share on a day."""

    on: date
    costs: Decimal
    interest: Decimal
    overdue_interest: Decimal
    principal: Decimal

    @property
    def total(self) -> Decimal:
        """All together."""
        return self.costs + self.interest + self.overdue_interest + self.principal
