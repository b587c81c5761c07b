"""A loan with payments: what its schedule has become, and what would pay it off.

An instalment keeps the total the contract gave it; a payment before its day changes how the total
divides into interest and principal, and the last unpaid instalment takes the difference. Principal
that is late goes on earning the rate of the contract; from ``as_of`` on everything is taken to be
paid on its day, what is late on ``as_of`` itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import islice

from core.exact import ZERO
from credit.lending.rules.amortise import interest_on, schedule
from credit.lending.rules.calendar import due_dates
from credit.lending.rules.day_count import Period, periods
from credit.lending.rules.rounding import exact
from credit.lending.rules.schedule import Formula, Instalment, Schedule, Span
from credit.lending.rules.terms import Interest, Method, Terms


class Future(StrEnum):
    """Where money beyond what is due goes."""

    NEXT = "next"
    """to the instalment that comes next, its interest to that day first, then to those after it"""
    LAST = "last"
    """to the last instalment, then backwards"""
    REAMORTISE = "reamortise"
    """in equal parts to all instalments to come"""


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received on a day."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Settlement:
    """What pays the whole loan off on a day, interest counted to that day."""

    on: date
    principal: Decimal
    interest: Decimal

    @property
    def total(self) -> Decimal:
        """Both together."""
        return self.principal + self.interest

    def to_json(self) -> dict[str, str]:
        """The amounts as ``manage.py quote`` prints them."""
        return {
            "on": self.on.isoformat(),
            "principal": f"{self.principal:.2f}",
            "interest": f"{self.interest:.2f}",
            "total": f"{self.total:.2f}",
        }


@dataclass(frozen=True, slots=True)
class Running:
    """The schedule as payments have left it, the pay-off, and money no instalment could take."""

    schedule: Schedule
    payoff: Settlement
    unallocated: Decimal


def run(
    terms: Terms,
    payments: Sequence[Payment],
    future: Future = Future.NEXT,
    as_of: date | None = None,
) -> Running:
    """The loan on ``as_of``, by default the day of the last payment.

    The terms must have passed ``check``, the payments must be in the order of their days, none
    before the first disbursement or after ``as_of``.
    """
    if as_of is None:
        as_of = payments[-1].on if payments else terms.disbursed_on
    with exact():
        book = _Book(terms, future, as_of)
        for payment in payments:
            book.advance(payment.on)
            book.pay(payment.amount)
        book.advance(as_of)
        payoff = Settlement(as_of, book.owed, book.interest_to_date())
        unallocated = book.unallocated
        book.finish()
        return Running(Schedule(tuple(book.instalments())), payoff, unallocated)


@dataclass(slots=True, eq=False)
class _Row:
    """One instalment: what it asks for, what it has got, and the balances of its time."""

    plan: Instalment
    period: Period | None
    keeps_total: bool
    principal: Decimal = ZERO
    interest: Decimal = ZERO
    paid_principal: Decimal = ZERO
    paid_interest: Decimal = ZERO
    carried: Decimal = ZERO
    unrounded: Decimal = ZERO
    spans: list[Span] = field(default_factory=list)
    is_fixed: bool = False

    @property
    def due_on(self) -> date:
        return self.plan.due_on

    @property
    def is_down_payment(self) -> bool:
        return self.period is None

    @property
    def has_balance(self) -> bool:
        """Whether something is still owed at its time if all is paid as planned."""
        return self.plan.principal + self.plan.balance > 0

    @property
    def room(self) -> Decimal:
        """Principal that can still be paid to it before its day."""
        if self.keeps_total:
            return self.plan.total - self.paid_principal - self.paid_interest
        return self.plan.principal - self.paid_principal

    @property
    def is_full(self) -> bool:
        """Whether it has got all that the contract asks for, and that before its day."""
        wanted = self.plan.total if self.keeps_total else self.plan.principal
        return not self.is_fixed and wanted > 0 and self.room <= 0

    @property
    def is_done(self) -> bool:
        """Whether no money can be put on it in advance."""
        return self.is_fixed or self.is_down_payment or self.is_full


class _Book:
    """The walk through time: balances to interest, due days to instalments, payments to rows."""

    def __init__(self, terms: Terms, future: Future, as_of: date) -> None:
        self.terms = terms
        self.future = future
        self.as_of = as_of
        self.rate = terms.rate
        self.is_flat = terms.interest == Interest.FLAT
        keeps_total = terms.method == Method.EQUAL_INSTALMENT and not self.is_flat
        spans = iter(_periods(terms))
        self.rows = [
            _Row(row, None, keeps_total=False)
            if row.explained.formula == Formula.DOWN_PAYMENT
            else _Row(row, next(spans), keeps_total=keeps_total)
            for row in schedule(terms).instalments
        ]
        self.first_open = 0
        self.late: list[_Row] = []
        self.waiting = list(terms.disbursements)
        self.on = terms.disbursed_on
        self.owed = ZERO
        self.unallocated = ZERO
        self.is_settling = False
        self.is_paid_off = False
        self.last = [row for row in self.rows if not row.is_down_payment][-1]
        self._deliver()

    # Time

    def advance(self, day: date) -> None:
        """Go to a day; instalments that fall due on the way are fixed as they stand."""
        while self.on < day:
            stops = [row.due_on for row in self.rows[self.first_open : self.first_open + 1]]
            stops += [part.on for part in self.waiting[:1]]
            self._pass_to(min([day, *(on for on in stops if on > self.on)]))
            while (row := self._falling_due()) is not None and not row.is_down_payment:
                self._fix(row)
            self._deliver()

    def _falling_due(self) -> _Row | None:
        """The first instalment not fixed yet, if this is its day."""
        row = self.rows[self.first_open] if self.first_open < len(self.rows) else None
        return row if row is not None and row.due_on <= self.on else None

    def finish(self) -> None:
        """From here on: what is late is paid now, the rest on its day."""
        self.is_settling = True
        self.is_paid_off = not self.owed and not self.waiting
        for row in self.late:
            self._pay_as_due(row)
        self.late = []
        self.advance(self.rows[-1].due_on)

    def _pass_to(self, day: date) -> None:
        row = self._current()
        if row is not None and row.period is not None:
            start = max(self.on, row.period.from_on)
            if start < day:
                share = row.period.share(start, day, self.terms.day_count)
                last = row.spans[-1] if row.spans else None
                if last is not None and last.balance == self.owed and last.to_on == start:
                    share = row.period.share(last.from_on, day, self.terms.day_count)
                    row.spans[-1] = Span(last.from_on, day, self.owed, *share)
                else:
                    row.spans.append(Span(start, day, self.owed, *share))
        self.on = day

    def _deliver(self) -> None:
        while self.waiting and self.waiting[0].on <= self.on:
            self.owed += self.waiting.pop(0).amount
        while (row := self._falling_due()) is not None:
            self._close(row)
            row.principal = row.plan.principal
            self._pay_as_due(row)

    def _close(self, row: _Row) -> None:
        row.is_fixed = True
        self.first_open += 1
        self.late.append(row)

    def _open(self) -> Iterator[_Row]:
        """The instalments that have not fallen due, down payments left out."""
        rows = islice(self.rows, self.first_open, None)
        return (row for row in rows if not row.is_down_payment)

    def _current(self) -> _Row | None:
        """The instalment in whose time the day after this one falls."""
        return next((row for row in self._open() if row.due_on > self.on), None)

    # Instalments

    def _accrued(self, row: _Row) -> Decimal:
        """Interest of the row's time until now, rounded once, with what was carried to it."""
        if self.is_flat:
            assert row.period is not None
            length = (row.due_on - row.period.from_on).days
            passed = min(max((self.on - row.period.from_on).days, 0), length)
            ends = self._is_over(row)
            row.unrounded = row.paid_interest if ends else row.plan.interest * passed / length
        else:
            row.unrounded = interest_on(row.spans, self.rate) if row.spans else ZERO
        return self.terms.rounding(row.unrounded) + row.carried

    def _fix(self, row: _Row) -> None:
        """Settle what an instalment consists of, on its due day."""
        accrued = self._accrued(row)
        was_full = row.is_full
        self._close(row)
        later = next((other for other in self._open() if not other.is_full), None)
        most = self._owed_but_for(row)
        if self._is_over(row):
            row.interest, row.principal = row.paid_interest, row.paid_principal
        elif row is self.last or (later is None and not was_full and not self.waiting):
            row.interest, row.principal = accrued, most
        elif row.keeps_total:
            total = row.plan.total
            over = row.paid_principal > max(total - accrued, ZERO)
            row.interest = row.paid_interest if over else min(accrued, total)
            row.principal = min(max(total - row.interest, row.paid_principal), most)
        else:
            row.interest = row.paid_interest if was_full else accrued
            row.principal = min(row.plan.principal, most)
        (later or self.last).carried += accrued - row.interest
        if self.is_settling or row.due_on >= self.as_of:
            self._pay_as_due(row)

    def _is_over(self, row: _Row) -> bool:
        """Whether nothing is owed any more though the plan had something for this row."""
        return not self.owed and (row.has_balance or self.is_paid_off)

    def _owed_but_for(self, row: _Row) -> Decimal:
        """The most principal an instalment can ask for: all that no earlier one still asks for."""
        earlier = sum(
            (other.principal - other.paid_principal for other in self.late if other is not row),
            ZERO,
        )
        return self.owed - earlier + row.paid_principal

    def _pay_as_due(self, row: _Row) -> None:
        if self.is_settling or row.due_on > self.as_of:
            self.owed -= row.principal - row.paid_principal
            row.paid_principal, row.paid_interest = row.principal, row.interest
            self.late = [other for other in self.late if other is not row]

    # Payments

    def pay(self, amount: Decimal) -> None:
        """Interest, then principal, of what is due; the rest as ``future`` says."""
        left = amount
        for row in self.late:
            left = self._to_interest(row, row.interest - row.paid_interest, left)
        for row in self.late:
            left = self._to_principal(row, row.principal - row.paid_principal, left)
        coming = list(self._open())
        accrued = [max(self._accrued(row) - row.paid_interest, ZERO) for row in coming]
        if left >= self.owed + sum(accrued, ZERO):
            # Enough for all: interest is taken first, before the balance it accrued on is gone.
            for row, interest in zip(coming, accrued, strict=True):
                left = self._to_interest(row, interest, left)
            left = self._in_turn(coming, left)
        match self.future:
            case Future.NEXT:
                left = self._in_turn(coming, left)
            case Future.LAST:
                left = self._in_turn(coming[::-1], left)
            case Future.REAMORTISE:
                left = self._in_parts(coming, left)
        self.unallocated += left

    def _in_turn(self, rows: Sequence[_Row], left: Decimal) -> Decimal:
        for row in rows:
            left = self._in_advance(row, left)
        return left

    def _in_parts(self, rows: Sequence[_Row], left: Decimal) -> Decimal:
        """Equal parts, what is left of the division to the last; again while something fits."""
        while left:
            rows = [row for row in rows if row.room > 0]
            part = self.terms.rounding(left / len(rows)) if rows else ZERO
            before = left
            for row in rows:
                given = left if row is rows[-1] else min(part, left)
                left -= given - self._in_advance(row, given)
            if left == before:
                break
        return left

    def _in_advance(self, row: _Row, left: Decimal) -> Decimal:
        """Interest of the row's time to this day, then principal as far as there is room."""
        left = self._to_interest(row, self._accrued(row) - row.paid_interest, left)
        if left:
            left = self._to_principal(row, min(self._room(row), self.owed), left)
        return left

    def _room(self, row: _Row) -> Decimal:
        """Principal that a row can take; the last open one takes the difference of all others."""
        is_open = (other for other in reversed(self.rows) if not other.is_done)
        if not row.keeps_total or row is not next(is_open, None):
            return row.room
        foreseen = deepcopy(self)
        foreseen.finish()
        last = foreseen.rows[self.rows.index(row, self.first_open)]
        return last.principal + last.interest - row.paid_principal - row.paid_interest

    def _to_interest(self, row: _Row, wanted: Decimal, left: Decimal) -> Decimal:
        given = max(min(wanted, left), ZERO)
        row.paid_interest += given
        return left - given

    def _to_principal(self, row: _Row, wanted: Decimal, left: Decimal) -> Decimal:
        given = max(min(wanted, left), ZERO)
        row.paid_principal += given
        self.owed -= given
        return left - given

    # What it looks like

    def interest_to_date(self) -> Decimal:
        """Unpaid interest, of instalments fallen due and of the days since."""
        fallen_due = [row.interest - row.paid_interest for row in self.late]
        since = [self._accrued(row) - row.paid_interest for row in self._open()]
        return sum((max(interest, ZERO) for interest in (*fallen_due, *since)), ZERO)

    def instalments(self) -> list[Instalment]:
        """The rows with their balances."""
        balance = ZERO
        waiting = list(self.terms.disbursements)
        found = []
        for row in self.rows:
            while waiting and (
                waiting[0].on < row.due_on or (row.period is None and waiting[0].on == row.due_on)
            ):
                balance += waiting.pop(0).amount
            balance -= row.principal
            explained = row.plan.explained._replace(
                spans=tuple(row.spans),
                opening=row.spans[0].balance if row.spans else row.plan.explained.opening,
                unrounded=row.unrounded,
                carried=row.carried,
            )
            found.append(
                row.plan._replace(
                    principal=row.principal,
                    interest=row.interest,
                    total=row.principal + row.interest,
                    balance=balance,
                    explained=explained,
                )
            )
        return found


def _periods(terms: Terms) -> list[Period]:
    due = due_dates(terms)
    return periods(terms, due[-1:] if terms.method == Method.BULLET else due)
