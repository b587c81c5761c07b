"""What the services of repayments share: sides, words, the trail."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core import audit
from core.errors import NotFound, Refused
from core.formats import format_day
from credit.lending.models import Repayment, Share
from credit.lending.services.loan_notices import borrower_of, repayment_link, tell
from credit.lending.services.locking import (
    member_behind,
)

Side = Repayment.Side


def side_in(share_id: int, by: Any) -> str:
    """On which side of a share the account's member stands."""
    member = member_behind(by)
    share = Share.objects.select_related("loan__membership", "membership").filter(pk=share_id)
    found = share.first()
    if found is not None and found.membership.member_id == member.pk:
        return Side.LENDER
    if found is not None and found.loan.membership.member_id == member.pk:
        return Side.BORROWER
    raise NotFound


def check_after_delivery(share: Share, on: date) -> None:
    """Nothing is paid before the money has arrived.

    Raises:
        Refused: ``paid_before_delivery``.
    """
    if share.delivered_on is not None and on < share.delivered_on:
        raise Refused(
            "paid_before_delivery",
            _("日期%(day)s早于借款到账日%(delivered)s。")
            % {"day": format_day(on), "delivered": format_day(share.delivered_on)},
            way_on=_("请填实际转账的那一天。"),
        )


def tell_other(repayment: Repayment, side: str, kind: str, at: datetime, **facts: Any) -> None:
    """Tell the side that did not act, with the name of who did."""
    share = repayment.share
    borrower, lender = borrower_of(share.loan), share.membership.member
    actor, other = (borrower, lender) if side == Side.BORROWER else (lender, borrower)
    _tell(other, repayment, kind, at, name=actor.name, **facts)


def tell_both(repayment: Repayment, kind: str, at: datetime, **facts: Any) -> None:
    """Borrower and lender learn the same."""
    share = repayment.share
    for member in (borrower_of(share.loan), share.membership.member):
        _tell(member, repayment, kind, at, **facts)


def _tell(member: Any, repayment: Repayment, kind: str, at: datetime, **facts: Any) -> None:
    tell(
        member,
        kind,
        about=repayment,
        loan=repayment.share.loan,
        at=at,
        link=repayment_link(repayment),
        day=repayment.paid_on,
        amount=repayment.amount,
        **facts,
    )


def record_deed(deed: str, repayment: Repayment, by: Any, at: datetime, **facts: Any) -> None:
    """The audit row of something done to a repayment."""
    audit.record(
        f"lending.repayment_{deed}",
        repayment,
        by=by,
        at=at,
        scope=repayment.share.loan.union.path,
        share=repayment.share_id,
        **facts,
    )
