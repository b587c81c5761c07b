"""The day before a panel closes: who has not answered for everybody is asked once more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from core.dates import business_date
from credit.scoring.models import PanelReview
from credit.scoring.selectors.panels import progress_of
from credit.scoring.services.panels.telling import tell_rater


def remind_panels(*, at: datetime) -> int:
    """Remind the raters of panels whose last day is tomorrow; how many. Twice tells nobody twice."""
    last = business_date(at) + timedelta(days=1)
    rows = PanelReview.objects.filter(state=PanelReview.State.OPEN, closes_on=last)
    asked = 0
    for panel in rows.select_related("union").order_by("pk"):
        with transaction.atomic():
            for progress in progress_of(panel, at):
                left = progress.asked - progress.answered
                if left:
                    progress.seat.panel = panel
                    tell_rater(progress.seat, "scoring.panel_reminder", at=at, count=left)
                    asked += 1
    return asked
