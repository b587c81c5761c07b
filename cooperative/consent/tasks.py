"""Work of the night."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from cooperative.consent import reference, services

logger = logging.getLogger(__name__)


@shared_task(name="consent.watch_clocks")
def watch_clocks() -> None:
    """Remind officers of requests that run out; make unions founded today recipients.

    Consents that have run out need no work: whether one is live follows from the time.
    """
    now = timezone.now()
    added = reference.ensure_recipients(at=now)
    urgent = services.remind_officers(at=now)
    logger.info("data requests running out: %s, new recipients: %s", urgent, added)
