"""Repayments: declared by one side, confirmed by the other; the money goes straight to the lender.

A confirmed payment counts from its own day, whenever it was confirmed. Source: Civil Code 561, 677.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from core import audit
from core.errors import NotFound, Refused, busy_is_refused, refusing
from core.exact import FEN, ZERO
from core.formats import format_day, format_yuan_short
from core.models import StoredFile
from core.sentences import listed
from credit.lending.access import access_own_loan, access_party_repayment
from credit.lending.models import Loan, LoanEvent, Repayment, Share
from credit.lending.rules.states import Actor
from credit.lending.rules.states.repayment import TRANSITIONS, RepaymentState
from credit.lending.selectors.paying_off import split_of
from credit.lending.selectors.replaying import DELIVERED_STATES
from credit.lending.services.booking import RETURNED, post_change
from credit.lending.services.checks import check_not_future, clean_reason
from credit.lending.services.counting import count_payment
from credit.lending.services.loan_notices import borrower_of, repayment_link, share_link, tell
from credit.lending.services.locking import (
    check_move,
    lock_repayment,
    lock_share,
    lock_shares,
    member_behind,
    officers_row,
    with_loan_if_needed,
)
from credit.lending.services.locking import lock_loan as lock_the_loan
from credit.lending.services.projecting import project_share, record_event, standing_of
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
Side = Repayment.Side
# By share: the bank's number of the transfer and its picture.
Slips = Mapping[int, tuple[str, StoredFile | None]]
_NO_SLIP: tuple[str, StoredFile | None] = ("", None)


def declare_repayment(
    *,
    share_id: int,
    key: UUID,
    amount: Decimal,
    paid_on: date,
    by: Any,
    at: datetime,
    slip_number: str = "",
    slip: StoredFile | None = None,
) -> Repayment:
    """Say that money went from the borrower to the lender of a share; the other side will confirm.

    Two calls with one key are one repayment. More than is owed may be declared: what is left over
    is given back.

    Raises:
        NotFound: neither borrower nor lender of the share.
        Refused: ``amount_wrong``, ``share_not_formed``, ``already_settled``, ``paid_in_future``,
            ``paid_before_delivery`` or ``key_reused``.
    """
    side = _side_in(share_id, by)
    with busy_is_refused(), transaction.atomic():
        share = lock_share(share_id)
        return _declare(
            share, side, key, amount, paid_on, by=by, at=at, slip_number=slip_number, slip=slip
        )


def declare_repayments(
    *,
    loan_id: int,
    key: UUID,
    amount: Decimal,
    paid_on: date,
    by: Any,
    at: datetime,
    slips: Slips | None = None,
) -> list[Repayment]:
    """Say that a sum went to all lenders of a loan, each the part that ``split_of`` names.

    What is due goes first, in proportion; a lender who gets nothing has no row. Each transfer may
    have a slip of its own. Two calls with one key are the same repayments.

    Raises:
        NotFound: not the borrower.
        Refused: as ``declare_repayment``, or ``more_than_owed``; ``slip_without_part`` for the slip
            of a lender who gets nothing.
    """
    given = {pk: (number.strip(), file) for pk, (number, file) in (slips or {}).items()}
    access_own_loan(member_behind(by), loan_id)
    with busy_is_refused(), transaction.atomic():
        _check_amount(amount)
        check_not_future(paid_on, at)
        shares = lock_shares(Loan(pk=loan_id))
        keys = {share.pk: uuid5(key, str(share.pk)) for share in shares}
        already = Repayment.objects.filter(key__in=keys.values()).order_by("pk")
        if found := list(already):
            return _same_again(found, amount, paid_on, given)
        for share in shares:
            if share.state == Share.State.FORMED:
                _check_after_delivery(share, paid_on)
        parts = [(share, part) for share, part in split_of(shares, amount, paid_on) if part]
        _check_slips(given, shares, {share.pk for share, _part in parts})
        rows = []
        for share, part in parts:
            number, file = given.get(share.pk, _NO_SLIP)
            values = {"by": by, "at": at, "slip_number": number, "slip": file}
            rows.append(_declare(share, Side.BORROWER, keys[share.pk], part, paid_on, **values))
        return rows


def _check_slips(slips: Slips, shares: list[Share], paid: set[int]) -> None:
    stray = [
        share.membership.member.name
        for share in shares
        if share.pk not in paid and any(slips.get(share.pk, _NO_SLIP))
    ]
    if stray:
        raise Refused(
            "slip_without_part",
            _("这笔钱没有分给%(names)s，不用填流水号和凭证。") % {"names": listed(stray)},
            way_on=_("请去掉多填的流水号和凭证，或者改一改金额。"),
        )


def _same_again(
    found: list[Repayment], amount: Decimal, paid_on: date, slips: Slips
) -> list[Repayment]:
    """A second tap: the rows of the first one, if it asks for the same."""
    numbers = all(row.slip_number == slips.get(row.share_id, _NO_SLIP)[0] for row in found)
    same = sum((row.amount for row in found), ZERO) == amount and found[0].paid_on == paid_on
    if not (numbers and same):
        raise _key_reused()
    return found


def _declare(
    share: Share,
    side: str,
    key: UUID,
    amount: Decimal,
    paid_on: date,
    *,
    by: Any,
    at: datetime,
    slip_number: str = "",
    slip: StoredFile | None = None,
) -> Repayment:
    """Write the declaration down on a locked share."""
    values = {"amount": amount, "paid_on": paid_on, "slip_number": slip_number.strip()}
    known = Repayment.objects.filter(key=key).first()
    if known is not None:
        if known.share_id != share.pk or not _has(known, values):
            raise _key_reused()
        return known
    _check_amount(amount)
    _check_formed(share, side)
    check_not_future(paid_on, at)
    _check_after_delivery(share, paid_on)
    with refusing({"lending_repayment_key_key": _key_reused()}):
        repayment = Repayment.objects.create(
            share=share,
            key=key,
            **values,
            slip=slip,
            declared_side=side,
            declared_by=by,
            declared_at=at,
        )
    _record("declared", repayment, by, at, side=side, amount=str(amount))
    _tell_other(repayment, side, _DECLARED[side], at)
    return repayment


_DECLARED: Mapping[str, str] = {
    Side.BORROWER: "lending.repayment_declared",
    Side.LENDER: "lending.receipt_declared",
}


def _has(row: Repayment, values: Mapping[str, Any]) -> bool:
    return all(getattr(row, name) == value for name, value in values.items())


def _key_reused() -> Refused:
    return Refused(
        "key_reused",
        _("这张表已经用来登记过另一笔还款。"),
        way_on=_("请重新打开页面，再登记这一笔。"),
    )


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
        _record("disputed", repayment, by, at)
        _tell_other(repayment, side, "lending.repayment_disputed", at, reason=reason)
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
        _record("withdrawn", repayment, by, at)
        _tell_other(repayment, side, "lending.repayment_withdrawn", at)
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
            _record("rejected", repayment, by, at)
            _tell_both(repayment, "lending.repayment_rejected", at, reason=note)
        return repayment

    return with_loan_if_needed(resolve)


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
    side = _side_in(share_id, by)
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
        _check_after_delivery(share, on)
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


# Who and whether


def _rows() -> models.QuerySet[Repayment]:
    return Repayment.objects.select_related("share__loan__union")


def _side_in(share_id: int, by: Any) -> str:
    """On which side of a share the account's member stands."""
    member = member_behind(by)
    share = Share.objects.select_related("loan__membership", "membership").filter(pk=share_id)
    found = share.first()
    if found is not None and found.membership.member_id == member.pk:
        return Side.LENDER
    if found is not None and found.loan.membership.member_id == member.pk:
        return Side.BORROWER
    raise NotFound


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


