"""From a covered request to the figures of its contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from core.exact import FEN
from credit.lending.rules.calendar import due_dates
from credit.lending.rules.split import split_contract
from credit.lending.rules.terms import CustomDue, Method, Terms

YUAN = Decimal(1)


def contract_terms(
    *,
    amount: Decimal,
    rate: Decimal,
    method: str,
    term_months: int,
    custom_due: Sequence[Mapping[str, Any]],
    planned_on: date,
) -> Terms:
    """The frozen convention: actual days over 365, rounded half-up to the fen, due days fixed.

    The due days count from the planned day of delivery and stay, whenever the money arrives.
    """
    by_hand = tuple(
        CustomDue(date.fromisoformat(due["on"]), Decimal(due["principal"])) for due in custom_due
    )
    return Terms.for_loan(
        principal=amount,
        disbursed_on=planned_on,
        annual_rate=rate,
        method=Method(method),
        instalments=len(by_hand) or term_months,
        schedule_from=None if by_hand else planned_on,
        custom_due=by_hand,
    )


def first_and_last_due(terms: Terms) -> tuple[date, date]:
    """The first and the last day on which something falls due."""
    due = due_dates(terms)
    return (due[-1] if terms.method == Method.BULLET else due[0]), due[-1]


def shares_of(amount: Decimal, pledges: Sequence[Decimal]) -> list[Decimal]:
    """What each pledge carries: all of it when they just cover the amount, else its part.

    Cut in whole yuan where all figures are whole. Each lender signs the figure.

    >>> shares_of(Decimal(10_000), [Decimal(8_000), Decimal(4_000)])
    [Decimal('6667'), Decimal('3333')]
    """
    whole = not any(figure % YUAN for figure in (amount, *pledges))
    return split_contract(amount, pledges, YUAN if whole else FEN)


def latest_delivery(today: date, sign_days: int, deliver_days: int) -> tuple[date, date]:
    """Until when a contract drawn today may be signed, and then delivered.

    >>> [str(day) for day in latest_delivery(date(2026, 5, 20), 7, 7)]
    ['2026-05-27', '2026-06-03']
    """
    sign_by = today + timedelta(days=sign_days)
    return sign_by, sign_by + timedelta(days=deliver_days)
