"""The convention of a loan: everything that fixes its schedule, frozen in the contract as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from credit.lending.rules.rounding import TO_THE_FEN, Mode, Rounding


class BadTerms(Exception):
    """Terms that no schedule can follow; ``code`` is for machines, the message one plain sentence."""

    def __init__(self, code: str, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.facts = facts


class Method(StrEnum):
    """How principal comes back."""

    EQUAL_INSTALMENT = "equal_instalment"
    EQUAL_PRINCIPAL = "equal_principal"
    INTEREST_ONLY = "interest_only"
    BULLET = "bullet"
    PERCENT_OF_PRINCIPAL = "percent_of_principal"
    CUSTOM = "custom"


class Interest(StrEnum):
    """On what interest is computed: on what is still owed, or on the whole principal all along."""

    DECLINING = "declining"
    FLAT = "flat"


class DayCount(StrEnum):
    """How much of a year, or of a rate's period, a span of days is."""

    THIRTY_360 = "30/360"
    ACTUAL_360 = "actual/360"
    ACTUAL_364 = "actual/364"
    ACTUAL_365 = "actual/365"
    ACTUAL_ACTUAL = "actual/actual"
    PER_PERIOD = "per_period"


class MonthEnd(StrEnum):
    """Where a due day goes that the month does not have: to its last day, or the first of the next."""

    CLAMP = "clamp"
    ROLL = "roll"


class Unit(StrEnum):
    """What an interval between due dates is counted in."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Every:
    """The interval between due dates."""

    unit: Unit
    n: int


@dataclass(frozen=True, slots=True)
class Disbursement:
    """Money delivered on a day."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class CustomDue:
    """Principal that falls due on a day set by hand, such as after a harvest."""

    on: date
    principal: Decimal


MONTHLY = Every(Unit.MONTHS, 1)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """All that a schedule depends on. Rates are fractions (0.12 is 12 % a year), amounts yuan.

    ``check`` says whether a schedule can follow them; ``for_loan`` makes the plain case.
    """

    disbursements: tuple[Disbursement, ...]
    annual_rate: Decimal | None = None
    period_rate: Decimal | None = None
    method: Method = Method.EQUAL_INSTALMENT
    interest: Interest = Interest.DECLINING
    instalments: int = 1
    every: Every = MONTHLY
    schedule_from: date | None = None
    first_due_on: date | None = None
    day_count: DayCount = DayCount.ACTUAL_365
    month_end: MonthEnd = MonthEnd.CLAMP
    principal_grace: int = 0
    principal_percent: Decimal | None = None
    down_payment_percent: Decimal | None = None
    custom_due: tuple[CustomDue, ...] = ()
    smooth: bool = False
    rounding: Rounding = TO_THE_FEN

    @classmethod
    def for_loan(cls, *, principal: Decimal, disbursed_on: date, **others: Any) -> Terms:
        """Terms of money delivered in one sum."""
        return cls(disbursements=(Disbursement(disbursed_on, principal),), **others)

    @cached_property
    def principal(self) -> Decimal:
        """All that is delivered."""
        return sum((part.amount for part in self.disbursements), Decimal(0))

    @cached_property
    def disbursed_on(self) -> date:
        """The day of the first delivery, from which interest runs."""
        return self.disbursements[0].on

    @property
    def rate(self) -> Decimal:
        """The fraction a year, or a period where the rate is one of a period."""
        rate = self.annual_rate if self.period_rate is None else self.period_rate
        assert rate is not None
        return rate

    def of(self, principal: Decimal, disbursed_on: date) -> Terms:
        """The same convention for another sum, such as one lender's share."""
        return replace(self, disbursements=(Disbursement(disbursed_on, principal),))

    def to_json(self) -> dict[str, Any]:
        """A JSON object from which ``from_json`` makes the same terms: text for figures, ISO dates."""
        return {
            "disbursements": [
                {"on": part.on.isoformat(), "amount": str(part.amount)}
                for part in self.disbursements
            ],
            "annual_rate": _text(self.annual_rate),
            "period_rate": _text(self.period_rate),
            "method": self.method.value,
            "interest": self.interest.value,
            "instalments": self.instalments,
            "every": {self.every.unit.value: self.every.n},
            "schedule_from": _text(self.schedule_from),
            "first_due_on": _text(self.first_due_on),
            "day_count": self.day_count.value,
            "month_end": self.month_end.value,
            "principal_grace": self.principal_grace,
            "principal_percent": _text(self.principal_percent),
            "down_payment_percent": _text(self.down_payment_percent),
            "custom_due": [
                {"on": due.on.isoformat(), "principal": str(due.principal)}
                for due in self.custom_due
            ],
            "smooth": self.smooth,
            "rounding": {"mode": self.rounding.mode.value, "to": str(self.rounding.to)},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Terms:
        """Terms as ``to_json`` wrote them."""
        ((unit, n),) = data["every"].items()
        return cls(
            disbursements=tuple(
                Disbursement(date.fromisoformat(part["on"]), Decimal(part["amount"]))
                for part in data["disbursements"]
            ),
            annual_rate=_decimal(data["annual_rate"]),
            period_rate=_decimal(data["period_rate"]),
            method=Method(data["method"]),
            interest=Interest(data["interest"]),
            instalments=data["instalments"],
            every=Every(Unit(unit), n),
            schedule_from=_date(data["schedule_from"]),
            first_due_on=_date(data["first_due_on"]),
            day_count=DayCount(data["day_count"]),
            month_end=MonthEnd(data["month_end"]),
            principal_grace=data["principal_grace"],
            principal_percent=_decimal(data["principal_percent"]),
            down_payment_percent=_decimal(data["down_payment_percent"]),
            custom_due=tuple(
                CustomDue(date.fromisoformat(due["on"]), Decimal(due["principal"]))
                for due in data["custom_due"]
            ),
            smooth=data["smooth"],
            rounding=Rounding(Mode(data["rounding"]["mode"]), Decimal(data["rounding"]["to"])),
        )


def _text(value: Decimal | date | None) -> str | None:
    return None if value is None else str(value)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
