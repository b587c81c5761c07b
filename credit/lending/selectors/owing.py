"""What borrowers are asked for on a day: one sum for the home page, the loan's page and the reminders.

All that has fallen due by the day, with overdue interest to it and confirmed costs; or, while nothing is
late, what comes next, with the costs. Payments that wait for the other side's word are taken as made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Min, Q, Sum

from cooperative.membership.models import Member
from core.exact import ZERO
from credit.lending.models import Cost, Instalment, Repayment, Share
from credit.lending.selectors.replaying import PENDING, histories_of

SOON = timedelta(days=7)


@dataclass(frozen=True)
class ToPay:
    """What one loan asks its borrower for; ``due_on`` is the oldest day of it, or today."""

    loan_id: int
    amount: Decimal
    due_on: date


@dataclass(frozen=True)
class Fallen:
    """What a running share asks for by a day, if what waits is confirmed; and its costs as they are."""

    due: Decimal
    costs: Decimal


@dataclass(frozen=True)
class _Owed:
    """One share of a borrower: what its instalments ask for within a week, and what has fallen due."""

    rows: Decimal
    fallen: Fallen
    waiting: Decimal
    since: date | None
    next_on: date | None

    @property
    def to_come(self) -> Decimal:
        """All that it asks for within a week while nothing is late."""
        return left_of(self.rows + self.fallen.costs, self.waiting)


Waiting = Mapping[int, Sequence[Repayment]]


def fallen_due(shares: Iterable[Share], day: date, waiting: Waiting) -> dict[int, Fallen]:
    """By share, in one query. ``waiting`` has the payments that wait for a word."""
    return {
        share_id: Fallen(
            due=history.if_confirmed(waiting.get(share_id, ())).on(day).due,
            costs=history.on(day).costs_owed,
        )
        for share_id, history in histories_of(shares).items()
    }


def left_of(owed: Decimal, waiting: Decimal) -> Decimal:
    """What is still asked for beyond payments that wait for a word."""
    return max(owed - waiting, ZERO)


def loans_to_pay(member: Member, today: date) -> list[ToPay]:
    """Each loan of a borrower that is late, asks for something within a week, or for costs.

    Three queries, two more if something is late or there are costs.
    """
    owed = _owed_by_loan(member, today)
    found = [_asked(loan_id, parts, today) for loan_id, parts in sorted(owed.items())]
    return [one for one in found if one.amount]


def _asked(loan_id: int, parts: list[_Owed], today: date) -> ToPay:
    since = min((one.since for one in parts if one.since is not None), default=today)
    if since < today:
        if due := sum((one.fallen.due for one in parts), ZERO):
            return ToPay(loan_id, due, since)
        since = min((one.next_on for one in parts if one.next_on is not None), default=today)
    return ToPay(loan_id, sum((one.to_come for one in parts), ZERO), since)


def _owed_by_loan(member: Member, today: date) -> dict[int, list[_Owed]]:
    rows = {row["share"]: row for row in _unpaid(member, today)}
    late = {row["share__loan"] for row in rows.values() if row["since"] < today}
    waiting = _waiting_of(member)
    shares = _shares(late | _with_costs(member))
    fallen = fallen_due(shares, today, waiting)
    loans = {pk: row["share__loan"] for pk, row in rows.items()}
    loans |= {share.pk: share.loan_id for share in shares}
    found: dict[int, list[_Owed]] = {}
    for share_id, loan_id in sorted(loans.items()):
        row = rows.get(share_id, _NOTHING)
        one = _Owed(
            rows=row["owed"],
            fallen=fallen.get(share_id, Fallen(ZERO, ZERO)),
            waiting=sum((payment.amount for payment in waiting.get(share_id, ())), ZERO),
            since=row["since"],
            next_on=row["next_on"],
        )
        found.setdefault(loan_id, []).append(one)
    return found


_NOTHING: dict[str, Any] = {"owed": ZERO, "since": None, "next_on": None}


def _unpaid(member: Member, today: date) -> Iterable[Any]:
    """By running share, what its instalments ask for until a week from today."""
    owed = F("principal") - F("principal_paid") + F("interest") - F("interest_paid")
    rows = Instalment.objects.filter(
        share__loan__membership__member=member,
        share__state=Share.State.FORMED,
        settled_on__isnull=True,
        due_on__lte=today + SOON,
    )
    by_share = rows.values("share", "share__loan").annotate(
        owed=Sum(owed),
        since=Min("due_on"),
        next_on=Min("due_on", filter=Q(due_on__gt=today)),
    )
    return by_share.order_by("share__loan", "share")


def _with_costs(member: Member) -> set[int]:
    """The borrower's running loans on which costs of recovery were confirmed."""
    rows = Cost.objects.filter(
        share__loan__membership__member=member,
        share__state=Share.State.FORMED,
        state=Cost.State.CONFIRMED,
    )
    return set(rows.values_list("share__loan", flat=True).order_by("share__loan"))


def _waiting_of(member: Member) -> dict[int, list[Repayment]]:
    rows = Repayment.objects.filter(share__loan__membership__member=member, state__in=PENDING)
    found: dict[int, list[Repayment]] = {}
    for row in rows.order_by("share", "pk"):
        found.setdefault(row.share_id, []).append(row)
    return found


def _shares(loan_ids: set[int]) -> list[Share]:
    if not loan_ids:
        return []
    rows = Share.objects.filter(loan__in=loan_ids, state=Share.State.FORMED)
    return list(rows.order_by("pk"))
