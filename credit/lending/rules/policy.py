"""A union's limits against what people owe: what a new loan would come to, and what stands against it.

A value up to a level is fine; beyond the warning level it warns, beyond the stop level it stops.
Amounts are yuan, rates fractions a year.

Source: 法释〔2022〕5号 art. 3; 法发〔2019〕24号 arts. 1, 4; 法释〔2020〕17号 art. 25.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

ZERO = Decimal(0)
HUNDRED = Decimal(100)


class Measure(StrEnum):
    """What is counted."""

    BORROWER_LENDERS = "borrower_lenders"
    BORROWER_OUTSTANDING = "borrower_outstanding"
    BORROWER_UNION_PERCENT = "borrower_union_percent"
    BORROWER_CREDIT = "borrower_credit"
    BORROWER_UNSCORED = "borrower_unscored"
    LENDER_LOANS = "lender_loans"
    LENDER_OUT = "lender_out"
    TERM_MONTHS = "term_months"
    EXTENSION_MONTHS = "extension_months"
    UNION_TOTAL = "union_total"
    RATE_PERCENT = "rate_percent"


class Severity(StrEnum):
    """How far a value has gone."""

    FINE = "fine"
    WARN = "warn"
    STOP = "stop"


@dataclass(frozen=True)
class Level:
    """Beyond ``warn`` it warns, beyond ``stop`` it stops."""

    warn: Decimal
    stop: Decimal

    def severity(self, value: Decimal) -> Severity:
        """How far a value has gone.

        >>> Level(Decimal(5), Decimal(10)).severity(Decimal(10)).value
        'warn'
        """
        if value > self.stop:
            return Severity.STOP
        return Severity.WARN if value > self.warn else Severity.FINE


@dataclass(frozen=True)
class Limits:
    """The figures in force for a union on a day."""

    borrower_lenders: Level
    borrower_outstanding: Level
    borrower_union_percent: Level
    lender_loans: Level
    lender_out: Level
    term_months: Level
    extension_months: Level
    union_total: Level
    lender_loans_months: int
    rate_percent_warn: Decimal
    rate_multiple: Decimal
    convener_limit: Decimal
    basic_limit: Decimal
    borrower_overdue_days: int
    request_days: int
    sign_days: int
    deliver_days: int

    def level(self, measure: Measure) -> Level:
        """The level of a measure; that of the rate knows only a warning here."""
        found: Level = getattr(self, measure.value)
        return found


@dataclass(frozen=True)
class Exposure:
    """What one person has at stake: agreed, under way or outstanding.

    ``lenders`` are the persons who lend to them now, ``borrowed`` what they owe or will;
    ``lent`` what is out or promised, ``loans`` how many they gave within the counted months.
    ``credit_limit`` is what their score lets them owe in all; None for who is not scored. A veto
    takes the basic limit too.
    """

    borrowed: Decimal = ZERO
    lenders: frozenset[int] = frozenset()
    lent: Decimal = ZERO
    loans: int = 0
    credit_limit: Decimal | None = None
    is_vetoed: bool = False


@dataclass(frozen=True)
class Finding:
    """A measure that a plan would carry beyond a level.

    ``before`` is the value today, ``value`` what it would come to, ``level`` what it passes.
    """

    measure: Measure
    severity: Severity
    before: Decimal
    value: Decimal
    level: Decimal

    @property
    def stops(self) -> bool:
        """Whether it may not be."""
        return self.severity is Severity.STOP


def _weigh(measure: Measure, level: Level, before: Decimal, value: Decimal) -> list[Finding]:
    severity = level.severity(value)
    if severity is Severity.FINE:
        return []
    passed = level.stop if severity is Severity.STOP else level.warn
    return [Finding(measure, severity, before, value, passed)]


def check_borrower(
    limits: Limits, exposure: Exposure, amount: Decimal, lenders: Iterable[int] = ()
) -> list[Finding]:
    """What borrowing ``amount`` more, from these persons, would come to."""
    owed = exposure.borrowed + amount
    together = exposure.lenders | frozenset(lenders)
    ceiling = limits.union_total.stop
    return [
        *_weigh(Measure.BORROWER_OUTSTANDING, limits.borrower_outstanding, exposure.borrowed, owed),
        *_weigh(
            Measure.BORROWER_UNION_PERCENT,
            limits.borrower_union_percent,
            exposure.borrowed * HUNDRED / ceiling,
            owed * HUNDRED / ceiling,
        ),
        *_weigh(
            Measure.BORROWER_LENDERS,
            limits.borrower_lenders,
            Decimal(len(exposure.lenders)),
            Decimal(len(together)),
        ),
        *_weigh(*credit_level(limits, exposure), exposure.borrowed, owed),
    ]


def credit_level(limits: Limits, exposure: Exposure) -> tuple[Measure, Level]:
    """What a person may owe in all: by their score, at least what everybody may.

    Nobody fares worse for having agreed to be scored than without; only a veto leaves nothing.
    """
    if exposure.is_vetoed:
        return Measure.BORROWER_CREDIT, Level(ZERO, ZERO)
    if exposure.credit_limit is None:
        return Measure.BORROWER_UNSCORED, Level(limits.basic_limit, limits.basic_limit)
    most = max(limits.basic_limit, exposure.credit_limit)
    return Measure.BORROWER_CREDIT, Level(most, most)


def check_lender(
    limits: Limits, exposure: Exposure, amount: Decimal, loans: int = 1
) -> list[Finding]:
    """What lending ``amount`` more in ``loans`` more loans would come to."""
    return [
        *_weigh(Measure.LENDER_OUT, limits.lender_out, exposure.lent, exposure.lent + amount),
        *_weigh(
            Measure.LENDER_LOANS,
            limits.lender_loans,
            Decimal(exposure.loans),
            Decimal(exposure.loans + loans),
        ),
    ]


def check_union(limits: Limits, total: Decimal, amount: Decimal) -> list[Finding]:
    """What ``amount`` more would make of all that is out in the union."""
    return _weigh(Measure.UNION_TOTAL, limits.union_total, total, total + amount)


def check_term(limits: Limits, months: int) -> list[Finding]:
    """Whether a term is too long."""
    return _weigh(Measure.TERM_MONTHS, limits.term_months, ZERO, Decimal(months))


def check_extension(limits: Limits, term_months: int, months: int) -> list[Finding]:
    """Whether a loan of so many months may end so many months later: never more than its term."""
    level = limits.extension_months
    stop = min(level.stop, Decimal(term_months))
    level = Level(min(level.warn, stop), stop)
    return _weigh(Measure.EXTENSION_MONTHS, level, ZERO, Decimal(months))


def check_rate(limits: Limits, rate: Decimal, ceiling: Decimal) -> list[Finding]:
    """Whether a rate is dear, or beyond the ceiling; findings are in percent a year.

    Source: 法释〔2020〕17号 art. 25.
    """
    level = Level(min(limits.rate_percent_warn, ceiling * HUNDRED), ceiling * HUNDRED)
    return _weigh(Measure.RATE_PERCENT, level, ZERO, rate * HUNDRED)


def room_of_lender(limits: Limits, exposure: Exposure) -> Decimal:
    """How much more a person may lend in one more loan; never negative."""
    if exposure.loans + 1 > limits.lender_loans.stop:
        return ZERO
    return max(ZERO, limits.lender_out.stop - exposure.lent)


def room_of_borrower(limits: Limits, exposure: Exposure, union_total: Decimal) -> Decimal:
    """How much more a person may borrow; never negative."""
    share = limits.borrower_union_percent.stop * limits.union_total.stop / HUNDRED
    _measure, credit = credit_level(limits, exposure)
    return max(
        ZERO,
        min(
            limits.borrower_outstanding.stop - exposure.borrowed,
            share - exposure.borrowed,
            credit.stop - exposure.borrowed,
            limits.union_total.stop - union_total,
        ),
    )
