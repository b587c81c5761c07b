"""Whether a schedule can follow some terms: one plain sentence for each kind of contradiction."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from core.exact import FEN
from credit.lending.rules.calendar import due_dates
from credit.lending.rules.terms import BadTerms, DayCount, Interest, Method, Terms

MOST_INSTALMENTS = 1200
MOST_DELIVERIES = 100
LONGEST_INTERVAL = 3650
LARGEST_AMOUNT = Decimal("999999999999.99")
LARGEST_RATE = Decimal(100)
LAST_YEAR = 9000


def check(terms: Terms) -> None:
    """Say nothing if the terms are sound.

    Raises:
        BadTerms: the first contradiction found, as a whole sentence with a code and its facts.
    """
    _check_amounts(terms)
    _check_rate(terms)
    _check_rows(terms)
    _check_method(terms)
    _check_days(terms)


def _refuse(code: str, message: str, **facts: object) -> None:
    raise BadTerms(code, message.format(**facts), **facts)


def _check_amounts(terms: Terms) -> None:
    to = terms.rounding.to
    if to < FEN or to % FEN:
        _refuse("rounding_step", "The rounding step must be a multiple of 0.01, not {to}.", to=to)
    if to > LARGEST_AMOUNT:
        _refuse("rounding_step_large", "The rounding step {to} is too large.", to=to)
    if not terms.disbursements:
        _refuse("disbursement_missing", "There must be at least one disbursement.")
    if len(terms.disbursements) > MOST_DELIVERIES:
        _refuse(
            "disbursements_many",
            "There may be at most {most} disbursements.",
            most=MOST_DELIVERIES,
        )
    for part in terms.disbursements:
        check_amount(part.amount, "disbursed amount")
    if terms.principal > LARGEST_AMOUNT:
        _refuse("amount_large", "All disbursements together are too large.")
    days = [part.on for part in terms.disbursements]
    if days != sorted(days):
        _refuse("disbursement_order", "Disbursements must be in the order of their dates.")


def check_amount(amount: Decimal, what: str) -> None:
    """Say nothing if an amount is positive, exact to the fen and not absurd.

    Raises:
        BadTerms: it is not.
    """
    if amount <= 0:
        _refuse(
            "amount_positive",
            "The {what} must be greater than 0, not {amount}.",
            what=what,
            amount=amount,
        )
    if amount > LARGEST_AMOUNT:
        _refuse("amount_large", "The {what} {amount} is too large.", what=what, amount=amount)
    if amount % FEN:
        _refuse(
            "amount_precision",
            "The {what} {amount} must not be finer than 0.01.",
            what=what,
            amount=amount,
        )


def _check_rate(terms: Terms) -> None:
    if terms.annual_rate is not None and terms.period_rate is not None:
        _refuse("rate_twice", "Give either an annual rate or a rate for each period, not both.")
    if terms.annual_rate is None and terms.period_rate is None:
        _refuse(
            "rate_missing", "An interest rate is missing: give an annual rate or a period rate."
        )
    if terms.rate < 0:
        _refuse("rate_negative", "The interest rate must not be below 0.", rate=terms.rate)
    if terms.rate > LARGEST_RATE:
        _refuse("rate_large", "The interest rate is absurdly large.", rate=terms.rate)
    if terms.period_rate is not None and terms.day_count != DayCount.PER_PERIOD:
        _refuse(
            "rate_day_count",
            "A rate for each period needs the day count per_period, not {day_count}.",
            day_count=terms.day_count.value,
        )


def _check_rows(terms: Terms) -> None:
    count = terms.instalments
    if not 1 <= count <= MOST_INSTALMENTS:
        _refuse(
            "instalments_range",
            "The number of instalments must be between 1 and {most}, not {count}.",
            most=MOST_INSTALMENTS,
            count=count,
        )
    if not 1 <= terms.every.n <= LONGEST_INTERVAL:
        _refuse(
            "every_range",
            "The interval between instalments must be between 1 and {most}, not {n}.",
            most=LONGEST_INTERVAL,
            n=terms.every.n,
        )
    if not 0 <= terms.principal_grace < count:
        _refuse(
            "grace_range",
            "The principal grace must be at least 0 and less than the {count} instalments, not {grace}.",
            count=count,
            grace=terms.principal_grace,
        )


def _check_method(terms: Terms) -> None:
    method, percent, down = terms.method, terms.principal_percent, terms.down_payment_percent
    if (percent is not None) != (method == Method.PERCENT_OF_PRINCIPAL):
        _refuse(
            "percent_method",
            "A principal percentage belongs to the method percent_of_principal and to no other.",
        )
    if percent is not None and not 0 < percent <= 100:
        _refuse(
            "percent_range",
            "The principal percentage must be above 0 and at most 100, not {percent}.",
            percent=percent,
        )
    if down is not None and not 0 <= down < 100:
        _refuse(
            "down_payment_range",
            "The down payment percentage must be at least 0 and below 100, not {percent}.",
            percent=down,
        )
    if bool(terms.custom_due) != (method == Method.CUSTOM):
        _refuse(
            "custom_method",
            "Due dates set by hand belong to the method custom and to no other.",
        )
    if terms.principal_grace and method not in (
        Method.EQUAL_INSTALMENT,
        Method.EQUAL_PRINCIPAL,
        Method.PERCENT_OF_PRINCIPAL,
    ):
        _refuse(
            "grace_method",
            "A principal grace makes no sense with the method {method}.",
            method=method.value,
        )
    if terms.smooth and (method != Method.EQUAL_INSTALMENT or terms.interest == Interest.FLAT):
        _refuse(
            "smooth_method",
            "Only equal instalments with declining interest can be smoothed.",
        )
    if method == Method.CUSTOM:
        _check_custom(terms)


def _check_custom(terms: Terms) -> None:
    if len(terms.custom_due) != terms.instalments:
        _refuse(
            "custom_count",
            "There are {due} due dates set by hand but {count} instalments.",
            due=len(terms.custom_due),
            count=terms.instalments,
        )
    if terms.schedule_from is not None or terms.first_due_on is not None:
        _refuse(
            "custom_calendar",
            "Due dates set by hand leave no room for schedule_from or first_due_on.",
        )
    for due in terms.custom_due:
        if due.principal < 0 or due.principal % FEN:
            _refuse(
                "custom_amount",
                "Principal due by hand must be at least 0 and exact to 0.01, not {amount}.",
                amount=due.principal,
            )
    days = [due.on for due in terms.custom_due]
    if any(later <= earlier for earlier, later in pairwise(days)):
        _refuse("custom_order", "Due dates set by hand must follow one another.")
    down = sum(
        (
            min(terms.rounding(part.amount * (terms.down_payment_percent or 0) / 100), part.amount)
            for part in terms.disbursements
        ),
        Decimal(0),
    )
    planned = sum((due.principal for due in terms.custom_due), Decimal(0))
    if planned != terms.principal - down:
        _refuse(
            "custom_sum",
            "The principal due by hand adds up to {planned}, but {owed} is owed.",
            planned=planned,
            owed=terms.principal - down,
        )


def _check_days(terms: Terms) -> None:
    if max(terms.disbursed_on.year, (terms.schedule_from or terms.disbursed_on).year) > LAST_YEAR:
        _refuse("date_far", "The dates lie too far in the future.")
    try:
        due = due_dates(terms)
    except (OverflowError, ValueError):
        due = []
    if not due or due[-1].year > LAST_YEAR:
        _refuse("date_far", "The last instalment would fall due too far in the future.")
    if terms.first_due_on is not None and terms.first_due_on <= (
        terms.schedule_from or terms.disbursed_on
    ):
        _refuse(
            "first_due_early",
            "The first due date {first} must come after the start of the schedule.",
            first=terms.first_due_on,
        )
    if due[0] <= terms.disbursed_on:
        _refuse(
            "due_before_disbursement",
            "The first instalment would fall due on {due}, which is not after the disbursement on {on}.",
            due=due[0],
            on=terms.disbursed_on,
        )
    last = terms.disbursements[-1].on
    if last >= due[-1]:
        _refuse(
            "disbursement_late",
            "The disbursement on {on} must come before the last due date {due}.",
            on=last,
            due=due[-1],
        )
