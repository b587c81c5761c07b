"""The money has arrived: the share is formed, and from now on it is paid back by itself.

Source: Civil Code art. 679; 法释〔2020〕17号 arts. 9, 25, 26.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import audit
from core.dates import business_date
from core.errors import Refused, busy_is_refused
from core.formats import format_day
from credit.lending.access import access_borrowed_share
from credit.lending.models import Loan, LoanRequest, Share
from credit.lending.rules.states import Actor
from credit.lending.rules.states.loan import TRANSITIONS as LOAN_MOVES
from credit.lending.rules.states.loan import LoanState
from credit.lending.rules.states.share import TRANSITIONS, ShareState
from credit.lending.selectors.rates import ceiling_on
from credit.lending.selectors.transfers import arrival_days, is_unanswered
from credit.lending.services.booking import post_delivery
from credit.lending.services.checks import clean_reason
from credit.lending.services.contract_content import percent
from credit.lending.services.contract_notices import tell, transfer_link
from credit.lending.services.loan_notices import loan_link, share_link
from credit.lending.services.locking import (
    check_move,
    lock_loan,
    lock_share,
    member_behind,
    officers_row,
)
from credit.lending.services.moves import clear_transfer, wrong_state
from credit.lending.services.projecting import project_share, record_delivery

CONVENE = "loan.convene"
RECEIPT_LENGTH = 60


def confirm_arrival(
    *, share_id: int, arrived_on: date, by: Any, at: datetime, receipt_number: str = ""
) -> Share:
    """The borrower says that a share's money has come, whole, on a day.

    ``receipt_number`` is the supplier's, needed where the contract has the supplier paid.

    Raises:
        NotFound: not the borrower's share.
        Refused: ``share_wrong_state``, ``arrived_on_wrong``, ``receipt_missing``, ``lpr_missing``.
    """
    member = member_behind(by)
    seen = access_borrowed_share(member, share_id)
    with busy_is_refused(), transaction.atomic():
        loan = lock_loan(seen.loan_id)
        share = lock_share(share_id)
        share.receipt_number = _clean_receipt(loan, receipt_number)
        form_share(loan, share, arrived_on, Actor.BORROWER, by=by, at=at)
    return share


def resolve_transfer(
    *,
    share_id: int,
    arrived: bool,
    arrived_on: date | None,
    note: str,
    by: Any,
    at: datetime,
    came: Decimal | None = None,
) -> Share:
    """An officer says what became of a transfer: it came on a day, or it did not.

    Of a disputed one, or of one on which the borrower has been silent for the union's days:
    silence itself confirms nothing. ``came`` is what the officer found of a transfer that did not
    come whole, perhaps nothing; without it the borrower's word stands.

    Raises:
        NotFound: absent, or of a union in which ``by`` may not convene.
        Refused: ``own_matter``, ``reason_missing``, ``share_wrong_state``, ``answer_not_overdue``,
            ``arrived_on_wrong``, ``lpr_missing``.
    """
    note = clean_reason(note)
    rows = Share.objects.select_related("loan__union")
    seen = officers_row(rows, share_id, by, CONVENE, at, loan="loan")
    with busy_is_refused(), transaction.atomic():
        loan = lock_loan(seen.loan_id)
        share = lock_share(share_id)
        _check_is_theirs(share, business_date(at), loan.union.path)
        share.note = note
        if arrived:
            if arrived_on is None:
                raise Refused("arrived_on_missing", _("请填写到账日期，利息从那天起算。"))
            form_share(loan, share, arrived_on, Actor.CONVENER, by=by, at=at)
        else:
            if came is not None:
                share.arrived_amount = came or None
            _send_back(loan, share, by=by, at=at)
    return share


def _check_is_theirs(share: Share, today: date, scope: str) -> None:
    """What the borrower may still answer is not the officers' to decide."""
    if share.state == Share.State.DISPUTED:
        return
    if share.state != Share.State.SENT:
        raise wrong_state(share)
    assert share.sent_at is not None, "what is declared is dated"
    declared_on = business_date(share.sent_at)
    days = arrival_days(scope, today)
    if not is_unanswered(share, today, days):
        raise Refused(
            "answer_not_overdue",
            _("%(day)s才登记转款，满 %(days)s 天没人确认，才由工会核实。")
            % {"day": format_day(declared_on), "days": days},
            way_on=_("请先提醒借款人查账后确认；没有收到的，请借款人点“还没有收到”。"),
            declared_on=declared_on,
            days=days,
        )


