"""How much of what a member registered is still free."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import F, Q, QuerySet, Sum

from core.exact import ZERO
from credit.lending.models import Pledge, Share, SpareMoney
from credit.lending.selectors.limits import AT_STAKE


def promised_of(spare: SpareMoney) -> Decimal:
    """What of it is promised: to requests without a contract, or by contract but not yet sent."""
    return promised_amounts([spare])[spare.pk]


def free_amount_of(spare: SpareMoney) -> Decimal:
    """What of it may still be pledged; never negative."""
    return free_amounts([spare])[spare.pk]


def free_amounts(spares: Iterable[SpareMoney]) -> dict[int, Decimal]:
    """What may still be pledged of each; three queries.

    What was lent since the member last said how much lies idle is gone from it, and comes back as
    it is repaid; what was lent before that was not counted by the member any more.
    """
    rows = list(spares)
    promised = promised_amounts(rows)
    lent = dict(
        _shares_of(rows)
        .filter(state=Share.State.FORMED, formed_at__gt=F("pledge__spare_money__registered_at"))
        .values("pledge__spare_money")
        .annotate(sum=Sum("principal_outstanding"))
        .values_list("pledge__spare_money", "sum")
        .order_by("pledge__spare_money")
    )
    return {
        row.pk: max(ZERO, row.amount - promised[row.pk] - lent.get(row.pk, ZERO)) for row in rows
    }


def promised_amounts(spares: Iterable[SpareMoney]) -> dict[int, Decimal]:
    """What is promised of each, as ``promised_of``; two queries."""
    rows = list(spares)
    found = {row.pk: ZERO for row in rows}
    pledged = (
        Pledge.objects.filter(spare_money__in=rows, state=Pledge.State.PLEDGED)
        .values("spare_money")
        .annotate(sum=Sum("amount"))
    )
    agreed = (
        _shares_of(rows)
        .filter(~Q(state=Share.State.FORMED))
        .values("pledge__spare_money")
        .annotate(sum=Sum(AT_STAKE))
    )
    for pk, sum_ in (
        *pledged.values_list("spare_money", "sum").order_by("spare_money"),
        *agreed.values_list("pledge__spare_money", "sum").order_by("pledge__spare_money"),
    ):
        found[pk] += sum_
    return found


def _shares_of(rows: list[SpareMoney]) -> QuerySet[Share]:
    return Share.objects.open().filter(pledge__spare_money__in=rows)
