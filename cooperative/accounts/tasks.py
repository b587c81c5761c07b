"""Nightly tidying of accounts."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from cooperative.accounts.services.sessions import forget_ended_sessions


@shared_task(name="accounts.forget_sessions")
def forget_sessions() -> int:
    """Forget devices and addresses of sessions that ended; how many."""
    return forget_ended_sessions(at=timezone.now())
