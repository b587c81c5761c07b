"""Nightly work before there is a contract: the reference rate, requests that ran out."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from credit.lending.services import lpr


@shared_task(name="lending.remind_lpr")
def remind_lpr(**kwargs: object) -> None:
    """Tell officers of a publication day that has come and whose rate nobody has entered."""
    lpr.remind_lpr(at=timezone.now())
