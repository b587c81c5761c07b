"""The end of a score whose member no longer agrees to be scored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core import audit
from core.dates import business_date
from credit.scoring.models import Score


def end_score(member_id: int, by: Any, at: datetime) -> None:
    """End the current score at once, in the transaction that ends the consent; none is no harm.

    Source: PIPL art. 15; Credit Reporting Regulation art. 13.
    """
    row = Score.objects.current().locked().filter(member=member_id).first()
    if row is None:
        return
    row.superseded_on = business_date(at)
    row.save(update_fields=["superseded_on"])
    audit.record("scoring.score_ended", row, by=by, at=at, member=member_id)
