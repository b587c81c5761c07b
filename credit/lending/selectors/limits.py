"""Limits in force, what people have at stake against them, and the counters that pages show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, Q, Sum, When

from cooperative.membership.models import Member, Union
from core.dates import add_months
from core.exact import ZERO
from core.parameters import values_on
from credit.lending import parameters
from credit.lending.models import Share
from credit.lending.models.shares import OPEN_SHARE_STATES
from credit.lending.rules import policy
from credit.lending.rules.policy import (
    HUNDRED,
    Exposure,
    Level,
    Limits,
    Measure,
    Severity,
)
from credit.scoring.selectors.standing import limits_of_members

# What a share ties up: until it has arrived the sum agreed, then what is left of it.
AT_STAKE = Case(When(state=Share.State.FORMED, then=F("principal_outstanding")), default="amount")


def limits_of(union_path: str, day: date) -> Limits:
    """The figures in force for a union on a day; one query.

    Raises:
        Refused: ``parameter_missing``.
    """
    levels = [code for name in parameters.LEVELS for code in _pair(name)]
    values = values_on([*levels, *_SINGLE.values()], day, scope=union_path)
    found: dict[str, Any] = {
        name: Level(*(values[code] for code in _pair(name))) for name in parameters.LEVELS
    }
    for name, code in _SINGLE.items():
        found[name] = values[code] if name in _EXACT else int(values[code])
    return Limits(**found)


def _pair(measure: str) -> tuple[str, str]:
    return parameters.warn(measure), parameters.stop(measure)


_EXACT = frozenset({"rate_percent_warn", "rate_multiple", "convener_limit", "basic_limit"})
_SINGLE = {
    "lender_loans_months": parameters.LENDER_LOANS_MONTHS,
    "rate_percent_warn": parameters.RATE_PERCENT_WARN,
    "rate_multiple": parameters.RATE_MULTIPLE,
    "convener_limit": parameters.CONVENER_LIMIT,
    "basic_limit": parameters.BASIC_LIMIT,
    "borrower_overdue_days": parameters.BORROWER_OVERDUE_DAYS,
    "request_days": parameters.REQUEST_DAYS,
    "sign_days": parameters.SIGN_DAYS,
    "deliver_days": parameters.DELIVER_DAYS,
}


def counted_since(limits: Limits, day: date) -> date:
    """The first day of the months in which a lender's loans are counted."""
    return add_months(day, -limits.lender_loans_months)


def exposure_of(member: Member, *, since: date, on: date) -> Exposure:
    """What a person has at stake, in all unions; loans lent are counted from ``since``."""
    return exposures_of([member.pk], since=since, on=on)[member.pk]


def exposures_of(member_ids: Iterable[int], *, since: date, on: date) -> dict[int, Exposure]:
    """What each of these persons has at stake on a day; four queries, however many they are."""
    ids = list(member_ids)
    borrowed: dict[int, Decimal] = dict.fromkeys(ids, ZERO)
    lenders: dict[int, set[int]] = {pk: set() for pk in ids}
    rows = Share.objects.open().filter(loan__membership__member__in=ids)
    for borrower, lender, sum_ in (
        rows.values("loan__membership__member", "membership__member")
        .annotate(sum=Sum(AT_STAKE))
        .values_list("loan__membership__member", "membership__member", "sum")
        .order_by("loan__membership__member", "membership__member")
    ):
        borrowed[borrower] += sum_
        lenders[borrower].add(lender)
    lent = _lent(ids, since)
    credit = limits_of_members(ids, on)
    return {
        pk: Exposure(
            borrowed=borrowed[pk],
            lenders=frozenset(lenders[pk]),
            lent=lent[pk][0],
            loans=lent[pk][1],
            credit_limit=credit[pk].amount if pk in credit else None,
            is_vetoed=pk in credit and credit[pk].is_vetoed,
        )
        for pk in ids
    }