def _send_back(loan: Loan, share: Share, *, by: Any, at: datetime) -> None:
    check_move(TRANSITIONS, share.state, ShareState.AGREED, Actor.CONVENER, wrong_state(share))
    slip = share.slip_number
    clear_transfer(share)
    share.save()
    deed = audit.record(
        "lending.transfer_not_arrived", share, by=by, at=at, scope=loan.union.path, slip=slip
    )
    for member, link in (
        (share.membership.member, transfer_link(share)),
        (loan.membership.member, loan_link(loan)),
    ):
        tell(
            member,
            "lending.transfer_not_arrived",
            about=deed,
            loan=loan,
            at=at,
            link=link,
            amount=share.amount,
            reason=share.note,
        )


def form_share(
    loan: Loan, share: Share, arrived_on: date, actor: Actor, *, by: Any, at: datetime
) -> None:
    """Form a share of a locked loan: its rate, its first event, its schedule, the parties' books."""
    check_move(TRANSITIONS, share.state, ShareState.FORMED, actor, wrong_state(share))
    _check_arrived_on(loan, share, arrived_on, at)
    ceiling = ceiling_on(arrived_on, loan.union.path)
    share.state, share.arrived_amount = Share.State.FORMED, None
    share.delivered_on, share.formed_at = arrived_on, at
    share.annual_rate = min(loan.annual_rate, ceiling)
    share.loan = loan
    record_delivery(share=share, cap_rate=ceiling, by=by, at=at)
    project_share(share, at=at)
    post_delivery(share, by=by, at=at)
    audit.record(
        "lending.share_formed",
        share,
        by=by,
        at=at,
        scope=loan.union.path,
        amount=share.amount,
        delivered_on=arrived_on.isoformat(),
        rate=share.annual_rate,
    )
    if loan.state == Loan.State.SIGNED:
        check_move(LOAN_MOVES, loan.state, LoanState.ACTIVE, actor, wrong_state(share))
        loan.state = Loan.State.ACTIVE
        loan.save(update_fields=["state"])
    _tell(loan, share, ceiling, at)


def _check_arrived_on(loan: Loan, share: Share, arrived_on: date, at: datetime) -> None:
    assert share.sent_on is not None, "what is sent has a day"
    today = business_date(at)
    if not share.sent_on <= arrived_on <= today:
        raise Refused(
            "arrived_on_wrong",
            _("到账日期要在转款的%(sent)s和今天%(today)s之间，您填的是%(day)s。")
            % {
                "sent": format_day(share.sent_on),
                "today": format_day(today),
                "day": format_day(arrived_on),
            },
            way_on=_("请按银行短信或流水上的日期填写。"),
        )
    if arrived_on >= loan.ends_on:
        raise Refused(
            "arrived_after_end",
            _("合同在%(day)s已经到期，之后到账的款不能再按它计息。")
            % {"day": format_day(loan.ends_on)},
            way_on=_("请出借人和借款人找工会商量退款。"),
        )


def _clean_receipt(loan: Loan, receipt_number: str) -> str:
    number = "".join(receipt_number.split())[:RECEIPT_LENGTH]
    if loan.payee == LoanRequest.Payee.SUPPLIER and not number:
        raise Refused(
            "receipt_missing",
            _("这笔款直接付给了%(name)s，请填他们开给您的收据编号。") % {"name": loan.payee_name},
            way_on=_("还没有拿到收据，请先向供货商要。"),
        )
    return number


def _tell(loan: Loan, share: Share, ceiling: Decimal, at: datetime) -> None:
    parties = (
        (loan.membership.member, loan_link(loan)),
        (share.membership.member, share_link(share)),
    )
    assert share.annual_rate is not None
    for member, link in parties:
        tell(
            member,
            "lending.share_formed",
            about=share,
            loan=loan,
            at=at,
            link=link,
            amount=share.amount,
            day=share.delivered_on,
            rate=percent(share.annual_rate),
            due=share.next_due_on,
        )
        if share.annual_rate < loan.annual_rate:
            tell(
                member,
                "lending.rate_clipped",
                about=share,
                loan=loan,
                at=at,
                link=link,
                amount=share.amount,
                ceiling=percent(ceiling),
                rate=percent(loan.annual_rate),
            )
