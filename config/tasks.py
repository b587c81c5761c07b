"""Work of the queue that belongs to the house and to no app."""

from __future__ import annotations

from importlib import import_module

from celery import shared_task
from django.conf import settings


@shared_task(name="house.clear_sessions")
def clear_sessions() -> None:
    """Nightly: remove sessions that have expired; their list shown to users follows them."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
