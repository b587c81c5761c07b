"""What the demo needs of lending and no real installation may have."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core import audit
from core.dates import business_date
from credit.lending.models import LprRate
from credit.lending.rules.publication import next_publication_day

DEMO_SOURCE = "演示数据：沿用上一期，不是真实公布的利率"


def load_rates(*, by: Any, checked_by: Any, at: datetime) -> int:
    """Carry the last known rate on to today, in rows that say they are not real; how many."""
    today = business_date(at)
    newest = LprRate.objects.filter(checked_at__isnull=False).latest("published_on")
    added = 0
    while (due_on := next_publication_day(newest.published_on)) <= today:
        newest = LprRate.objects.create(
            published_on=due_on,
            one_year_rate=newest.one_year_rate,
            source=DEMO_SOURCE,
            made_by=by,
            made_at=at,
            checked_by=checked_by,
            checked_at=at,
        )
        audit.record("lending.lpr_shipped", newest, by=None, at=at, rows=1)
        added += 1
    return added
