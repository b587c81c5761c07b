"""Requests under way and what is promised to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from core.exact import ZERO
from core.money import MoneyField
from credit.lending.models import Loan, LoanRequest, Pledge
from credit.lending.rules import policy
from credit.lending.rules.policy import Finding
from credit.lending.rules.states.request import RequestState
from credit.lending.selectors.limits import counted_since, exposures_of, limits_of, union_total
from credit.lending.selectors.rates import ceiling_of, lpr_on

OPEN_STATES = (
    RequestState.SUBMITTED,
    RequestState.RETURNED,
    RequestState.PROPOSED,
    RequestState.CONVENING,
    RequestState.COVERED,
)
"""A request that still may become a contract."""
PROMISING = (Pledge.State.PLEDGED, Pledge.State.CONTRACTED)


def open_requests() -> QuerySet[LoanRequest]:
    """Requests that have neither ended nor become a contract."""
    return LoanRequest.objects.filter(state__in=OPEN_STATES)


def requests_with_pledges(rows: QuerySet[LoanRequest]) -> QuerySet[LoanRequest]:
    """The rows with ``pledged`` (yuan), ``asked`` and ``answered`` (invitations); for lists."""
    pledged = Sum("pledges__amount", filter=Q(pledges__state__in=PROMISING))
    return rows.annotate(
        pledged=Coalesce(pledged, ZERO, output_field=MoneyField()),
        asked=Count("pledges", distinct=True),
        answered=Count("pledges", filter=Q(pledges__answered_at__isnull=False), distinct=True),
    )


def pledged_to(request: LoanRequest, *, without: int | None = None) -> Decimal:
    """What is promised to a request, leaving one pledge out if asked; one query."""
    rows = Pledge.objects.filter(request=request, state__in=PROMISING)
    if without is not None:
        rows = rows.exclude(pk=without)
    total: Decimal = rows.aggregate(sum=Sum("amount", default=ZERO))["sum"]
    return total


def missing_of(request: LoanRequest, *, without: int | None = None) -> Decimal:
    """What is still missing until a request is covered; never negative."""
    amount: Decimal = request.amount
    return max(ZERO, amount - pledged_to(request, without=without))


def pledges_of(request: LoanRequest) -> QuerySet[Pledge]:
    """Everybody invited, in the order of invitation, with their members."""
    rows = Pledge.objects.filter(request=request).select_related("membership__member", "invited_by")
    return rows.order_by("invited_at", "pk")


@dataclass(frozen=True)
class Past:
    """What a person has borrowed before: contracts that came about, and how they went."""

    settled: int
    running: int
    late: int
    written_off: int


def past_of(request: LoanRequest) -> Past:
    """The borrower's earlier loans, for the officer who reviews; one query."""
    rows: dict[str, Any] = Loan.objects.filter(
        membership__member=request.membership.member_id
    ).aggregate(
        settled=Count("pk", filter=Q(state=Loan.State.SETTLED), distinct=True),
        running=Count("pk", filter=Q(state=Loan.State.ACTIVE), distinct=True),
        late=Count("pk", filter=Q(shares__overdue_since__isnull=False), distinct=True),
        written_off=Count("pk", filter=Q(state=Loan.State.WRITTEN_OFF), distinct=True),
    )
    return Past(**rows)


def findings_of(request: LoanRequest, day: date) -> list[Finding]:
    """What a contract over this request would warn of or be stopped by today; eight queries.

    For the officer who reviews; ``credit.lending.limit_words`` puts findings into words. A rate is
    weighed once the request has one, or by what the borrower would pay at most.

    Raises:
        Refused: ``parameter_missing`` or ``lpr_missing``.
    """
    union = request.membership.union
    limits = limits_of(union.path, day)
    member = request.membership.member_id
    exposure = exposures_of([member], since=counted_since(limits, day), on=day)[member]
    rate = request.highest_rate if request.rate is None else request.rate
    ceiling = ceiling_of(lpr_on(day), limits.rate_multiple)
    return [
        *policy.check_borrower(limits, exposure, request.amount),
        *policy.check_union(limits, union_total(union), request.amount),
        *policy.check_term(limits, request.term_months),
        *policy.check_rate(limits, rate, ceiling),
    ]
