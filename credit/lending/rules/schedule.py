"""The schedule of a loan: what falls due when, each figure able to say how it came about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from core.exact import ZERO
from credit.lending.rules.rounding import Rounding


class Formula(StrEnum):
    """How the interest of an instalment was computed."""

    BALANCE = "balance"
    """balance × rate × share of the year, summed over the spans, rounded once"""
    FLAT = "flat"
    """principal × rate × share of the year for the whole term, divided by the instalments"""
    DOWN_PAYMENT = "down_payment"
    """a percentage of what is delivered, due at once, without interest"""


class Span(NamedTuple):
    """Days on which one balance was owed: ``[from_on, to_on)``, as a share of a year."""

    from_on: date
    to_on: date
    balance: Decimal
    numerator: int
    denominator: int

    @property
    def days(self) -> int:
        """The real days of the span."""
        return (self.to_on - self.from_on).days


class Explained(NamedTuple):
    """The arithmetic of one instalment, enough to do it again with pencil and paper.

    ``carried`` is rounded interest left over from earlier instalments that were paid before their
    day; ``regular`` is the equal instalment or the equal principal; ``residual`` what the last
    instalment differs from it; ``cut`` what the legal ceiling took off the interest.
    """

    formula: Formula
    opening: Decimal
    rate: Decimal
    spans: tuple[Span, ...]
    unrounded: Decimal
    rounding: Rounding
    regular: Decimal | None = None
    residual: Decimal | None = None
    carried: Decimal = ZERO
    cut: Decimal = ZERO


class Instalment(NamedTuple):
    """One row: interest for ``[from_on, due_on)``, ``balance`` owed once it is paid."""

    number: int
    from_on: date
    due_on: date
    principal: Decimal
    interest: Decimal
    total: Decimal
    balance: Decimal
    explained: Explained

    def to_json(self) -> dict[str, Any]:
        """The row as ``manage.py quote`` prints it."""
        return {
            "number": self.number,
            "from_on": self.from_on.isoformat(),
            "due_on": self.due_on.isoformat(),
            "principal": f"{self.principal:.2f}",
            "interest": f"{self.interest:.2f}",
            "total": f"{self.total:.2f}",
            "balance": f"{self.balance:.2f}",
        }


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over a schedule."""

    principal: Decimal
    interest: Decimal
    total: Decimal

    def to_json(self) -> dict[str, str]:
        """The sums as text."""
        return {
            "principal": f"{self.principal:.2f}",
            "interest": f"{self.interest:.2f}",
            "total": f"{self.total:.2f}",
        }


@dataclass(frozen=True, slots=True)
class Schedule:
    """All instalments in order of their numbers."""

    instalments: tuple[Instalment, ...]

    @property
    def totals(self) -> Totals:
        """What is paid in all."""
        principal = sum((row.principal for row in self.instalments), ZERO)
        interest = sum((row.interest for row in self.instalments), ZERO)
        return Totals(principal, interest, principal + interest)

    def to_json(self) -> dict[str, Any]:
        """Rows and sums as ``manage.py quote`` prints them."""
        return {
            "instalments": [row.to_json() for row in self.instalments],
            "totals": self.totals.to_json(),
        }
