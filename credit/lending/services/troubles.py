"""When a loan is not paid back: talks within decent hours, and giving it up in the books by four eyes.

A write-off frees nobody: the borrower and any guarantor go on owing, a later payment counts.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from core import audit
from core.dates import BUSINESS_ZONE, business_date
from core.errors import Refused, busy_is_refused, refusing
from core.exact import FEN, ZERO
from core.formats import format_moment
from core.parameters import value_on
from credit.lending import parameters
from credit.lending.models import Loan, LoanEvent, Mediation, Share, WriteOff
from credit.lending.models.shares import OPEN_SHARE_STATES
from credit.lending.services.booking import WRITTEN_OFF, post_change
from credit.lending.services.checks import clean_reason
from credit.lending.services.costs import lapse_costs
from credit.lending.services.loan_notices import borrower_of, loan_link, share_link, tell
from credit.lending.services.locking import lock_loan, lock_shares, officers_row
from credit.lending.services.projecting import project_share, record_event, standing_of

CONVENE = "loan.convene"
APPROVE = "loan.approve"
WEEK = timedelta(days=7)
SUMMARY_LENGTH = 500


# Mediation


def record_mediation(
    *,
    loan_id: int,
    manner: str,
    held_at: datetime,
    summary: str,
    by: Any,
    at: datetime,
    promised_on: date | None = None,
    promised_amount: Decimal | None = None,
) -> Mediation:
    """Note a talk or visit about money that is late, as it was, with what was promised.

    Source: Criminal Law 293-1 (no pressing for debts by threats, nor by haunting people).

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``own_matter``, ``nothing_overdue``, ``held_in_future``, ``contact_hours``,
            ``contacts_a_week``, ``summary_missing``, ``summary_too_long`` or ``promise_half``.
    """
    found = officers_row(_loans(), loan_id, by, CONVENE, at, loan="")
    manner = Mediation.Manner(manner)
    summary = summary.strip()
    _check_summary(summary)
    _check_promise(held_at, promised_on, promised_amount)
    with busy_is_refused(), transaction.atomic():
        loan = lock_loan(found.pk)
        _check_overdue(loan, held_at)
        _check_contact(loan, held_at, at)
        mediation = Mediation.objects.create(
            loan=loan,
            manner=manner,
            held_at=held_at,
            summary=summary,
            promised_on=promised_on,
            promised_amount=promised_amount,
            by=by,
            at=at,
        )
        audit.record(
            "lending.mediated",
            mediation,
            by=by,
            at=at,
            scope=loan.union.path,
            loan=loan.pk,
            manner=manner,
        )
        tell(
            borrower_of(loan),
            "lending.mediated",
            about=mediation,
            loan=loan,
            at=at,
            link=loan_link(loan),
        )
    return mediation


def _check_summary(summary: str) -> None:
    if not summary:
        raise Refused("summary_missing", _("请写明谈了什么，借款人会看到。"))
    if len(summary) > SUMMARY_LENGTH:
        raise Refused("summary_too_long", _("谈话内容最多写 500 个字。"))


def _check_promise(held_at: datetime, on: date | None, amount: Decimal | None) -> None:
    whole = (on is None) == (amount is None)
    fine = amount is None or (amount > 0 and not amount % FEN)
    if not whole or not fine or (on is not None and on < business_date(held_at)):
        raise Refused(
            "promise_half",
            _("答应的日期和金额要一起写，日期不早于谈话那天，金额大于零。"),
        )


def _check_overdue(loan: Loan, held_at: datetime) -> None:
    day = business_date(held_at)
    late = Share.objects.filter(loan=loan, state=Share.State.FORMED).filter(
        instalments__settled_on__isnull=True, instalments__due_on__lt=day
    )
    given_up = loan.state == Loan.State.WRITTEN_OFF
    if not given_up and not late.exists():
        raise Refused(
            "nothing_overdue",
            _("合同 %(number)s 那天没有逾期，不用催，也不记调解。") % {"number": loan.number},
            way_on=_("到期前平台会自动提醒借款人。"),
        )


def _check_contact(loan: Loan, held_at: datetime, at: datetime) -> None:
    if held_at > at:
        raise Refused("held_in_future", _("谈话时间还没有到，请在谈完以后再记。"))
    day, scope = business_date(held_at), loan.union.path
    first = int(value_on(parameters.CONTACT_FROM_HOUR, day, scope=scope))
    last = int(value_on(parameters.CONTACT_UNTIL_HOUR, day, scope=scope))
    hour = held_at.astimezone(BUSINESS_ZONE).hour
    if not first <= hour < last:
        raise Refused(
            "contact_hours",
            _("打电话、上门和调解只能在 %(first)s 点到 %(last)s 点之间，您写的是%(held)s。")
            % {"first": first, "last": last, "held": format_moment(held_at)},
            way_on=_("请核对时间；如果确实发生在这段时间以外，请报告工会负责人。"),
            hour=hour,
        )
    most = int(value_on(parameters.CONTACTS_A_WEEK, day, scope=scope))
    near = loan.mediations.filter(held_at__gt=held_at - WEEK, held_at__lt=held_at + WEEK)
    held = list(near.order_by("held_at").values_list("held_at", flat=True))
    if _most_in_a_week([*held, held_at]) > most:
        raise Refused(
            "contacts_a_week",
            _("七天里最多联系 %(most)s 次，这笔借款已经联系了 %(held)s 次。")
            % {"most": most, "held": _most_in_a_week([*held, held_at]) - 1},
            way_on=_("请过几天再联系。"),
            most=most,
        )


def _most_in_a_week(held: list[datetime]) -> int:
    """The largest number of talks within any seven days."""
    return max(sum(start <= one < start + WEEK for one in held) for start in held)


# Write-off


def propose_write_off(*, loan_id: int, reason: str, by: Any, at: datetime) -> WriteOff:
    """An officer asks that what is left of a loan be given up in the lenders' books.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``own_matter``, ``loan_not_running``, ``shares_under_way``, ``proposed_already``,
            ``reason_missing`` or ``reason_too_long``.
    """
    reason = clean_reason(reason)
    found = officers_row(_loans(), loan_id, by, CONVENE, at, loan="")
    with busy_is_refused(), transaction.atomic():
        loan = lock_loan(found.pk)
        amount = _outstanding(loan, lock_shares(loan))
        already = Refused(
            "proposed_already",
            _("合同 %(number)s 的核销已经提出过。") % {"number": loan.number},
            way_on=_("请复核人员办理。"),
        )
        with refusing({"lending_writeoff_one_open": already}):
            write_off = WriteOff.objects.create(
                loan=loan, reason=reason, amount=amount, made_by=by, made_at=at
            )
        _record("proposed", write_off, by, at)
    return write_off


def confirm_write_off(*, write_off_id: int, by: Any, at: datetime) -> WriteOff:
    """A second officer agrees: each running share ends in its lender's books, the loan with them.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``own_matter``, ``same_person`` (I17), ``wrong_state``, ``loan_not_running`` or
            ``shares_under_way``.
    """
    found = officers_row(_write_offs(), write_off_id, by, APPROVE, at, loan="loan")
    with busy_is_refused(), transaction.atomic():
        loan = lock_loan(found.loan_id)
        shares = lock_shares(loan)
        write_off = _lock(found, loan)
        _check_open(write_off, by)
        write_off.amount = _outstanding(loan, shares)
        write_off.state = WriteOff.State.CONFIRMED
        write_off.checked_by, write_off.checked_at = by, at
        write_off.save()
        running = [share for share in shares if share.state == Share.State.FORMED]
        for share in running:
            _give_up(share, write_off, by, at)
        loan.state, loan.ended_at = Loan.State.WRITTEN_OFF, at
        loan.save(update_fields=["state", "ended_at"])
        _record("confirmed", write_off, by, at)
        _tell(write_off, running, at)
    return write_off


def return_write_off(*, write_off_id: int, remark: str, by: Any, at: datetime) -> WriteOff:
    """A second officer does not agree, and says why; the loan goes on.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``own_matter``, ``same_person``, ``wrong_state``, ``reason_missing`` or
            ``reason_too_long``.
    """
    remark = clean_reason(remark)
    found = officers_row(_write_offs(), write_off_id, by, APPROVE, at, loan="loan")
    with busy_is_refused(), transaction.atomic():
        write_off = _lock(found, lock_loan(found.loan_id))
        _check_open(write_off, by)
        write_off.state, write_off.remark = WriteOff.State.RETURNED, remark
        write_off.checked_by, write_off.checked_at = by, at
        write_off.save()
        _record("returned", write_off, by, at)
    return write_off


def _give_up(share: Share, write_off: WriteOff, by: Any, at: datetime) -> None:
    before, today = standing_of(share), business_date(at)
    record_event(
        share=share,
        kind=LoanEvent.Kind.WRITTEN_OFF,
        on=today,
        amount=share.principal_outstanding,
        facts={"write_off": write_off.pk},
        by=by,
        at=at,
    )
    project_share(share, at=at)
    lapse_costs(share, ended=_("这一份借款已经核销"), by=by, at=at)
    post_change(share, WRITTEN_OFF, today, before, by=by, at=at)


def _outstanding(loan: Loan, shares: list[Share]) -> Decimal:
    """What is left to give up.

    Raises:
        Refused: ``loan_not_running`` or ``shares_under_way``.
    """
    if loan.state != Loan.State.ACTIVE:
        raise Refused(
            "loan_not_running",
            _("合同 %(number)s 现在是“%(state)s”，没有可核销的本金。")
            % {"number": loan.number, "state": loan.get_state_display()},
            state=loan.state,
        )
    if any(share.state in OPEN_SHARE_STATES and not share.delivered_on for share in shares):
        raise Refused(
            "shares_under_way",
            _("合同 %(number)s 还有没到账的份额，不能核销。") % {"number": loan.number},
            way_on=_("请先办完或取消那几份。"),
        )
    return sum((share.principal_outstanding for share in shares), ZERO)


def _loans() -> models.QuerySet[Loan]:
    return Loan.objects.select_related("union")


def _write_offs() -> models.QuerySet[WriteOff]:
    return WriteOff.objects.select_related("loan__union")


def _lock(found: WriteOff, loan: Loan) -> WriteOff:
    write_off = WriteOff.objects.locked().get(pk=found.pk)
    write_off.loan = loan
    return write_off


def _check_open(write_off: WriteOff, by: Any) -> None:
    if write_off.state != WriteOff.State.PROPOSED:
        raise Refused(
            "wrong_state",
            _("这次核销现在是“%(state)s”，不能再办。") % {"state": write_off.get_state_display()},
            way_on=_("请刷新页面，看看最新的情况。"),
        )
    if write_off.made_by_id == by.pk:
        raise Refused(
            "same_person",
            _("您自己提出的核销不能由您复核。"),
            way_on=_("请另一位复核人员办理。"),
        )


def _tell(write_off: WriteOff, shares: list[Share], at: datetime) -> None:
    loan = write_off.loan
    told = [(borrower_of(loan), write_off.amount, loan_link(loan))]
    told += [(share.membership.member, share.written_off, share_link(share)) for share in shares]
    for member, amount, link in told:
        tell(
            member,
            "lending.written_off",
            about=write_off,
            loan=loan,
            at=at,
            link=link,
            amount=amount,
        )


def _record(deed: str, write_off: WriteOff, by: Any, at: datetime) -> None:
    audit.record(
        f"lending.write_off_{deed}",
        write_off,
        by=by,
        at=at,
        scope=write_off.loan.union.path,
        loan=write_off.loan_id,
        amount=str(write_off.amount),
    )
