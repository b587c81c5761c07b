"""Saying that money went from the borrower to a lender, or to all of them at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Refused, busy_is_refused, refusing
from core.exact import FEN, ZERO
from core.formats import format_day, format_yuan_short
from core.models import StoredFile
from core.sentences import listed
from credit.lending.access import access_own_loan
from credit.lending.models import Loan, Repayment, Share
from credit.lending.selectors.paying_off import split_of
from credit.lending.selectors.replaying import DELIVERED_STATES
from credit.lending.services.checks import check_not_future
from credit.lending.services.locking import (
    lock_share,
    lock_shares,
    member_behind,
)
from credit.lending.services.repayment_rows import (
    Side,
    check_after_delivery,
    record_deed,
    side_in,
    tell_other,
)

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
    side = side_in(share_id, by)
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
                check_after_delivery(share, paid_on)
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
    check_after_delivery(share, paid_on)
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
    record_deed("declared", repayment, by, at, side=side, amount=str(amount))
    tell_other(repayment, side, _DECLARED[side], at)
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
