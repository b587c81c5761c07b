"""Repayments: declared by one side, confirmed by the other; the money goes straight to the lender.

A confirmed payment counts from its own day, whenever it was confirmed. Source: Civil Code 561, 677.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Refused, busy_is_refused
from core.formats import format_day, format_yuan_short
from credit.lending.access import access_party_repayment
from credit.lending.models import Repayment, Share
from credit.lending.rules.states import Actor
from credit.lending.rules.states.repayment import TRANSITIONS, RepaymentState
from credit.lending.services.checks import clean_reason
from credit.lending.services.counting import count_payment
from credit.lending.services.declaring import declare_repayment, declare_repayments
from credit.lending.services.locking import (
    check_move,
    lock_repayment,
    lock_share,
    member_behind,
    officers_row,
    with_loan_if_needed,
)
from credit.lending.services.locking import lock_loan as lock_the_loan
from credit.lending.services.repayment_rows import (
    Side,
    record_deed,
    tell_both,
    tell_other,
)
from credit.lending.services.returning import return_unallocated
from credit.lending.services.reversing import (
    Preview,
    confirm_reversal,
    drop_reversal,
    preview_reversal,
    propose_reversal,
)

__all__ = [
    "Preview",
    "confirm_repayment",
    "confirm_reversal",
    "declare_repayment",
    "declare_repayments",
    "dispute_repayment",
    "drop_reversal",
    "preview_reversal",
    "propose_reversal",
    "resolve_repayment",
    "return_unallocated",
    "withdraw_repayment",
]

RESOLVE = "loan.convene"


def confirm_repayment(*, repayment_id: int, by: Any, at: datetime) -> Repayment:
    """The other side agrees: the payment counts from its day, a receipt is issued at once.

    Also after a dispute, when the money turned up.

    Raises:
        NotFound: a repayment between others.
        Refused: ``own_declaration`` or ``wrong_state``.
    """
    share_id, side = _side_of(repayment_id, by)

    def confirm(loan_is_locked: bool) -> Repayment:
        share, repayment = _lock(share_id, repayment_id, loan_is_locked)
        _check_other_side(repayment, side)
        _check_may(repayment, RepaymentState.CONFIRMED, Actor(side))
        count_payment(share, repayment, loan_is_locked=loan_is_locked, by=by, at=at)
        return repayment

    return with_loan_if_needed(confirm)


def dispute_repayment(*, repayment_id: int, reason: str, by: Any, at: datetime) -> Repayment:
    """The other side disagrees: nothing is chased for this money until an officer has looked.

    Raises:
        NotFound: a repayment between others.
        Refused: ``own_declaration``, ``wrong_state``, ``reason_missing`` or ``reason_too_long``.
    """
    reason = clean_reason(reason)
    share_id, side = _side_of(repayment_id, by)
    with busy_is_refused(), transaction.atomic():
        _share, repayment = _lock(share_id, repayment_id, loan_is_locked=False)
        _check_other_side(repayment, side)
        _check_may(repayment, RepaymentState.DISPUTED, Actor(side))
        repayment.state = Repayment.State.DISPUTED
        repayment.dispute, repayment.disputed_at = reason, at
        repayment.save(update_fields=["state", "dispute", "disputed_at"])
        record_deed("disputed", repayment, by, at)
        tell_other(repayment, side, "lending.repayment_disputed", at, reason=reason)
    return repayment


def withdraw_repayment(*, repayment_id: int, by: Any, at: datetime) -> Repayment:
    """Who declared it takes it back before it counts.

    Raises:
        NotFound: a repayment between others.
        Refused: ``not_your_declaration`` or ``wrong_state``.
    """
    share_id, side = _side_of(repayment_id, by)
    with busy_is_refused(), transaction.atomic():
        _share, repayment = _lock(share_id, repayment_id, loan_is_locked=False)
        if repayment.declared_side != side:
            raise Refused(
                "not_your_declaration",
                _("这笔还款是对方登记的，要由对方撤回。"),
                way_on=_("没有收到或者金额不对，请提出来，由工会帮着查。"),
            )
        _check_may(repayment, RepaymentState.WITHDRAWN, Actor(side))
        repayment.state = Repayment.State.WITHDRAWN
        repayment.save(update_fields=["state"])
        record_deed("withdrawn", repayment, by, at)
        tell_other(repayment, side, "lending.repayment_withdrawn", at)
    return repayment


def resolve_repayment(
    *, repayment_id: int, received: bool, note: str, by: Any, at: datetime
) -> Repayment:
    """An officer has looked at a dispute: the money came, and counts from its day, or it did not.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``own_matter``, ``wrong_state``, ``reason_missing`` or ``reason_too_long``.
    """
    note = clean_reason(note)
    found = officers_row(_rows(), repayment_id, by, RESOLVE, at, loan="share__loan")

    def resolve(loan_is_locked: bool) -> Repayment:
        share, repayment = _lock(found.share_id, repayment_id, loan_is_locked)
        to = RepaymentState.CONFIRMED if received else RepaymentState.REJECTED
        if repayment.state != Repayment.State.DISPUTED:
            raise _wrong_state(repayment)
        _check_may(repayment, to, Actor.CONVENER)
        repayment.resolution = note
        if received:
            count_payment(share, repayment, loan_is_locked=loan_is_locked, by=by, at=at)
        else:
            repayment.state = Repayment.State.REJECTED
            repayment.save(update_fields=["state", "resolution"])
            record_deed("rejected", repayment, by, at)
            tell_both(repayment, "lending.repayment_rejected", at, reason=note)
        return repayment

    return with_loan_if_needed(resolve)


# Who and whether


def _rows() -> models.QuerySet[Repayment]:
    return Repayment.objects.select_related("share__loan__union")


def _side_of(repayment_id: int, by: Any) -> tuple[int, str]:
    """The share of a repayment and on which side of it the account's member stands."""
    member = member_behind(by)
    share = access_party_repayment(member, repayment_id).share
    lends = share.membership.member_id == member.pk
    return share.pk, Side.LENDER if lends else Side.BORROWER


def _lock(share_id: int, repayment_id: int, loan_is_locked: bool) -> tuple[Share, Repayment]:
    if loan_is_locked:
        lock_the_loan(Share.objects.values_list("loan_id", flat=True).get(pk=share_id))
    share = lock_share(share_id)
    return share, lock_repayment(repayment_id, share)


def _check_other_side(repayment: Repayment, side: str) -> None:
    if repayment.declared_side == side:
        raise Refused(
            "own_declaration",
            _("这笔还款是您这一方登记的，要由对方确认。"),
            way_on=_("登记错了可以撤回。"),
        )


def _check_may(repayment: Repayment, to: RepaymentState, actor: Actor) -> None:
    check_move(TRANSITIONS, repayment.state, to, actor, _wrong_state(repayment))


def _wrong_state(repayment: Repayment) -> Refused:
    return Refused(
        "wrong_state",
        _("%(day)s的还款 %(amount)s 元现在是“%(state)s”，不能这样办。")
        % {
            "day": format_day(repayment.paid_on),
            "amount": format_yuan_short(repayment.amount),
            "state": repayment.get_state_display(),
        },
        way_on=_("请刷新页面，看看最新的情况。"),
        state=repayment.state,
    )
