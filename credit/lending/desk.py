"""What waits for an officer before there is a contract: rates, requests, pledges."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cooperative.membership.access import can_anywhere, unions_where
from cooperative.membership.desk import Waiting
from credit.lending.links import panel_list
from credit.lending.models import LoanRequest
from credit.lending.selectors.rates import lpr_due_on, unconfirmed_rates
from credit.lending.services.lpr import CONFIRM, PROPOSE
from credit.lending.services.request_notices import APPROVE, CONVENE

SOON_DAYS = 3


def lpr_waiting(user: Any, today: date) -> list[Waiting]:
    """A publication whose rate nobody entered, and rates that wait for a second officer."""
    lines = []
    if can_anywhere(user, PROPOSE, today):
        due_on = lpr_due_on(today)
        late = int(due_on is not None and due_on < today)
        lines.append(
            Waiting(_("新的报价利率等登记"), int(due_on is not None), panel_list("lprrate"), late)
        )
    if can_anywhere(user, CONFIRM, today):
        rows = unconfirmed_rates().exclude(made_by=user)
        lines.append(Waiting(_("报价利率等您复核"), rows.count(), panel_list("lprrate")))
    return lines


def requests_waiting(user: Any, today: date) -> list[Waiting]:
    """Requests to review, to approve, and to invite lenders for.

    Not those that the officer asked for or, to be approved, convened themself. Late are those
    that run out within three days.
    """
    mine = unions_where(user, CONVENE, today)
    to_approve = _of(user, unions_where(user, APPROVE, today), "proposed").exclude(convened_by=user)
    return [
        _line(_("借款申请等您看"), _of(user, mine, "submitted"), "submitted", today),
        _line(_("借款召集等您复核"), to_approve, "proposed", today),
        _line(_("借款还没凑齐，等您邀请"), _of(user, mine, "convening"), "convening", today),
    ]


def _of(user: Any, unions: Any, state: str) -> QuerySet[LoanRequest]:
    rows = LoanRequest.objects.filter(membership__union__in=unions, state=state)
    return rows.exclude(membership__member__user=user)


def _line(label: Any, rows: QuerySet[LoanRequest], state: str, today: date) -> Waiting:
    soon = today + timedelta(days=SOON_DAYS)
    late = rows.filter(expires_on__lt=soon).count()
    return Waiting(label, rows.count(), panel_list("loanrequest", f"state__exact={state}"), late)
