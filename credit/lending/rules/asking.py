"""What a member answers when asking for money, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from core.exact import FEN, ZERO
from credit.lending.rules.accounts import PayeeAccount, problem_of_number
from credit.lending.rules.terms import CustomDue, Method

METHODS = frozenset(
    {
        Method.BULLET,
        Method.INTEREST_ONLY,
        Method.EQUAL_INSTALMENT,
        Method.EQUAL_PRINCIPAL,
        Method.CUSTOM,
    }
)


@dataclass(frozen=True, kw_only=True)
class RequestAnswers:
    """All that a request needs. ``highest_rate`` is a fraction a year, ``custom_due`` only for
    harvest dates; ``term_months`` then follows from its last day (``term_of``)."""

    purpose: str
    amount: Decimal
    method: str
    highest_rate: Decimal
    wanted_on: date
    term_months: int = 0
    purpose_note: str = ""
    custom_due: tuple[CustomDue, ...] = ()
    payee: str = "borrower"
    payee_name: str = ""
    account_holder: str = ""
    account_bank: str = ""
    account_number: str = ""
    own_use: bool = False

    @property
    def account(self) -> PayeeAccount:
        """Where the lenders are to transfer to."""
        return PayeeAccount(
            self.account_holder.strip(), self.account_bank.strip(), self.account_number
        )

    @property
    def months(self) -> int:
        """How many months the money is wanted for."""
        return term_of(self)


def months_between(start: date, end: date) -> int:
    """Whole months from one day to another, a begun one counted.

    >>> months_between(date(2026, 5, 20), date(2026, 11, 20))
    6
    >>> months_between(date(2026, 5, 20), date(2026, 11, 21))
    7
    """
    months = (end.year - start.year) * 12 + end.month - start.month
    return months + (end.day > start.day)


def term_of(answers: RequestAnswers) -> int:
    """The term in months: as answered, or until the last harvest date."""
    if answers.method == Method.CUSTOM and answers.custom_due:
        return months_between(answers.wanted_on, answers.custom_due[-1].on)
    return answers.term_months


def problem_of(answers: RequestAnswers, today: date, furthest: date) -> str | None:
    """The first thing that cannot be, as a code, or None.

    ``amount``, ``rate``, ``method``, ``term``, ``wanted_on`` (today to ``furthest``, inclusive),
    ``payee``, ``account``, ``account_digits``, ``account_length``, ``due_days``, ``due_sum`` or
    ``own_use``. Whose the account is, the service asks: it knows the borrower's name.
    """
    if answers.amount <= ZERO or answers.amount % FEN:
        return "amount"
    if answers.highest_rate < ZERO:
        return "rate"
    if answers.method not in METHODS:
        return "method"
    if not today <= answers.wanted_on <= furthest:
        return "wanted_on"
    due = _due_problem(answers)
    if due is not None:
        return due
    if term_of(answers) < 1:
        return "term"
    if (answers.payee == "supplier") != bool(answers.payee_name.strip()):
        return "payee"
    account = _account_problem(answers.account)
    if account is not None:
        return account
    return None if answers.own_use else "own_use"


def _account_problem(account: PayeeAccount) -> str | None:
    if not (account.holder and account.bank and account.number):
        return "account"
    problem = problem_of_number(account.number)
    return f"account_{problem}" if problem else None


def _due_problem(answers: RequestAnswers) -> str | None:
    dues: Sequence[CustomDue] = answers.custom_due
    if answers.method != Method.CUSTOM:
        return "due_days" if dues else None
    days = [answers.wanted_on, *(due.on for due in dues)]
    if not dues or any(first >= second for first, second in pairwise(days)):
        return "due_days"
    if any(due.principal < ZERO for due in dues):
        return "due_sum"
    return None if sum((due.principal for due in dues), ZERO) == answers.amount else "due_sum"
