"""Both parties' books, brought to what a share's projection says after each change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from cooperative.ledger.contents import as_lines
from cooperative.ledger.models import Entry
from cooperative.ledger.rules import GOODS, MONEY
from cooperative.ledger.services import Draft, Proof, post_entries, reverse_entry
from cooperative.membership.services.telling import person_of
from core.dates import business_date
from credit.lending.models import LoanRequest, Repayment, Share
from credit.lending.rules.books import Standing, balances, balances_of, less, lines_of
from credit.lending.services.projecting import standing_of

DELIVERED = "lending.delivered"
REPAID = "lending.repaid"
REALLOCATED = "lending.reallocated"
RETURNED = "lending.returned"
WRITTEN_OFF = "lending.written_off"
ENTRY_KINDS = {
    DELIVERED: _("借款到账"),
    REPAID: _("还款"),
    REALLOCATED: _("重新抵充"),
    RETURNED: _("退回多付"),
    WRITTEN_OFF: _("核销"),
}


def post_delivery(share: Share, *, by: Any, at: datetime) -> None:
    """Post the arrival of a share just projected; a supplier who was paid delivers goods to the borrower."""
    assert share.delivered_on is not None
    change = _balances(share, standing_of(share))
    if share.loan.payee == LoanRequest.Payee.SUPPLIER:
        borrower = parties_of(share)[1]
        change[borrower, GOODS] = change.pop((borrower, MONEY))
    proofs = [Proof(share.slip, "slip")] if share.slip else []
    draft = _draft(share, DELIVERED, share.delivered_on, change, share.slip_number, proofs)
    post_entries([draft], by=by, at=at)


def post_payment(
    share: Share, repayment: Repayment, before: Standing, *, by: Any, at: datetime
) -> None:
    """Post a payment by its own parts; what it moved of other payments' parts is an entry of its own.

    The receipt's number is the entry's reference: the parts at that time can be read there for good.
    """
    own = _balances(share, _standing_of_parts(share, repayment))
    proofs = [Proof(repayment.slip, "slip")] if repayment.slip else []
    drafts = [
        _draft(share, REPAID, repayment.paid_on, own, repayment.receipt_number, proofs),
        *_rest(share, before, own, at),
    ]
    post_entries(drafts, by=by, at=at)


def post_reversal(
    share: Share, repayment: Repayment, before: Standing, *, by: Any, at: datetime
) -> None:
    """Take a payment's entry back for the cause that was proposed, and post what that moved of other payments' parts."""
    entry = entry_of(repayment)
    reverse_entry(entry=entry, reason=repayment.reversal_cause, by=by, at=at)
    posted = as_lines(entry.postings.select_related("account").order_by("pk"))
    taken_back = balances_of(line.mirrored for line in posted)
    post_entries(_rest(share, before, taken_back, at), by=by, at=at)


def post_change(
    share: Share,
    kind: str,
    on: date,
    before: Standing,
    *,
    by: Any,
    at: datetime,
    reference: str = "",
) -> None:
    """Post what changed between a standing and now as one entry; nothing if nothing did."""
    change = less(_balances(share, standing_of(share)), _balances(share, before))
    if any(change.values()):
        post_entries([_draft(share, kind, on, change, reference)], by=by, at=at)


def entry_of(repayment: Repayment) -> Entry:
    """The entry that posted a payment."""
    return Entry.objects.select_related("chain__subject_type").get(
        kind=REPAID, reference=repayment.receipt_number, reverses__isnull=True
    )


def parties_of(share: Share) -> tuple[str, str]:
    """Lender and borrower as holders of accounts."""
    return person_of(share.membership.member), person_of(share.loan.membership.member)


def _balances(share: Share, standing: Standing) -> dict[tuple[str, str], Any]:
    return balances(*parties_of(share), standing)


def _standing_of_parts(share: Share, repayment: Repayment) -> Standing:
    """What a payment by itself changes: the principal goes off the debt, or off what was given up."""
    given_up = share.state == Share.State.WRITTEN_OFF
    principal = repayment.principal
    return Standing(
        principal_outstanding=-principal * (not given_up),
        principal_paid=principal,
        interest_paid=repayment.interest,
        overdue_interest_paid=repayment.overdue_interest,
        costs_paid=repayment.costs,
        unallocated=repayment.unallocated,
        written_off=-principal * given_up,
    )


def _rest(
    share: Share, before: Standing, posted: dict[tuple[str, str], Any], at: datetime
) -> list[Draft]:
    """What the new standing has beyond the entry just posted."""
    change = less(_balances(share, standing_of(share)), _balances(share, before))
    rest = less(change, posted)
    return [_draft(share, REALLOCATED, business_date(at), rest)] if any(rest.values()) else []


def _draft(
    share: Share,
    kind: str,
    on: date,
    change: dict[tuple[str, str], Any],
    reference: str = "",
    proofs: Sequence[Proof] = (),
) -> Draft:
    return Draft(
        subject=share,
        kind=kind,
        business_date=on,
        lines=lines_of(change),
        scope=share.loan.union.path,
        reference=reference,
        evidence=proofs,
    )
