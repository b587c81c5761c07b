"""Erasing what lending holds of a member; contracts and evidence stay their years."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from cooperative.membership.models import Member
from credit.lending.models import Loan, LoanRequest, Pledge, RequestDraft, SpareMoney

REMOVED = "已删除"
_REMOVED = (
    "purpose_note",
    "reason",
    "payee_name",
    "account_holder",
    "account_bank",
    "account_number",
)


def erase_lending(*, member: Member, at: datetime) -> None:
    """Remove drafts, spare money and every word a member wrote that no contract needs.

    The caller's transaction holds the confirmed request and the member's lock; nothing is open.
    What became a contract stays as it was signed, and with it requests and answers that led to it
    (Civil Code arts. 188, 189; limits of keeping: ``lending.evidence_years``).
    """
    with transaction.atomic():
        RequestDraft.objects.filter(membership__member=member).delete()
        for spare in SpareMoney.objects.locked().filter(membership__member=member):
            if Pledge.objects.filter(spare_money=spare).exists():
                spare.ended_at = spare.ended_at or at
                spare.save(update_fields=["ended_at"])
            else:
                spare.delete()
        requests = list(_without_contract(member).locked())
        for request in requests:
            request.purpose_note = request.reason = ""
            if request.payee_name:
                request.payee_name = REMOVED
            request.account_holder = request.account_bank = request.account_number = ""
            request.save(update_fields=_REMOVED)
        pledges = Pledge.objects.locked().filter(membership__member=member)
        for pledge in pledges.exclude(state=Pledge.State.CONTRACTED):
            pledge.note, pledge.reasons = "", []
            pledge.save(update_fields=["note", "reasons"])


def _without_contract(member: Member) -> Any:
    rows = LoanRequest.objects.filter(membership__member=member)
    return rows.filter(~Exists(Loan.objects.filter(request=OuterRef("pk"))))