def _check_amount(amount: Decimal) -> None:
    if amount <= 0 or amount % FEN:
        raise Refused("amount_wrong", _("金额要大于零，最小到分。"), amount=amount)


def _check_formed(share: Share, side: str) -> None:
    if share.state not in DELIVERED_STATES:
        raise Refused(
            "share_not_formed",
            _("这一份借款还没有到账，没有可还的钱。"),
            way_on=_("请先确认收到借款。"),
            state=share.state,
        )
    if share.state == Share.State.SETTLED and side == Side.BORROWER:
        paid = share.principal_paid + share.interest_paid + share.overdue_interest_paid
        raise Refused(
            "already_settled",
            _("这一份在%(day)s已经还清，一共还了 %(paid)s 元，现在不欠钱。")
            % {
                "day": format_day(share.settled_on) if share.settled_on else "",
                "paid": format_yuan_short(paid + share.costs_paid),
            },
            way_on=_("如果您真的又转了钱，请出借人登记收到，多付的要退给您。"),
            settled_on=share.settled_on,
        )


def _check_after_delivery(share: Share, on: date) -> None:
    if share.delivered_on is not None and on < share.delivered_on:
        raise Refused(
            "paid_before_delivery",
            _("日期%(day)s早于借款到账日%(delivered)s。")
            % {"day": format_day(on), "delivered": format_day(share.delivered_on)},
            way_on=_("请填实际转账的那一天。"),
        )


# Telling


def _tell_other(repayment: Repayment, side: str, kind: str, at: datetime, **facts: Any) -> None:
    """Tell the side that did not act, with the name of who did."""
    share = repayment.share
    borrower, lender = borrower_of(share.loan), share.membership.member
    actor, other = (borrower, lender) if side == Side.BORROWER else (lender, borrower)
    _tell(other, repayment, kind, at, name=actor.name, **facts)


def _tell_both(repayment: Repayment, kind: str, at: datetime, **facts: Any) -> None:
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


def _record(deed: str, repayment: Repayment, by: Any, at: datetime, **facts: Any) -> None:
    audit.record(
        f"lending.repayment_{deed}",
        repayment,
        by=by,
        at=at,
        scope=repayment.share.loan.union.path,
        share=repayment.share_id,
        **facts,
    )