def _lent(ids: list[int], since: date) -> dict[int, tuple[Decimal, int]]:
    """What each has out, and how many loans they gave since a day; ended loans count, lapsed not."""
    is_open = Q(state__in=OPEN_SHARE_STATES)
    counted = ~Q(state=Share.State.LAPSED) & (
        Q(delivered_on__isnull=True) | Q(delivered_on__gte=since)
    )
    rows = (
        Share.objects.filter(membership__member__in=ids)
        .values("membership__member")
        .annotate(
            sum=Sum(AT_STAKE, filter=is_open, default=ZERO),
            loans=Count("loan", filter=counted, distinct=True),
        )
        .values_list("membership__member", "sum", "loans")
        .order_by("membership__member")
    )
    found = dict.fromkeys(ids, (ZERO, 0))
    for pk, sum_, loans in rows:
        found[pk] = (sum_, loans)
    return found


def union_total(union: Union) -> Decimal:
    """All that is agreed, under way or outstanding in a union; one query."""
    rows = Share.objects.open().filter(loan__union=union)
    total: Decimal = rows.aggregate(sum=Sum(AT_STAKE, default=ZERO))["sum"]
    return total


@dataclass(frozen=True)
class Counter:
    """One value against its level, for a page or a file. ``who`` is a member, None for the union."""

    measure: Measure
    value: Decimal
    level: Level
    who: Member | None = None

    @property
    def severity(self) -> Severity:
        """How far it has gone."""
        return self.level.severity(self.value)

    @property
    def percent(self) -> int:
        """The value as a whole percent of the stop level, rounded down; a level of 0 is full."""
        return int(self.value * HUNDRED / self.level.stop) if self.level.stop else int(HUNDRED)


def counters_of_member(member: Member, union: Union, day: date) -> list[Counter]:
    """A person's counters as borrower and lender in a union's limits; five queries."""
    limits = limits_of(union.path, day)
    exposure = exposure_of(member, since=counted_since(limits, day), on=day)
    return _counters(member, limits, exposure)


def counters(union: Union, day: date) -> list[Counter]:
    """The running counters of a union: the total first, then of everybody who owes or lends
    something there, the fullest first. Seven queries, whatever the number of people.
    """
    limits = limits_of(union.path, day)
    shares = Share.objects.filter(loan__union=union).exclude(state=Share.State.LAPSED)
    parties = ("loan__membership__member", "membership__member")
    pairs = shares.order_by(*parties).values_list(*parties).distinct()
    ids = {pk for pair in pairs for pk in pair}
    members = Member.objects.in_bulk(ids)
    exposures = exposures_of(sorted(ids), since=counted_since(limits, day), on=day)
    people = [
        counter
        for pk, exposure in exposures.items()
        for counter in _counters(members[pk], limits, exposure)
        if counter.value
    ]
    people.sort(key=lambda row: (-row.percent, row.measure, row.who.pk if row.who else 0))
    return [Counter(Measure.UNION_TOTAL, union_total(union), limits.union_total), *people]


def near_limits(union: Union, day: date) -> list[Counter]:
    """Counters beyond their warning level, the fullest first."""
    return [row for row in counters(union, day) if row.severity is not Severity.FINE]


def _counters(member: Member, limits: Limits, exposure: Exposure) -> list[Counter]:
    credit, credit_level = policy.credit_level(limits, exposure)
    values: dict[Measure, Any] = {
        Measure.BORROWER_OUTSTANDING: exposure.borrowed,
        Measure.BORROWER_UNION_PERCENT: exposure.borrowed * HUNDRED / limits.union_total.stop,
        Measure.BORROWER_LENDERS: Decimal(len(exposure.lenders)),
        credit: exposure.borrowed,
        Measure.LENDER_OUT: exposure.lent,
        Measure.LENDER_LOANS: Decimal(exposure.loans),
    }
    return [
        Counter(
            measure,
            value,
            credit_level if measure is credit else limits.level(measure),
            member,
        )
        for measure, value in values.items()
    ]
