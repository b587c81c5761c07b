"""What a share is in the books of its two parties, and the lines that take it from one state to the next.

The lender's book: claim, interest received, what was paid too much and must go back (a debt), what
was given up. The borrower's: debt, interest paid, what comes back (a claim). Giving up is the
lender's own affair: the borrower goes on owing. Money is what makes each book balance.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from cooperative.ledger.rules import (
    CLAIM,
    COST,
    DEBT,
    INTEREST_PAID,
    INTEREST_RECEIVED,
    MONEY,
    WRITE_OFF,
    Line,
)
from core.exact import ZERO

Balances = dict[tuple[str, str], Decimal]
"""Debits less credits by holder and kind of account."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a delivered share is owed, was paid, was given up, and must be given back."""

    principal_outstanding: Decimal = ZERO
    principal_paid: Decimal = ZERO
    interest_paid: Decimal = ZERO
    overdue_interest_paid: Decimal = ZERO
    costs_paid: Decimal = ZERO
    unallocated: Decimal = ZERO
    written_off: Decimal = ZERO


def balances(lender: str, borrower: str, standing: Standing) -> Balances:
    """The share in both books, the delivery included; each holder's balances sum to zero."""
    interest = standing.interest_paid + standing.overdue_interest_paid
    books = {
        lender: {
            CLAIM: standing.principal_outstanding,
            INTEREST_RECEIVED: -interest,
            COST: -standing.costs_paid,
            DEBT: -standing.unallocated,
            WRITE_OFF: standing.written_off,
        },
        borrower: {
            DEBT: -standing.principal_outstanding - standing.written_off,
            INTEREST_PAID: interest,
            COST: standing.costs_paid,
            CLAIM: standing.unallocated,
        },
    }
    found: Balances = {}
    for holder, book in books.items():
        found |= {(holder, kind): amount for kind, amount in book.items()}
        found[holder, MONEY] = -sum(book.values(), ZERO)
    return found


def lines_of(balances: Balances) -> list[Line]:
    """Balances as lines: a positive one is a debit, a negative one a credit, none where zero."""
    return [
        Line(holder, kind, debit=max(amount, ZERO), credit=max(-amount, ZERO))
        for (holder, kind), amount in balances.items()
        if amount
    ]


def less(left: Balances, right: Balances) -> Balances:
    """The one less the other, account by account."""
    accounts = [*left, *(account for account in right if account not in left)]
    return {account: left.get(account, ZERO) - right.get(account, ZERO) for account in accounts}


def balances_of(lines: Iterable[Line]) -> Balances:
    """What the lines add up to."""
    found: Balances = {}
    for line in lines:
        account = (line.holder, line.account_kind)
        found[account] = found.get(account, ZERO) + line.debit - line.credit
    return found
