"""The transfer: said by the lender, taken back, doubted by the borrower, given up."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import audit
from core.dates import business_date
from core.errors import Refused, busy_is_refused
from core.formats import format_day
from credit.lending.access import access_borrowed_share, access_lent_share
from credit.lending.evidence import accept_slip
from credit.lending.models import Loan, Share
from credit.lending.rules.states import Actor
from credit.lending.rules.states.share import TRANSITIONS, ShareState
from credit.lending.selectors.rates import ceiling_on
from credit.lending.services.arrival import confirm_arrival, resolve_transfer
from credit.lending.services.checks import clean_reason, clean_slip_number
from credit.lending.services.contract_content import percent
from credit.lending.services.contract_notices import arrival_link, tell
from credit.lending.services.differing import report_amount
from credit.lending.services.lapsing import lapse_share
from credit.lending.services.loan_notices import loan_link, share_link
from credit.lending.services.locking import check_move, lock_loan, lock_share, member_behind
from credit.lending.services.moves import clear_transfer, wrong_state

__all__ = [
    "confirm_arrival",
    "declare_transfer",
    "dispute_transfer",
    "lapse_share",
    "report_amount",
    "resolve_transfer",
    "take_back_transfer",
]


def declare_transfer(
    *,
    share_id: int,
    sent_on: date,
    slip_number: str,
    slip: UploadedFile[Any] | None,
    by: Any,
    at: datetime,
) -> Share:
    """The lender says that the money of their share is on its way, with the bank's slip number.

    A bank's limit may make several transfers of it: it is declared once all of it is sent, by the
    last slip. Where the borrower says that something is missing, the lender sends the rest and
    declares anew, by another slip; the trail keeps the first.

    Raises:
        NotFound: not the lender's share.
        Refused: ``slip_missing``, ``sent_on_wrong``, ``slip_used``, ``share_wrong_state``,
            ``slip_disputed``, ``contract_not_signed``, or what is wrong with the file.
    """
    member = member_behind(by)
    seen = access_lent_share(member, share_id)
    number = clean_slip_number(slip_number)
    with busy_is_refused(), transaction.atomic():
        loan = lock_loan(seen.loan_id)
        share = lock_share(share_id)
        _check_signed(loan)
        check_move(TRANSITIONS, share.state, ShareState.SENT, Actor.LENDER, wrong_state(share))
        _check_sent_on(loan, sent_on, at)
        _check_slip_is_new(share, number)
        _check_slip_is_another(share, number)
        share.state = Share.State.SENT
        share.sent_on, share.slip_number, share.sent_at = sent_on, number, at
        if slip:
            share.slip = accept_slip(loan=loan, upload=slip, by=by, at=at)
        share.note = ""
        share.save()
        deed = audit.record(
            "lending.transfer_declared",
            share,
            by=by,
            at=at,
            scope=loan.union.path,
            amount=share.amount,
            sent_on=sent_on.isoformat(),
            slip=number,
        )
        tell(
            loan.membership.member,
            "lending.transfer_declared",
            about=deed,
            loan=loan,
            at=at,
            link=arrival_link(share),
            name=member.name,
            day=sent_on,
            amount=share.amount,
            slip=number,
        )
        _warn_of_lower_ceiling(loan, share, at)
    return share


def _check_signed(loan: Loan) -> None:
    if loan.state not in (Loan.State.SIGNED, Loan.State.ACTIVE):
        raise Refused(
            "contract_not_signed",
            _("合同 %(number)s 现在是“%(state)s”，不能转款。")
            % {"number": loan.number, "state": loan.get_state_display()},
            way_on=_("各方都签完以后再转款。"),
            state=loan.state,
        )


def _check_sent_on(loan: Loan, sent_on: date, at: datetime) -> None:
    assert loan.signed_at is not None, "a signed contract is dated"
    signed_on, today = business_date(loan.signed_at), business_date(at)
    if not signed_on <= sent_on <= today:
        raise Refused(
            "sent_on_wrong",
            _("转款日期要在签完合同的%(signed)s和今天%(today)s之间，您填的是%(day)s。")
            % {
                "signed": format_day(signed_on),
                "today": format_day(today),
                "day": format_day(sent_on),
            },
            way_on=_("请按银行流水上的日期填写。"),
        )


def _check_slip_is_new(share: Share, number: str) -> None:
    """One transfer proves one share."""
    twin = Share.objects.filter(membership__member=share.membership.member, slip_number=number)
    if twin.exclude(pk=share.pk).exists():
        raise Refused(
            "slip_used",
            _("流水号 %(slip)s 您在另一笔出借里已经登记过。") % {"slip": number},
            way_on=_("请核对这一次转账的流水号。"),
        )


def _check_slip_is_another(share: Share, number: str) -> None:
    """What the borrower disputes is not settled by saying it again."""
    if share.state == Share.State.DISPUTED and share.slip_number == number:
        raise Refused(
            "slip_disputed",
            _("流水号 %(slip)s 就是对方说有出入的那一笔。") % {"slip": number},
            way_on=_("补转以后，请填补转那一笔的流水号；没有再转的，请等工会核实。"),
        )


def _warn_of_lower_ceiling(loan: Loan, share: Share, at: datetime) -> None:
    """Money that is sent is not held up: both are told what the contract says of such a day."""
    today = business_date(at)
    try:
        ceiling = ceiling_on(today, loan.union.path)
    except Refused:
        return  # without a rate nothing can be said yet; arrival asks again and insists
    if loan.annual_rate <= ceiling:
        return
    for member, link in (
        (loan.membership.member, loan_link(loan)),
        (share.membership.member, share_link(share)),
    ):
        tell(
            member,
            "lending.ceiling_lower",
            about=share,
            loan=loan,
            at=at,
            link=link,
            due_on=today,
            ceiling=percent(ceiling),
            rate=percent(loan.annual_rate),
        )


def take_back_transfer(*, share_id: int, by: Any, at: datetime) -> Share:
    """The lender takes back what they declared by mistake; nothing has been confirmed.

    Raises:
        NotFound: not the lender's share.
        Refused: ``share_wrong_state``.
    """
    member = member_behind(by)
    seen = access_lent_share(member, share_id)
    with busy_is_refused(), transaction.atomic():
        loan = lock_loan(seen.loan_id)
        share = lock_share(share_id)
        check_move(TRANSITIONS, share.state, ShareState.AGREED, Actor.LENDER, wrong_state(share))
        slip = share.slip_number
        clear_transfer(share)
        share.save()
        deed = audit.record(
            "lending.transfer_taken_back", share, by=by, at=at, scope=loan.union.path, slip=slip
        )
        tell(
            loan.membership.member,
            "lending.transfer_taken_back",
            about=deed,
            loan=loan,
            at=at,
            link=loan_link(loan),
            name=member.name,
            amount=share.amount,
        )
    return share


def dispute_transfer(*, share_id: int, note: str, by: Any, at: datetime) -> Share:
    """The borrower says that the money has not come; an officer finds out.

    Raises:
        NotFound: not the borrower's share.
        Refused: ``reason_missing`` or ``share_wrong_state``.
    """
    member = member_behind(by)
    seen = access_borrowed_share(member, share_id)
    note = clean_reason(note)
    with busy_is_refused(), transaction.atomic():
        loan = lock_loan(seen.loan_id)
        share = lock_share(share_id)
        check_move(
            TRANSITIONS, share.state, ShareState.DISPUTED, Actor.BORROWER, wrong_state(share)
        )
        share.state = Share.State.DISPUTED
        share.note = note
        share.save(update_fields=["state", "note"])
        deed = audit.record("lending.transfer_disputed", share, by=by, at=at, scope=loan.union.path)
        tell(
            share.membership.member,
            "lending.transfer_disputed",
            about=deed,
            loan=loan,
            at=at,
            link=share_link(share),
            name=member.name,
            amount=share.amount,
            reason=note,
        )
    return share
