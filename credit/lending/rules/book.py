"""The page on which one share is computed: days pass, events happen, what has accrued is asked for."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.exact import ZERO, to_fen
from credit.lending.rules.overdue import DAYS_OF_YEAR, bucket, days_overdue
from credit.lending.rules.share import (
    CostAdded,
    Event,
    Extended,
    Paid,
    RowState,
    ShareState,
    ShareTerms,
    WrittenOff,
)


@dataclass(slots=True)
class Book:
    """A share while it is being computed; all sums are exact, under ``rounding.exact``."""

    terms: ShareTerms
    on: date
    rows: list[RowState]
    outstanding_days: Decimal = ZERO
    costs_wanted: Decimal = ZERO
    costs: Decimal = ZERO
    costs_paid: Decimal = ZERO
    unallocated: Decimal = ZERO
    written_off_on: date | None = None
    settled_on: date | None = None
    # told of each stretch of days without change, before it passes, and of its last day
    note: Callable[[Book, date], None] | None = None

    @classmethod
    def opened(cls, terms: ShareTerms) -> Book:
        """On the day of delivery."""
        rows = [RowState(row.number, row.due_on, row.principal, row.interest) for row in terms.rows]
        return cls(terms, terms.delivered_on, rows)

    @classmethod
    def of(cls, terms: ShareTerms, state: ShareState) -> Book:
        """As it stood on a day."""
        return cls(
            terms,
            state.on,
            [copy(row) for row in state.rows],
            state.outstanding_days,
            state.costs_wanted,
            state.costs_asked,
            state.costs_paid,
            state.unallocated,
            state.written_off_on,
            state.settled_on,
        )

    # Time

    def advance(self, day: date) -> None:
        """Let days pass; at each due day what has accrued is asked for."""
        while due := [row.due_on for row in self.rows if self.on < row.due_on <= day]:
            self._accrue(min(due))
            self.charge()
            self._settle()
        self._accrue(day)

    def _accrue(self, day: date) -> None:
        days = (day - self.on).days
        if days and self.written_off_on is None:
            if self.note is not None:
                self.note(self, day)
            regular, current = ZERO, None
            for row in self.rows:
                if row.due_on <= self.on:
                    row.overdue_days += row.principal_owed * days
                    self.outstanding_days += row.principal_owed * days
                else:
                    regular += row.principal_owed
                    if current is None and row.settled_on is None:
                        current = row
            if current is not None:
                current.interest_days += regular * days
                self.outstanding_days += regular * days
        self.on = day

    def charge(self) -> None:
        """Ask for what has accrued, each instalment rounded once, all together under the ceiling."""
        terms = self.terms
        left = to_fen(self.outstanding_days * terms.cap_rate / DAYS_OF_YEAR) - self._charged()
        for row in self.rows:
            if row.settled_on is None:
                wanted = to_fen(row.interest_days * terms.annual_rate / DAYS_OF_YEAR)
                more = max(min(wanted - row.interest, left), ZERO)
                row.interest += more
                left -= more
                wanted = to_fen(row.overdue_days * terms.overdue_rate / DAYS_OF_YEAR)
                more = max(min(wanted - row.overdue, left), ZERO)
                row.overdue += more
                left -= more
        self.costs += max(min(self.costs_wanted - self.costs, left), ZERO)

    def _charged(self) -> Decimal:
        return self.costs + sum((row.interest + row.overdue for row in self.rows), ZERO)

    def _settle(self) -> None:
        for row in self.rows:
            if row.settled_on is None and row.due_on <= self.on and not row.owed:
                row.settled_on = self.on
        if not any(row.owed for row in self.rows) and self.costs == self.costs_paid:
            for row in self.rows:
                row.settled_on = row.settled_on or self.on
            self.settled_on = self.settled_on or self.on

    # Events

    def happen(self, event: Event) -> None:
        """Let days pass until an event, and it happen."""
        self.advance(event.on)
        match event:
            case Paid(amount=amount):
                self.charge()
                self._pay(amount)
                self._settle()
            case Extended(due=due):
                self.charge()
                for row in self.rows:
                    if row.settled_on is None:
                        row.due_on = due.get(row.number, row.due_on)
                self.rows.sort(key=lambda row: (row.due_on, row.number))
            case CostAdded(amount=amount):
                # Who had paid all that was asked for by then owes nothing more.
                if self.settled_on is None:
                    self.costs_wanted += amount
                    self.charge()
            case WrittenOff():
                self.charge()
                self.written_off_on = self.written_off_on or event.on

    def _pay(self, amount: Decimal) -> None:
        """Costs, interest, principal of what is due; then the same of what is not yet."""
        given = min(amount, self.costs - self.costs_paid)
        self.costs_paid += given
        left = amount - given
        ended = self.written_off_on is not None
        due = [row for row in self.rows if ended or row.due_on <= self.on]
        later = self.rows[len(due) :]
        for row in due:
            left = self._pay_interest(row, left)
        for row in due:
            left = self._pay_principal(row, left)
        current = next((row for row in later if row.settled_on is None), None)
        if current is not None:
            # An extended instalment brings what was asked for while it was late.
            for row in later:
                left = self._pay_interest(row, left)
            for row in later:
                before = left
                left = self._pay_principal(row, left)
                if row is not current:
                    current.beyond += before - left
            if _satisfied(current):
                current.settled_on = self.on
        self.unallocated += left

    def _pay_interest(self, row: RowState, left: Decimal) -> Decimal:
        given = min(left, row.interest - row.interest_paid)
        row.interest_paid += given
        left -= given
        given = min(left, row.overdue - row.overdue_paid)
        row.overdue_paid += given
        return left - given

    def _pay_principal(self, row: RowState, left: Decimal) -> Decimal:
        given = min(left, row.principal_owed)
        row.principal_paid += given
        return left - given

    # What it looks like

    def state(self) -> ShareState:
        """How the share stands."""
        shown = copy(self)
        shown.rows = [copy(row) for row in self.rows]
        shown.charge()
        owed = sum((row.principal_owed for row in self.rows), ZERO)
        written_off = owed if self.written_off_on else ZERO
        unsettled = [row for row in self.rows if row.settled_on is None]
        late = [row.due_on for row in unsettled if row.due_on < self.on]
        coming = [row.due_on for row in unsettled if row.due_on >= self.on]
        since = min(late, default=None)
        days = days_overdue(since, self.written_off_on or self.on)
        return ShareState(
            on=self.on,
            principal_outstanding=owed - written_off,
            principal_paid=sum((row.principal_paid for row in self.rows), ZERO),
            interest_accrued=sum((row.interest for row in shown.rows), ZERO),
            interest_paid=sum((row.interest_paid for row in self.rows), ZERO),
            overdue_interest_accrued=sum((row.overdue for row in shown.rows), ZERO),
            overdue_interest_paid=sum((row.overdue_paid for row in self.rows), ZERO),
            costs_charged=shown.costs,
            costs_paid=self.costs_paid,
            written_off=written_off,
            written_off_on=self.written_off_on,
            unallocated=self.unallocated,
            next_due_on=None if self.written_off_on else min(coming, default=None),
            overdue_since=since,
            days_overdue=days,
            bucket=bucket(days),
            settled_on=self.settled_on,
            outstanding_days=self.outstanding_days,
            costs_wanted=self.costs_wanted,
            costs_asked=self.costs,
            rows=tuple(self.rows),
        )


def _satisfied(row: RowState) -> bool:
    """Whether an instalment not yet due has got what its plan asks for: it is then done with.

    What accrues on the rest of the loan until its day is asked for with the next one.
    """
    received = row.interest_paid + row.principal_paid + row.beyond
    return not row.owed and received >= row.principal + row.planned_interest
