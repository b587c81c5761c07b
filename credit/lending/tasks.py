"""Nightly work: the reference rate, requests and contracts that ran out."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from core.dates import business_date
from core.errors import Refused
from credit.lending.services import drafts, extending, lpr, nightly, requests, retaining
from credit.lending.services.expiring import expire_contracts as expire_due_contracts

logger = logging.getLogger(__name__)


@shared_task(name="lending.remind_lpr")
def remind_lpr(**kwargs: object) -> None:
    """Tell officers of a publication day that has come and whose rate nobody has entered."""
    lpr.remind_lpr(at=timezone.now())


@shared_task(name="lending.expire_requests")
def expire_requests(**kwargs: object) -> None:
    """End requests whose last day has passed, with the invitations and promises; forget old drafts."""
    now = timezone.now()
    expired, forgotten = requests.expire_requests(at=now), drafts.purge_drafts(at=now)
    logger.info("requests expired: %s, drafts forgotten: %s", expired, forgotten)


@shared_task(name="lending.expire_contracts")
def expire_contracts(**kwargs: object) -> None:
    """Call off contracts that were not signed, and transfers that were not sent, in time."""
    counts = expire_due_contracts(at=timezone.now())
    logger.info("contracts unsigned: %(unsigned)s, transfers unsent: %(unsent)s", counts)


@shared_task(name="lending.expire_extensions")
def expire_extensions(**kwargs: object) -> None:
    """End what was asked for and not decided before the loan's own end."""
    logger.info("extensions expired: %s", extending.expire_extensions(at=timezone.now()))


@shared_task(name="lending.close_day")
def close_yesterday(**kwargs: object) -> None:
    """Close yesterday and every day missed before it, unless that is done."""
    now = timezone.now()
    try:
        nightly.close_day(on=business_date(now) - timedelta(days=1), at=now)
    except Refused as refused:
        logger.info("close of day: %s", refused.code)


@shared_task(name="lending.remind_repayments")
def remind_repayments(**kwargs: object) -> None:
    """Remind of the payments of today; a day that was reminded of stays as it is."""
    now = timezone.now()
    nightly.remind(today=business_date(now), at=now)


@shared_task(name="lending.erase_contracts")
def erase_contracts(**kwargs: object) -> None:
    """Erase the contracts whose years of keeping are over, once a month."""
    retaining.erase_contracts(at=timezone.now())
