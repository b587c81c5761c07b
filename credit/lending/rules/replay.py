"""One lender's share of a loan, computed from what happened to it: a function of events and a day.

Interest is simple: every day, the principal owed × rate / 365. Sums of principal × days
("yuan-days") are kept exact; money is rounded half-up from them, once for each instalment. Between
two events all figures are closed forms of the day, written down in ``docs/lending-engine.md``; the
nightly SQL follows them.

Source: Civil Code 561 (order), 677 (early payment); 法释〔2020〕17号 Arts. 25, 28-30.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.exact import ZERO, to_fen
from credit.lending.rules.overdue import DAYS_OF_YEAR, Bucket, bucket, days_overdue
from credit.lending.rules.rounding import exact
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
    """A cost of recovery or a fee, owed from ``on``; it counts towards the ceiling."""

    on: date
    amount: Decimal
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class WrittenOff:
    """The lender gives the share up in the books: nothing more accrues, what is owed stays owed."""

    on: date
    sequence: int = 0


Event = Paid | Reversed | Extended | CostAdded | WrittenOff


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
    def due(self) -> Decimal:
        """What has fallen due by this day and is not paid, costs included."""
        rows = sum((row.owed for row in self.rows if row.due_on <= self.on), ZERO)
        return rows + self.costs_charged - self.costs_paid


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


def replay(terms: ShareTerms, events: Iterable[Event], as_of: date) -> ShareState:
    """The share on ``as_of``. Later events are left out; the order of the input does not matter.

    Events count in the order of their day, then of their ``sequence``. A reversed payment is left
    out altogether, whenever it was reversed.

    Raises:
        ValueError: an event before the delivery, or ``as_of`` is.
    """
    if as_of < terms.delivered_on:
        raise ValueError("a share has no state before its delivery")
    events = list(events)
    gone = {event.of for event in events if isinstance(event, Reversed)}
    counted = [
        event
        for event in events
        if event.on <= as_of
        and not isinstance(event, Reversed)
        and not (isinstance(event, Paid) and event.id in gone)
    ]
    counted.sort(key=_order)
    if counted and counted[0].on < terms.delivered_on:
        raise ValueError("nothing can happen to a share before its delivery")
    with exact():
        book = _Book.opened(terms)
        for event in counted:
            book.happen(event)
        book.advance(as_of)
        return book.state()


def project(terms: ShareTerms, state: ShareState, day: date) -> ShareState:
    """The state on a later day if nothing happens until then: the same as replaying to that day."""
    with exact():
        book = _Book.of(terms, state)
        book.advance(day)
        return book.state()


def apply(terms: ShareTerms, state: ShareState, event: Event) -> ShareState:
    """The state after one more event on or after the state's day.

    Raises:
        ValueError: the event is earlier, or a reversal: both need ``replay``.
    """
    if event.on < state.on or isinstance(event, Reversed):
        raise ValueError("only a replay can change the past")
    with exact():
        book = _Book.of(terms, state)
        book.happen(event)
        return book.state()


def payoff(terms: ShareTerms, events: Iterable[Event], on: date) -> Payoff:
    """What settles the share on a day, interest counted to that day."""
    return payoff_of(replay(terms, events, on))


def payoff_of(state: ShareState) -> Payoff:
    """What settles the share on the day of the state."""
    return Payoff(
        state.on,
        state.costs_charged - state.costs_paid,
        state.interest_owed,
        state.overdue_interest_owed,
        state.principal_outstanding + state.written_off,
    )


def _order(event: Event) -> tuple[date, int, str]:
    return event.on, event.sequence, event.id if isinstance(event, Paid) else ""


@dataclass(slots=True)
class _Book:
    """The mutable page on which a share is computed."""

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

    @classmethod
    def opened(cls, terms: ShareTerms) -> _Book:
        rows = [RowState(row.number, row.due_on, row.principal, row.interest) for row in terms.rows]
        return cls(terms, terms.delivered_on, rows)

    @classmethod
    def of(cls, terms: ShareTerms, state: ShareState) -> _Book:
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
            self._charge()
            self._settle()
        self._accrue(day)

    def _accrue(self, day: date) -> None:
        days = (day - self.on).days
        if days and self.written_off_on is None:
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

    def _charge(self) -> None:
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
        self.advance(event.on)
        match event:
            case Paid(amount=amount):
                self._charge()
                self._pay(amount)
                self._settle()
            case Extended(due=due):
                self._charge()
                for row in self.rows:
                    if row.settled_on is None:
                        row.due_on = due.get(row.number, row.due_on)
                self.rows.sort(key=lambda row: (row.due_on, row.number))
            case CostAdded(amount=amount):
                self.costs_wanted += amount
                self._charge()
            case WrittenOff():
                self._charge()
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
        shown = copy(self)
        shown.rows = [copy(row) for row in self.rows]
        shown._charge()
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


def ordered(events: Iterable[Event]) -> list[Event]:
    """Events as ``replay`` takes them, reversals and reversed payments included."""
    return sorted(events, key=_order)
