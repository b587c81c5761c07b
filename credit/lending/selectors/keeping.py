"""Until when contracts and their evidence are kept, and what belongs to one."""

from __future__ import annotations

from datetime import date
from functools import cache

from django.db.models import Exists, Min, OuterRef, Q

from core.dates import add_months, business_date, start_of_day
from core.models import Parameter, StoredFile
from core.parameters import value_on
from credit.lending.models import Cost, HandBack, Loan, Repayment, Share
from credit.lending.parameters import EVIDENCE_YEARS


def kept_until(ended_on: date, *, scope: str) -> date:
    """The last day on which a contract is kept, by the figure in force when its loan ended."""
    years = int(value_on(EVIDENCE_YEARS, ended_on, scope=scope))
    return add_months(ended_on, 12 * years)


def contracts_over(on: date) -> list[int]:
    """Loans whose contracts are kept no longer on a day, by key.

    One of which a sum is still to be handed back waits for that.
    """
    last_day = cache(lambda ended_on, scope: kept_until(ended_on, scope=scope))
    shortest = Parameter.objects.filter(code=EVIDENCE_YEARS).aggregate(least=Min("value"))["least"]
    if shortest is None:  # no figure, no erasing
        return []
    going_back = HandBack.objects.filter(share__loan=OuterRef("pk")).exclude(
        state=HandBack.State.RETURNED
    )
    ended = Loan.objects.filter(
        ~Exists(going_back),
        contract_erased_at__isnull=True,
        ended_at__lt=start_of_day(add_months(on, -12 * int(shortest))),
    )
    rows = ended.order_by("pk").values_list("pk", "ended_at", "union__path")
    return [pk for pk, at, scope in rows if at and last_day(business_date(at), scope) < on]


def evidence_of(loan: Loan) -> list[StoredFile]:
    """Slips of its transfers and payments, bills of its costs; those not yet erased."""
    rows = (
        Share.objects.filter(loan=loan).values("slip"),
        Repayment.objects.filter(share__loan=loan).values("slip"),
        Cost.objects.filter(share__loan=loan).values("evidence"),
        HandBack.objects.filter(share__loan=loan).values("slip"),
    )
    named = Q()
    for files in rows:
        named |= Q(pk__in=files)
    return list(StoredFile.objects.filter(named, erased_at__isnull=True).order_by("pk"))
