"""Transfers on which the borrower has said nothing, and what came of those that came to nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from core.dates import business_date
from core.parameters import value_on
from credit.lending.models import HandBack, Share
from credit.lending.parameters import ARRIVAL_DAYS
from credit.lending.rules.reminders import unanswered_from


def unanswered_transfers(unions: Any, today: date) -> list[Share]:
    """Those of some unions whose days are over, the oldest first; a query, and one a union with any."""
    rows = Share.objects.filter(loan__union__in=unions, state=Share.State.SENT)
    shares = list(rows.select_related("loan__union").order_by("sent_at", "pk"))
    scopes = {share.loan.union.path for share in shares}
    days = {scope: arrival_days(scope, today) for scope in scopes}
    return [share for share in shares if is_unanswered(share, today, days[share.loan.union.path])]


def arrival_days(scope: str, today: date) -> int:
    """For how many days a union lets a declared transfer wait for the borrower's word."""
    return int(value_on(ARRIVAL_DAYS, today, scope=scope))


def is_unanswered(share: Share, today: date, days: int) -> bool:
    """Whether a share's transfer has waited for its days."""
    if share.state != Share.State.SENT or share.sent_at is None:
        return False
    return today >= unanswered_from(business_date(share.sent_at), days)


def hand_backs_of(shares: Iterable[Share]) -> list[HandBack]:
    """What came of these shares and goes back, or went; only a lapsed one has any."""
    lapsed = [share.pk for share in shares if share.state == Share.State.LAPSED]
    if not lapsed:
        return []
    return list(HandBack.objects.filter(share__in=lapsed).order_by("opened_at", "pk"))
