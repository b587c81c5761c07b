"""Giving back what came of a transfer whose share came to nothing; nothing is lost from sight meanwhile.

The borrower says that it went back, the lender that it came. The lender's word alone is enough, since
it is the lender's money; the borrower's alone is not.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from core import audit
from core.errors import NotFound, Refused, busy_is_refused
from core.models import AuditRow
from credit.lending.access import access_hand_back
from credit.lending.evidence import accept_slip
from credit.lending.models import HandBack, Share
from credit.lending.rules.states import Actor
from credit.lending.rules.states.hand_back import TRANSITIONS, HandBackState
from credit.lending.services.checks import check_not_future, clean_reason, clean_slip_number
from credit.lending.services.contract_notices import hand_back_link, tell
from credit.lending.services.loan_notices import borrower_of
from credit.lending.services.locking import check_move, lock_share, member_behind, officers_row

RESOLVE = "loan.convene"


def owe_back(share: Share, *, by: Any, at: datetime) -> None:
    """A share has lapsed: what came of it is owed back from now on. The caller holds its lock."""
    if share.arrived_amount is None:
        return
    row = HandBack.objects.create(share=share, amount=share.arrived_amount, opened_at=at)
    _record("owed", row, by, at)
    for member in (borrower_of(share.loan), share.membership.member):
        _tell(member, row, "lending.hand_back_owed", at)


def declare_hand_back(
    *,
    hand_back_id: int,
    on: date,
    slip_number: str,
    slip: UploadedFile[Any] | None,
    by: Any,
    at: datetime,
) -> HandBack:
    """The borrower says that the sum went back to the lender; the lender will confirm.

    Raises:
        NotFound: not the borrower.
        Refused: ``wrong_state``, ``slip_missing``, ``slip_long``, ``paid_in_future``, or what is
            wrong with the file.
    """
    found = _own(hand_back_id, by, Actor.BORROWER)
    number = clean_slip_number(slip_number)
    check_not_future(on, at)
    with busy_is_refused(), transaction.atomic():
        row = _lock(found)
        _check_may(row, HandBackState.DECLARED, Actor.BORROWER)
        row.state, row.note = HandBack.State.DECLARED, ""
        row.returned_on, row.slip_number, row.declared_at = on, number, at
        if slip:
            row.slip = accept_slip(loan=row.share.loan, upload=slip, by=by, at=at)
        row.save()
        deed = _record("declared", row, by, at, slip=number)
        _tell(
            row.share.membership.member, row, "lending.hand_back_declared", at, about=deed, day=on
        )
    return row


def deny_hand_back(*, hand_back_id: int, reason: str, by: Any, at: datetime) -> HandBack:
    """The lender has not got what the borrower says went back: it is owed as before.

    Raises:
        NotFound: not the lender.
        Refused: ``wrong_state``, ``reason_missing`` or ``reason_too_long``.
    """
    reason = clean_reason(reason)
    found = _own(hand_back_id, by, Actor.LENDER)
    with busy_is_refused(), transaction.atomic():
        row = _lock(found)
        _check_may(row, HandBackState.OWED, Actor.LENDER)
        denied = row.slip_number
        row.state, row.note = HandBack.State.OWED, reason
        row.returned_on = row.declared_at = row.slip = None
        row.slip_number = ""
        row.save()
        deed = _record("denied", row, by, at, slip=denied)
        borrower = borrower_of(row.share.loan)
        _tell(borrower, row, "lending.hand_back_denied", at, about=deed, reason=reason)
    return row


def confirm_hand_back(*, hand_back_id: int, by: Any, at: datetime) -> HandBack:
    """The lender has the sum again, whether or not the borrower has said so.

    Raises:
        NotFound: not the lender.
        Refused: ``wrong_state``.
    """
    found = _own(hand_back_id, by, Actor.LENDER)
    with busy_is_refused(), transaction.atomic():
        row = _lock(found)
        _check_may(row, HandBackState.RETURNED, Actor.LENDER)
        _close(row, by, at)
    return row


def resolve_hand_back(*, hand_back_id: int, note: str, by: Any, at: datetime) -> HandBack:
    """An officer has seen in both accounts that the sum went back.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``own_matter``, ``wrong_state``, ``reason_missing`` or ``reason_too_long``.
    """
    note = clean_reason(note)
    found = officers_row(_rows(), hand_back_id, by, RESOLVE, at, loan="share__loan")
    with busy_is_refused(), transaction.atomic():
        row = _lock(found)
        _check_may(row, HandBackState.RETURNED, Actor.CONVENER)
        row.note = note
        _close(row, by, at)
    return row


def _close(row: HandBack, by: Any, at: datetime) -> None:
    row.state = HandBack.State.RETURNED
    row.closed_by, row.closed_at = by, at
    row.save()
    _record("returned", row, by, at)
    for member in (borrower_of(row.share.loan), row.share.membership.member):
        _tell(member, row, "lending.hand_back_done", at)


# Rows and checks


def _rows() -> models.QuerySet[HandBack]:
    return HandBack.objects.select_related("share__loan__union")


def _own(hand_back_id: int, by: Any, actor: Actor) -> HandBack:
    member = member_behind(by)
    found = access_hand_back(member, hand_back_id)
    borrows = found.share.loan.membership.member_id == member.pk
    if borrows != (actor == Actor.BORROWER):
        raise NotFound
    return found


def _lock(found: HandBack) -> HandBack:
    """Share, then what is owed back of it."""
    share = lock_share(found.share_id)
    row = HandBack.objects.locked().get(pk=found.pk)
    row.share = share
    return row


def _check_may(row: HandBack, to: HandBackState, actor: Actor) -> None:
    refusal = Refused(
        "wrong_state",
        _("这笔要退回的钱现在是“%(state)s”，不能这样办。") % {"state": row.get_state_display()},
        way_on=_("请刷新页面，看看最新的情况。"),
        state=row.state,
    )
    check_move(TRANSITIONS, row.state, to, actor, refusal)


def _tell(
    member: Any, row: HandBack, kind: str, at: datetime, *, about: Any = None, **facts: Any
) -> None:
    tell(
        member,
        kind,
        about=about or row,
        loan=row.share.loan,
        at=at,
        link=hand_back_link(row),
        name=row.share.membership.member.name,
        borrower=row.share.loan.membership.member.name,
        amount=row.amount,
        **facts,
    )


def _record(deed: str, row: HandBack, by: Any, at: datetime, **facts: Any) -> AuditRow:
    return audit.record(
        f"lending.hand_back_{deed}",
        row,
        by=by,
        at=at,
        scope=row.share.loan.union.path,
        share=row.share_id,
        amount=str(row.amount),
        **facts,
    )
