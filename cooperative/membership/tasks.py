"""Nightly work of membership."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from cooperative.membership.parameters import DRAFT_DAYS
from cooperative.membership.roster import services as roster
from cooperative.membership.services import joining
from core.dates import business_date
from core.parameters import value_on


@shared_task(name="membership.purge_drafts")
def purge_drafts(**kwargs: object) -> None:
    """Remove joining drafts that nobody has touched for the days the parameter says."""
    now = timezone.now()
    days = int(value_on(DRAFT_DAYS, business_date(now)))
    joining.purge_drafts(before=now - timedelta(days=days))


@shared_task(name="membership.purge_rosters")
def purge_rosters(**kwargs: object) -> None:
    """Remove the rows of rosters that ended the days before that the parameter says."""
    roster.purge_rosters(now=timezone.now())
