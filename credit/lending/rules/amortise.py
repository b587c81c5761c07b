"""From terms to instalments: equal ones, equal principal, interest only, bullet, percentage, by hand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import lcm

from core.exact import ZERO
from credit.lending.rules.calendar import due_dates
from credit.lending.rules.day_count import Period, periods
from credit.lending.rules.rounding import exact
from credit.lending.rules.schedule import Explained, Formula, Instalment, Schedule, Span
from credit.lending.rules.terms import Disbursement, Interest, Method, Terms

_ONE = Decimal(1)
_HUNDRED = Decimal(100)


def schedule(terms: Terms) -> Schedule:
    """The instalments that the terms ask for, when everything is paid on its day.

    The terms must have passed ``check``.
    """
    with exact():
        plan = Plan(terms)
        return Schedule(tuple(plan.numbered(plan.rows())))


class Plan:
    """The periods of a loan, what is delivered in each, and how principal comes back."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.rate = terms.rate
        due = due_dates(terms)
        if terms.method == Method.BULLET:
            due = due[-1:]
        self.periods = periods(terms, due)
        self.last = len(due) - 1
        self.down_payments = [_down_payment(terms, part) for part in terms.disbursements]
        self.delivered: dict[int, list[Disbursement]] = {}
        for part, down in zip(terms.disbursements, self.down_payments, strict=True):
            number = bisect_right(due, part.on)
            self.delivered.setdefault(number, []).append(Disbursement(part.on, part.amount - down))

    def rows(self) -> list[Instalment]:
        """The instalments without down payments. A later delivery changes only those after it."""
        rows: list[Instalment] = []
        for index in sorted(self.delivered):
            del rows[index:]
            rows += self._segment(index, rows[-1].balance if rows else ZERO)
        return rows

    def numbered(self, rows: list[Instalment]) -> list[Instalment]:
        """All rows by due day, down payments among them, each with its number and balance."""
        if not any(self.down_payments):
            return rows
        found = list(rows)
        for part, down in zip(self.terms.disbursements, self.down_payments, strict=True):
            found.append(_down_payment_row(self.terms, part, down))
        # On one day what was owed before comes first, then the down payment on what arrives.
        found.sort(key=lambda row: (row.due_on, row.explained.formula == Formula.DOWN_PAYMENT))
        return _renumbered(self.terms, found)

    def _segment(self, first: int, opening: Decimal) -> list[Instalment]:
        """The instalments from the period ``first`` to the end, once its money has come."""
        start = max(first, self.terms.principal_grace)
        rows, regular = self._amortised(first, opening, None)
        if self.terms.smooth and regular is not None and self.last - start > 0:
            rows = self._smoothed(first, opening, rows, regular, self.last - start + 1)
        return rows

    def _smoothed(
        self, first: int, opening: Decimal, rows: list[Instalment], regular: Decimal, count: int
    ) -> list[Instalment]:
        """The same with the equal instalment moved once towards the last one, if that helps."""
        gap = rows[-1].total - rows[-2].total
        if abs(gap) * 100 <= count // 2:
            return rows
        moved = regular + self.terms.rounding(gap / count)
        if moved == regular or moved <= 0:
            return rows
        again, _ = self._amortised(first, opening, moved)
        return again if abs(again[-1].total - again[-2].total) < abs(gap) else rows

    def _amortised(
        self, first: int, opening: Decimal, regular: Decimal | None
    ) -> tuple[list[Instalment], Decimal | None]:
        """The instalments from ``first`` on and the equal instalment, solved unless given."""
        terms, rounding, last = self.terms, self.terms.rounding, self.last
        equal = terms.method == Method.EQUAL_INSTALMENT and terms.interest != Interest.FLAT
        solve = _SOLVERS[terms.method] if not equal else solve_equal_instalment
        parts = self.delivered[first]
        balance = opening + sum((part.amount for part in parts), ZERO)
        flat = self._flat_interest(first, balance) if terms.interest == Interest.FLAT else None
        start = max(first, terms.principal_grace)
        carried = ZERO
        rows: list[Instalment] = []
        for index in range(first, last + 1):
            period = self.periods[index]
            spans = self._spans(period, opening, parts if index == first else ())
            if flat is None:
                unrounded = interest_on(spans, self.rate)
                interest = rounding(unrounded)
            else:
                unrounded = flat[index - first][0]
                interest = flat[index - first][1]
            explained_carry, interest = carried, interest + carried
            carried = ZERO
            if index == start and regular is None:
                regular = solve(self, index, balance)
            residual = None
            if index == last:
                principal = balance
                if regular is not None and start < last:
                    residual = principal + (interest if equal else ZERO) - regular
            elif index < start or regular is None:
                principal = self._by_hand(index, balance)
            elif equal:
                if interest > regular:
                    interest, carried = regular, interest - regular
                principal = min(balance, regular - interest)
            else:
                principal = min(balance, regular)
            explained = Explained(
                Formula.BALANCE if flat is None else Formula.FLAT,
                opening,
                self.rate,
                spans,
                unrounded,
                rounding,
                regular if index >= start else None,
                residual,
                explained_carry,
            )
            balance -= principal
            rows.append(
                Instalment(
                    index + 1,
                    period.from_on,
                    period.due_on,
                    principal,
                    interest,
                    principal + interest,
                    balance,
                    explained,
                )
            )
            opening = balance
        return rows, regular if equal else None

    def _by_hand(self, index: int, balance: Decimal) -> Decimal:
        if self.terms.method == Method.CUSTOM:
            return min(balance, self.terms.custom_due[index].principal)
        return ZERO

    def _spans(
        self, period: Period, opening: Decimal, parts: Sequence[Disbursement]
    ) -> tuple[Span, ...]:
        """The balances of a period and their days, in order."""
        return spans_of(self.terms, period, opening, [(part.on, part.amount) for part in parts])

    def _flat_interest(self, first: int, balance: Decimal) -> list[tuple[Decimal, Decimal]]:
        """Interest of the whole term, divided evenly: unrounded and rounded, one pair a row."""
        terms, count = self.terms, self.last - first + 1
        share = Fraction(0)
        for number, period in enumerate(self.periods[first:]):
            begin = self.delivered[first][0].on if number == 0 else period.from_on
            share += Fraction(*period.share(begin, period.due_on, terms.day_count))
        whole = balance * self.rate * share.numerator / share.denominator
        each = whole / count
        rounded = terms.rounding(each)
        rest = terms.rounding(whole) - rounded * (count - 1)
        return [(each, rounded)] * (count - 1) + [(each, max(rest, ZERO))]


