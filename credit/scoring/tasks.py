"""Nightly scoring on Celery."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from core.dates import today
from credit.scoring.services.nightly import score_members


@shared_task(name="scoring.score_members")
def score_today() -> int:
    """Have today's scores written; once a day, whoever asks how often. The run's key."""
    return int(score_members(on=today(), at=timezone.now()).pk)
