"""Nightly and daily work of scoring."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from core.dates import business_date
from core.errors import Refused
from credit.scoring.services import moved, nightly, watching
from credit.scoring.services.panels import close_due_panels
from credit.scoring.services.panels import remind_panels as remind_raters

logger = logging.getLogger(__name__)


@shared_task(name="scoring.score_members")
def score_members(**kwargs: object) -> None:
    """Have today's scores made; a date that is done is left as it is."""
    now = timezone.now()
    try:
        nightly.score_members(on=business_date(now), at=now)
    except Refused as refused:
        logger.info("scores: %s", refused.code)


@shared_task(name="scoring.tell_moved")
def tell_moved(**kwargs: object) -> None:
    """Tell members whose grade or limit the night changed; who was told is not told again."""
    logger.info("told of another grade or limit: %s", moved.tell_moved(at=timezone.now()))


@shared_task(name="scoring.close_panels")
def close_panels(**kwargs: object) -> None:
    """Close the panels whose last day has passed."""
    logger.info("panels closed: %s", close_due_panels(at=timezone.now()))


@shared_task(name="scoring.remind_panels")
def remind_panels(**kwargs: object) -> None:
    """Remind raters the day before a panel closes; who was reminded is not reminded again."""
    logger.info("raters reminded: %s", remind_raters(at=timezone.now()))


@shared_task(name="scoring.watch_objections")
def watch_objections(**kwargs: object) -> None:
    """Remind officers of objections whose last day comes near or has passed."""
    logger.info("objections running out: %s", watching.watch_objections(at=timezone.now()))
