"""A payment starts to count: replay, books, receipt, and the end of a share or of the loan."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core import audit
from core.dates import business_date
from core.documents import new_number
from core.exact import ZERO
from credit.lending.models import Loan, LoanEvent, Repayment, Share
from credit.lending.models.shares import OPEN_SHARE_STATES
from credit.lending.rules.books import Standing
from credit.lending.services.booking import post_payment
from credit.lending.services.costs import lapse_costs
from credit.lending.services.loan_notices import (
    borrower_of,
    lenders_of,
    loan_link,
    repayment_link,
    share_link,
    tell,
)
from credit.lending.services.locking import LoanLockNeeded, lock_loan
from credit.lending.services.projecting import PARTS, project_share, record_event, standing_of


def count_payment(
    share: Share, repayment: Repayment, *, loan_is_locked: bool, by: Any, at: datetime
) -> None:
    """Let a locked payment of a locked share count from its day, with receipt, entry and notices.

    Raises:
        LoanLockNeeded: it settles the share and the loan is not locked yet.
    """
    before, was = standing_of(share), share.state
    repayment.state = Repayment.State.CONFIRMED
    repayment.confirmed_by, repayment.confirmed_at = by, at
    repayment.receipt_number = new_number(at)
    repayment.unallocated = repayment.amount  # until the replay says where it goes
    repayment.save()
    record_event(
        share=share,
        kind=LoanEvent.Kind.PAID,
        on=repayment.paid_on,
        amount=repayment.amount,
        repayment=repayment,
        by=by,
        at=at,
    )
    projection = project_share(share, at=at)
    settles = share.state == Share.State.SETTLED != was
    if settles and not loan_is_locked:
        raise LoanLockNeeded
    for name in PARTS:
        setattr(repayment, name, getattr(projection.parts[str(repayment.pk)], name))
    post_payment(share, repayment, before, by=by, at=at)
    audit.record(
        "lending.repayment_confirmed",
        repayment,
        by=by,
        at=at,
        scope=share.loan.union.path,
        share=share.pk,
        amount=str(repayment.amount),
    )
    _tell_confirmed(share, repayment, before, at)
    if settles:
        lapse_costs(share, ended=_("这一份借款已经还清"), by=by, at=at)
        _tell_share_settled(share, at)
        settle_loan(share.loan_id, by=by, at=at)


def _tell_confirmed(share: Share, repayment: Repayment, before: Standing, at: datetime) -> None:
    for member in (borrower_of(share.loan), share.membership.member):
        tell(
            member,
            "lending.repayment_confirmed",
            about=repayment,
            loan=share.loan,
            at=at,
            link=repayment_link(repayment),
            day=repayment.paid_on,
            amount=repayment.amount,
            principal=repayment.principal,
            interest=repayment.interest + repayment.overdue_interest,
            outstanding=share.principal_outstanding + share.written_off,
        )
        if share.unallocated > max(before.unallocated, ZERO):
            tell(
                member,
                "lending.repayment_overpaid",
                about=repayment,
                loan=share.loan,
                at=at,
                link=repayment_link(repayment),
                unallocated=share.unallocated,
            )


def _tell_share_settled(share: Share, at: datetime) -> None:
    """Both learn that this lender has everything back."""
    for member, link in (
        (borrower_of(share.loan), loan_link(share.loan)),
        (share.membership.member, share_link(share)),
    ):
        tell(
            member,
            "lending.share_settled",
            about=share,
            loan=share.loan,
            at=at,
            link=link,
            due_on=business_date(at),
            name=share.membership.member.name,
            amount=share.amount,
        )


def settle_loan(loan_id: int, *, by: Any, at: datetime) -> Loan:
    """End a loan all of whose shares have ended, and tell everybody; otherwise leave it.

    The caller locked the loan before any of its shares. Also for a share that lapses after the
    others were paid back.
    """
    loan = lock_loan(loan_id)
    shares = list(loan.shares.select_related("membership__member__user").order_by("pk"))
    if not _has_ended(loan, shares):
        return loan
    loan.state, loan.ended_at = Loan.State.SETTLED, at
    loan.save(update_fields=["state", "ended_at"])
    audit.record("lending.loan_settled", loan, by=by, at=at, scope=loan.union.path)
    links = {borrower_of(loan): loan_link(loan)}
    links |= {
        share.membership.member: share_link(share)
        for share in shares
        if share.delivered_on is not None
    }
    for member, link in links.items():
        tell(
            member,
            "lending.loan_settled",
            about=loan,
            loan=loan,
            at=at,
            link=link,
            due_on=business_date(at),
        )
    return loan


def _has_ended(loan: Loan, shares: list[Share]) -> bool:
    """Whether a running loan has been paid back: something was delivered, nothing is open."""
    return (
        loan.state == Loan.State.ACTIVE
        and any(share.delivered_on is not None for share in shares)
        and not any(share.state in OPEN_SHARE_STATES for share in shares)
    )


def reopen_loan(loan: Loan, shares: list[Share], *, by: Any, at: datetime) -> None:
    """Let a settled loan run again; the caller holds its lock."""
    loan.state, loan.ended_at = Loan.State.ACTIVE, None
    loan.save(update_fields=["state", "ended_at"])
    audit.record("lending.loan_reopened", loan, by=by, at=at, scope=loan.union.path)
    for member, link in (
        (borrower_of(loan), loan_link(loan)),
        *zip(lenders_of(shares), map(share_link, shares), strict=True),
    ):
        tell(
            member,
            "lending.loan_reopened",
            about=loan,
            loan=loan,
            at=at,
            link=link,
            due_on=business_date(at),
        )
