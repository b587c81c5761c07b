"""Giving back what was paid too much."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import audit
from core.errors import Refused, busy_is_refused
from credit.lending.models import LoanEvent
from credit.lending.services.booking import RETURNED, post_change
from credit.lending.services.checks import check_not_future
from credit.lending.services.loan_notices import borrower_of, share_link, tell
from credit.lending.services.locking import (
    lock_share,
)
from credit.lending.services.projecting import project_share, record_event, standing_of
from credit.lending.services.repayment_rows import (
    Side,
    check_after_delivery,
    side_in,
)


def return_unallocated(
    *, share_id: int, on: date, slip_number: str, by: Any, at: datetime
) -> LoanEvent:
    """Note that the lender gave back all that was paid too much.

    The lender gives the slip's number; the borrower may note it without one, since it is the
    borrower's money.

    Raises:
        NotFound: neither borrower nor lender of the share.
        Refused: ``nothing_to_return``, ``slip_missing``, ``paid_in_future`` or
            ``paid_before_delivery``.
    """
    side = side_in(share_id, by)
    slip_number = slip_number.strip()
    with busy_is_refused(), transaction.atomic():
        share = lock_share(share_id)
        amount = share.unallocated
        if not amount:
            raise Refused("nothing_to_return", _("这一份没有多付待退的钱。"))
        if side == Side.LENDER and not slip_number:
            raise Refused(
                "slip_missing", _("请填写退款的银行流水号，例如手机银行转账详情里的那一串。")
            )
        check_not_future(on, at)
        check_after_delivery(share, on)
        before = standing_of(share)
        event = record_event(
            share=share,
            kind=LoanEvent.Kind.RETURNED,
            on=on,
            amount=amount,
            facts={"slip_number": slip_number, "side": side},
            by=by,
            at=at,
        )
        project_share(share, at=at)
        post_change(share, RETURNED, on, before, by=by, at=at, reference=slip_number)
        audit.record(
            "lending.overpayment_returned",
            share,
            by=by,
            at=at,
            scope=share.loan.union.path,
            amount=str(amount),
        )
        for member in (borrower_of(share.loan), share.membership.member):
            tell(
                member,
                "lending.overpayment_returned",
                about=event,
                loan=share.loan,
                at=at,
                link=share_link(share) if member == share.membership.member else "",
                amount=amount,
                day=on,
            )
    return event
