"""The officer's review: return, refuse, convene; above the convener's limit a second officer."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.dates import business_date
from core.errors import Refused, busy_is_refused
from core.formats import format_number
from core.models import AuditRow
from credit.lending.models import LoanRequest
from credit.lending.rules.policy import Limits
from credit.lending.rules.states.actors import Actor
from credit.lending.rules.states.request import RequestState
from credit.lending.selectors.limits import limits_of
from credit.lending.selectors.rates import ceiling_on
from credit.lending.services.limits import check_borrower_limits, check_rate, check_term
from credit.lending.services.request_notices import APPROVE, CONVENE, tell_borrower, tell_officers
from credit.lending.services.request_rows import end_request, lock_request, move, seen_request
from credit.lending.services.standing import check_may_borrow, lock_parties

REASON_LENGTH = 300
HUNDRED = Decimal(100)


def return_request(*, request_id: int, reason: str, by: Any, at: datetime) -> LoanRequest:
    """Send a request back to the member with what to mend.

    Raises:
        NotFound: out of reach of ``loan.convene``.
        Refused: ``reason_missing``, ``own_matter`` or ``wrong_state``.
    """
    reason = _clean(reason)
    seen_request(request_id, by, CONVENE, at)
    with busy_is_refused(), transaction.atomic():
        request = lock_request(request_id)
        move(request, RequestState.RETURNED, Actor.CONVENER)
        request.reason = reason
        request.save()
        deed = _record("request_returned", request, by, at)
        tell_borrower(request, "request_returned", deed=deed, at=at)
    return request


def refuse_request(*, request_id: int, reason: str, by: Any, at: datetime) -> LoanRequest:
    """End a request with a reason the member reads; promises to it lapse.

    Whoever has it before them: the reviewer while it waits for approval, else the convener.

    Raises:
        NotFound: out of reach.
        Refused: ``reason_missing``, ``own_matter`` or ``wrong_state``.
    """
    reason = _clean(reason)
    waits = LoanRequest.objects.filter(pk=request_id, state=RequestState.PROPOSED).exists()
    seen_request(request_id, by, APPROVE if waits else CONVENE, at)
    with busy_is_refused(), transaction.atomic():
        request = lock_request(request_id)
        move(request, RequestState.REFUSED, Actor.REVIEWER if waits else Actor.CONVENER)
        request.reason = reason
        deed = _record("request_refused", request, by, at)
        end_request(request, deed=deed, by=by, at=at)
        tell_borrower(request, "request_refused", deed=deed, at=at)
    return request


def convene(*, request_id: int, rate: Decimal, by: Any, at: datetime) -> LoanRequest:
    """Begin to look for lenders at a rate; beyond the convener's limit a reviewer approves first.

    Raises:
        NotFound: out of reach of ``loan.convene``.
        Refused: ``own_matter``, ``wrong_state``, ``rate_above_wish``, ``lpr_missing``, an obstacle
            of I9, a limit's stop level.
    """
    today = business_date(at)
    seen = seen_request(request_id, by, CONVENE, at)
    with busy_is_refused(), transaction.atomic():
        borrower = lock_parties([seen.membership_id])[seen.membership_id]
        request = lock_request(request_id)
        request.membership = borrower
        limits = limits_of(borrower.union.path, today)
        above = request.amount > limits.convener_limit
        move(request, RequestState.PROPOSED if above else RequestState.CONVENING, Actor.CONVENER)
        _check_rate(request, rate, limits, today)
        check_may_borrow(borrower, limits, today)
        check_term(limits, request.term_months)
        check_borrower_limits(borrower, limits, request.amount, today)
        request.rate = rate
        request.convened_by, request.convened_at = by, at
        request.approved_by = request.approved_at = None
        request.reason = ""
        request.save()
        event = "request_proposed" if above else "request_convened"
        deed = _record(event, request, by, at, rate=str(rate))
        if above:
            tell_officers(request, event, deed=deed, at=at)
        else:
            tell_borrower(request, event, deed=deed, at=at)
    return request


def approve_convening(*, request_id: int, by: Any, at: datetime) -> LoanRequest:
    """Approve what another officer proposed: lenders may be invited.

    Raises:
        NotFound: out of reach of ``loan.approve``.
        Refused: ``own_matter``, ``wrong_state``, ``same_person``, ``lpr_missing``, an obstacle of
            I9, a limit's stop level.
    """
    today = business_date(at)
    seen = seen_request(request_id, by, APPROVE, at)
    with busy_is_refused(), transaction.atomic():
        borrower = lock_parties([seen.membership_id])[seen.membership_id]
        request = lock_request(request_id)
        request.membership = borrower
        move(request, RequestState.CONVENING, Actor.REVIEWER)
        _check_second_person(request, by)
        limits = limits_of(borrower.union.path, today)
        assert request.rate is not None
        _check_rate(request, request.rate, limits, today)
        check_may_borrow(borrower, limits, today)
        check_borrower_limits(borrower, limits, request.amount, today)
        request.approved_by, request.approved_at = by, at
        request.save()
        deed = _record("request_approved", request, by, at)
        tell_borrower(request, "request_convened", deed=deed, at=at)
    return request


def return_convening(*, request_id: int, reason: str, by: Any, at: datetime) -> LoanRequest:
    """Send a proposed convening back to the convener with a remark.

    Raises:
        NotFound: out of reach of ``loan.approve``.
        Refused: ``reason_missing``, ``own_matter``, ``wrong_state`` or ``same_person``.
    """
    reason = _clean(reason)
    seen_request(request_id, by, APPROVE, at)
    with busy_is_refused(), transaction.atomic():
        request = lock_request(request_id)
        move(request, RequestState.SUBMITTED, Actor.REVIEWER)
        _check_second_person(request, by)
        request.rate = request.convened_by = request.convened_at = None
        request.reason = reason
        request.save()
        deed = _record("convening_returned", request, by, at)
        tell_officers(request, "convening_returned", deed=deed, at=at)
    return request


def _check_second_person(request: LoanRequest, by: Any) -> None:
    if request.convened_by_id == by.pk:
        raise Refused(
            "same_person",
            _("您自己经办的不能由您复核。"),
            way_on=_("请另一位复核人员办理。"),
        )


def _check_rate(request: LoanRequest, rate: Decimal, limits: Limits, today: date) -> None:
    """What lenders are offered: not beyond the borrower's wish, not beyond the law."""
    if rate < 0 or rate > request.highest_rate:
        wish = f"{format_number(request.highest_rate * HUNDRED)}%"
        raise Refused(
            "rate_above_wish",
            _("召集利率要在 0 和借款人能接受的最高利率 %(wish)s 之间。") % {"wish": wish},
            way_on=_("请改利率，或退回申请和借款人商量。"),
            **{_("借款人最高接受"): wish},
        )
    check_rate(limits, rate, ceiling_on(today, request.membership.union.path))


def _clean(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Refused("reason_missing", _("请写明原因，对方会看到。"))
    if len(reason) > REASON_LENGTH:
        raise Refused("reason_too_long", _("原因最多写 300 个字。"))
    return reason


def _record(deed: str, request: LoanRequest, by: Any, at: datetime, **facts: Any) -> AuditRow:
    return audit.record(
        f"lending.{deed}",
        request,
        by=by,
        at=at,
        scope=request.membership.union.path,
        amount=str(request.amount),
        **facts,
    )
