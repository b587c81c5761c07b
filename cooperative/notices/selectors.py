"""Questions about notices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import QuerySet

from cooperative.notices import rules
from cooperative.notices.models import Delivery, DemoMessage, Notice
from core.dates import business_date

DEMO_INBOX_AGE = timedelta(days=1)
_DEMO_INBOX_SIZE = 60


def notices_of(user: Any) -> QuerySet[Notice]:
    """An account's own notices, newest first."""
    return Notice.objects.filter(recipient=user).order_by("-id")


def unread_count(user: Any) -> int:
    """How many notices the account has not opened; one query, none for visitors."""
    if not user.is_authenticated:
        return 0
    return Notice.objects.filter(recipient=user, read_at__isnull=True).count()


@dataclass(frozen=True)
class Day:
    """The notices of one business date."""

    on: date
    notices: list[Notice]


def by_day(notices: Iterable[Notice]) -> list[Day]:
    """Notices, given in order of time, gathered by business date."""
    grouped = groupby(notices, key=lambda notice: business_date(notice.created_at))
    return [Day(on, list(rows)) for on, rows in grouped]


def due_count(at: datetime) -> int:
    """How many messages may be sent now; none in quiet hours."""
    return 0 if rules.is_quiet(at) else Delivery.objects.due(at).count()


def failed_count(scopes: Iterable[str] | QuerySet[Any]) -> int:
    """How many messages of these unions (paths) were given up: for the officers' dashboard."""
    return Delivery.objects.filter(state=rules.FAILED, notice__scope__in=scopes).count()


def demo_messages(at: datetime) -> list[DemoMessage]:
    """The demo's messages of the last day, newest first."""
    rows = DemoMessage.objects.filter(at__gt=at - DEMO_INBOX_AGE).order_by("-at", "-pk")
    return list(rows[:_DEMO_INBOX_SIZE])
