"""Nightly work of scoring."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from core.dates import business_date
from core.errors import Refused
from credit.scoring.services import nightly

logger = logging.getLogger(__name__)


@shared_task(name="scoring.score_members")
def score_members(**kwargs: object) -> None:
    """Have today's scores made; a date that is done is left as it is."""
    now = timezone.now()
    try:
        nightly.score_members(on=business_date(now), at=now)
    except Refused as refused:
        logger.info("scores: %s", refused.code)