def spans_of(
    terms: Terms, period: Period, opening: Decimal, changes: Sequence[tuple[date, Decimal]]
) -> tuple[Span, ...]:
    """The spans of one balance within a period; a change takes effect on its day."""
    day_count = terms.day_count
    if not changes:
        share = period.share(period.from_on, period.due_on, day_count)
        return (Span(period.from_on, period.due_on, opening, *share),)
    spans: list[Span] = []
    begin, balance = period.from_on, opening
    for on, amount in changes:
        if on > begin:
            spans.append(Span(begin, on, balance, *period.share(begin, on, day_count)))
            begin = on
        balance += amount
    if period.due_on > begin or not spans:
        share = period.share(begin, period.due_on, day_count)
        spans.append(Span(begin, period.due_on, balance, *share))
    return tuple(spans)


def interest_on(spans: Sequence[Span], rate: Decimal) -> Decimal:
    """Unrounded interest of the spans: balance × rate × share of the year, divided only once."""
    if len(spans) == 1:
        span = spans[0]
        return span.balance * rate * span.numerator / span.denominator
    common = lcm(*(span.denominator for span in spans))
    weighted = sum(
        (span.balance * (span.numerator * (common // span.denominator)) for span in spans),
        Decimal(0),
    )
    return weighted * rate / common


def solve_equal_instalment(plan: Plan, first: int, balance: Decimal) -> Decimal:
    """P·Π(1 + fᵢ)/fn, with fn₁ = 1 and fnₖ = 1 + fnₖ₋₁(1 + fₖ), rounded once."""
    rate = plan.rate
    product = annuity = _ONE
    for number, period in enumerate(plan.periods[first:]):
        numerator, denominator = period.full
        growth = _ONE + rate * numerator / denominator
        product *= growth
        if number:
            annuity = _ONE + annuity * growth
    return plan.terms.rounding(balance * product / annuity)


def _equal_principal(plan: Plan, first: int, balance: Decimal) -> Decimal:
    return plan.terms.rounding(balance / (plan.last - first + 1))


def _percent_of_principal(plan: Plan, first: int, _balance: Decimal) -> Decimal:
    percent = plan.terms.principal_percent
    assert percent is not None
    delivered = sum(
        (part.amount for at, parts in plan.delivered.items() if at <= first for part in parts),
        ZERO,
    )
    return plan.terms.rounding(delivered * percent / _HUNDRED)


def _nothing(_plan: Plan, _first: int, _balance: Decimal) -> None:
    """Principal comes back at the end, or as set by hand."""


_SOLVERS: dict[Method, Callable[[Plan, int, Decimal], Decimal | None]] = {
    Method.EQUAL_INSTALMENT: _equal_principal,  # flat: the interest is equal anyway
    Method.EQUAL_PRINCIPAL: _equal_principal,
    Method.PERCENT_OF_PRINCIPAL: _percent_of_principal,
    Method.INTEREST_ONLY: _nothing,
    Method.BULLET: _nothing,
    Method.CUSTOM: _nothing,
}


def _down_payment(terms: Terms, part: Disbursement) -> Decimal:
    if not terms.down_payment_percent:
        return ZERO
    return min(terms.rounding(part.amount * terms.down_payment_percent / _HUNDRED), part.amount)


def _down_payment_row(terms: Terms, part: Disbursement, down: Decimal) -> Instalment:
    explained = Explained(
        Formula.DOWN_PAYMENT, part.amount, terms.rate, (), ZERO, terms.rounding, regular=down
    )
    return Instalment(0, part.on, part.on, down, ZERO, down, ZERO, explained)


def _renumbered(terms: Terms, rows: Sequence[Instalment]) -> list[Instalment]:
    """Rows in order with their numbers, each balance what is owed once the row is paid."""
    balance = ZERO
    waiting = list(terms.disbursements)
    found: list[Instalment] = []
    for number, row in enumerate(rows, start=1):
        is_down_payment = row.explained.formula == Formula.DOWN_PAYMENT
        while waiting and (
            waiting[0].on < row.due_on or (is_down_payment and waiting[0].on == row.due_on)
        ):
            balance += waiting.pop(0).amount
        balance -= row.principal
        found.append(row._replace(number=number, balance=balance))
    return found
