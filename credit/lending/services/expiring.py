"""The night: contracts that nobody signed and transfers that nobody sent are not waited for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from core.dates import business_date
from core.errors import Refused
from credit.lending.models import Loan, Share
from credit.lending.services.cancelling import cancel_unsigned
from credit.lending.services.lapsing import lapse_unsent

logger = logging.getLogger(__name__)
_UNDER_WAY = (Loan.State.SIGNED, Loan.State.ACTIVE)


def expire_contracts(*, at: datetime) -> dict[str, int]:
    """Call off what is past its day, each in a transaction of its own; how many of which kind.

    May run twice, or late; what somebody moved meanwhile is left alone and looked at tomorrow.
    """
    today = business_date(at)
    unsigned = Loan.objects.filter(state=Loan.State.DRAWN, sign_by__lt=today)
    unsent = Share.objects.filter(
        state=Share.State.AGREED, loan__state__in=_UNDER_WAY, loan__deliver_by__lt=today
    )
    return {
        "unsigned": _each(
            unsigned.order_by("pk").values_list("pk", flat=True),
            lambda pk: cancel_unsigned(loan_id=pk, at=at),
        ),
        "unsent": _each(
            unsent.order_by("pk").values_list("pk", flat=True),
            lambda pk: lapse_unsent(share_id=pk, at=at),
        ),
    }


def _each(pks: Iterable[int], end: Callable[[int], Any]) -> int:
    done = 0
    for pk in list(pks):
        try:
            end(pk)
        except Refused as refused:
            logger.info("lending: %s was left alone: %s", pk, refused.code)
        else:
            done += 1
    return done
