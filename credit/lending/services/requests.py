"""Asking for money: submit, mend and submit again, take back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cooperative.membership.models import Membership
from core import audit
from core.dates import add_months, business_date
from core.errors import Refused, busy_is_refused
from core.formats import format_day, format_yuan_short
from credit.lending.models import LoanRequest, RequestDraft
from credit.lending.rules.asking import RequestAnswers, problem_of
from credit.lending.rules.policy import Limits
from credit.lending.rules.states.actors import Actor
from credit.lending.rules.states.request import RequestState
from credit.lending.selectors.limits import limits_of
from credit.lending.selectors.rates import ceiling_on
from credit.lending.selectors.requests import open_requests
from credit.lending.services.checks import check_holder
from credit.lending.services.drafts import draft_of as draft_of
from credit.lending.services.drafts import save_draft as save_draft
from credit.lending.services.limits import check_borrower_limits, check_rate, check_term
from credit.lending.services.request_notices import tell_borrower, tell_officers
from credit.lending.services.request_rows import (
    end_request,
    lock_own_request,
    move,
)
from credit.lending.services.standing import check_may_borrow, check_own, lock_parties


def submit_request(
    *, membership: Membership, answers: RequestAnswers, by: Any, at: datetime
) -> LoanRequest:
    """Ask the union for money; the draft is gone with it.

    One request at a time waits for a member, so two taps make one.

    Raises:
        NotFound: not the member's own account.
        Refused: an obstacle of I9, ``request_open``, ``request_<what is wrong>``, a limit's stop
            level, ``limit_rate_percent``.
    Source: 法释〔2020〕17号 arts. 13, 24, 25.
    """
    today = business_date(at)
    with busy_is_refused(), transaction.atomic():
        own = lock_parties([membership.pk])[membership.pk]
        check_own(own, by)
        limits = limits_of(own.union.path, today)
        check_may_borrow(own, limits, today)
        _check_none_open(own, today)
        _check_answers(own, answers, limits, today)
        request = LoanRequest(membership=own)
        _write(request, answers, limits, today, at)
        RequestDraft.objects.filter(membership=own).delete()
        deed = _record("submitted", request, by, at)
        tell_officers(request, "request_submitted", deed=deed, at=at)
    return request


def resubmit_request(
    *, request_id: int, answers: RequestAnswers, by: Any, at: datetime
) -> LoanRequest:
    """Hand a returned request in again, mended; it runs for its full time anew.

    Raises:
        NotFound: absent, or not the member's own account.
        Refused: ``wrong_state`` or as ``submit_request``.
    """
    today = business_date(at)
    with busy_is_refused(), transaction.atomic():
        request = lock_own_request(request_id, by)
        limits = limits_of(request.membership.union.path, today)
        check_may_borrow(request.membership, limits, today)
        move(request, RequestState.SUBMITTED, Actor.BORROWER)
        _check_answers(request.membership, answers, limits, today)
        request.reason = ""
        _write(request, answers, limits, today, at)
        RequestDraft.objects.filter(membership=request.membership).delete()
        deed = _record("resubmitted", request, by, at)
        tell_officers(request, "request_submitted", deed=deed, at=at)
    return request


def withdraw_request(*, request_id: int, by: Any, at: datetime) -> LoanRequest:
    """Take a request back before there is a contract; promises to it lapse.

    Raises:
        NotFound: absent, or not the member's own account.
        Refused: ``wrong_state``.
    """
    with busy_is_refused(), transaction.atomic():
        request = lock_own_request(request_id, by)
        was = request.state
        move(request, RequestState.WITHDRAWN, Actor.BORROWER)
        deed = _record("withdrawn", request, by, at)
        end_request(request, deed=deed, by=by, at=at)
        if was not in (RequestState.SUBMITTED, RequestState.RETURNED):
            tell_officers(request, "request_withdrawn", deed=deed, at=at)
    return request


def expire_requests(*, at: datetime) -> int:
    """End the requests whose last day has passed, each in its own transaction; how many.

    Safe to run twice, late, or beside members and officers who act on the same requests.
    """
    today = business_date(at)
    ids = open_requests().filter(expires_on__lt=today).order_by("pk").values_list("pk", flat=True)
    return sum(_expire(pk, today, at) for pk in list(ids))


def _expire(request_id: int, today: date, at: datetime) -> bool:
    with transaction.atomic():
        rows = LoanRequest.objects.select_related("membership__union", "membership__member__user")
        request = rows.locked().get(pk=request_id)
        if request.expires_on >= today or request.state not in _EXPIRING:
            return False  # somebody was quicker
        move(request, RequestState.EXPIRED, Actor.NIGHT)
        deed = _record("expired", request, None, at)
        end_request(request, deed=deed, by=None, at=at)
        tell_borrower(request, "request_expired", deed=deed, at=at)
    return True


_EXPIRING = frozenset(
    {
        RequestState.SUBMITTED,
        RequestState.RETURNED,
        RequestState.PROPOSED,
        RequestState.CONVENING,
        RequestState.COVERED,
    }
)


def _check_none_open(membership: Membership, today: date) -> None:
    """One at a time.

    Raises:
        Refused: ``request_open``.
    """
    other = open_requests().filter(membership__member=membership.member_id).order_by("pk").first()
    if other is None:
        return
    amount = _("%(yuan)s 元") % {"yuan": format_yuan_short(other.amount)}
    raise Refused(
        "request_open",
        _("您有一份借款申请还在办：%(amount)s，%(state)s。一次办一份。")
        % {"amount": amount, "state": other.get_state_display()},
        way_on=_("请先看看那一份，要改可以撤回重提。"),
        **{_("在办的申请"): amount, _("有效期到"): format_day(other.expires_on, today)},
    )


def _check_answers(
    membership: Membership, answers: RequestAnswers, limits: Limits, today: date
) -> None:
    """The answers themselves, then what the limits say to them."""
    furthest = add_months(today, int(limits.term_months.stop))
    problem = problem_of(answers, today, furthest)
    if problem is None and answers.purpose not in LoanRequest.Purpose.values:
        problem = "purpose"
    if problem is not None:
        raise Refused(f"request_{problem}", _problem_words(problem, today, furthest))
    check_holder(answers.account.holder, answers.payee_name.strip() or membership.member.name)
    check_term(limits, answers.months)
    _check_rate(membership, answers.highest_rate, limits, today)
    check_borrower_limits(membership, limits, answers.amount, today)


def _check_rate(membership: Membership, rate: Decimal, limits: Limits, today: date) -> None:
    """What the borrower would pay at most keeps under the ceiling, where that is known today.

    On the morning of a publication day the rate may not be entered yet: a request may be handed
    in all the same, for the ceiling is checked again before anybody is invited or signs.
    """
    try:
        ceiling = ceiling_on(today, membership.union.path)
    except Refused as refused:
        if refused.code != "lpr_missing":
            raise
        return
    check_rate(limits, rate, ceiling)


def _problem_words(problem: str, today: date, furthest: date) -> str:
    return {
        "purpose": _("请选一项生产经营的用途。"),
        "amount": _("借款金额要大于零，最多写到分。"),
        "rate": _("利率不能小于零；不要利息就填 0。"),
        "method": _("请选一种还款方式。"),
        "term": _("期限至少一个月。"),
        "wanted_on": _("要用钱的日子要在 %(today)s 和 %(furthest)s 之间。")
        % {"today": format_day(today), "furthest": format_day(furthest)},
        "payee": _("转给供货商的，要写供货商名称；转给您的，不用写。"),
        "account": _("请填写收款账户：户名、开户行和账号。"),
        "account_digits": _("收款账号只有数字，请对照银行卡或存折再填一遍。"),
        "account_length": _("收款账号是 8 到 30 位数字，请对照银行卡或存折再填一遍。"),
        "due_days": _("还款的日子要在用钱的日子以后，一个比一个晚。"),
        "due_sum": _("每次还的本金相加，要等于借款金额。"),
        "own_use": _("请先声明钱只用在自己的生产上，不转借给别人。"),
    }[problem]


def _write(
    request: LoanRequest, answers: RequestAnswers, limits: Limits, today: date, at: datetime
) -> None:
    request.purpose = answers.purpose
    request.purpose_note = answers.purpose_note.strip()
    request.amount = answers.amount
    request.term_months = answers.months
    request.method = answers.method
    request.custom_due = [
        {"on": due.on.isoformat(), "principal": str(due.principal)} for due in answers.custom_due
    ]
    request.highest_rate = answers.highest_rate
    request.wanted_on = answers.wanted_on
    request.payee = answers.payee
    request.payee_name = answers.payee_name.strip()
    account = answers.account
    request.account_holder, request.account_bank = account.holder, account.bank
    request.account_number = account.number
    request.own_use_declared_at = request.submitted_at = at
    # Who asks ahead of the season keeps their request until the money is wanted.
    last = today + timedelta(days=limits.request_days)
    request.expires_on = max(last, answers.wanted_on)
    request.save()


def _record(deed: str, request: LoanRequest, by: Any, at: datetime) -> Any:
    return audit.record(
        f"lending.request_{deed}",
        request,
        by=by,
        at=at,
        scope=request.membership.union.path,
        amount=str(request.amount),
    )


__all__ = [
    "RequestAnswers",
    "draft_of",
    "expire_requests",
    "resubmit_request",
    "save_draft",
    "submit_request",
    "withdraw_request",
]
