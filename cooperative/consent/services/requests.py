"""A member's requests about their own data: open, answer, confirm, return, withdraw."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cooperative.accounts.models import User
from cooperative.consent.models import DataRequest
from cooperative.consent.parameters import DAYS_TO_ANSWER
from cooperative.consent.rules.requests import (
    RequestActor,
    RequestKind,
    RequestState,
    due_on,
    may_move,
    needs_second_officer,
)
from cooperative.consent.services.erasure import check_erasable, erase_member
from cooperative.consent.services.telling import tell_answered
from cooperative.membership.access import check_permission
from cooperative.membership.models import Member, Membership, Union
from core import audit
from core.dates import business_date
from core.errors import NotFound, Refused, refusing
from core.parameters import value_on


def open_request(
    *, member: Member, kind: str, section: str = "", details: str = "", by: Any, at: datetime
) -> DataRequest:
    """Ask for a copy, a correction, an erasure, or object; the legal clock starts.

    The member's record is marked while a correction or an objection waits.

    Raises:
        NotFound: the member is another's.
        Refused: ``already_open``, ``details_missing``, ``no_union``, and for an erasure what
            keeps the data (e.g. ``still_member``).
    """
    if kind in {RequestKind.CORRECTION, RequestKind.OBJECTION} and not details.strip():
        raise Refused("details_missing", _("请写明哪里不对、应该是什么。"))
    with transaction.atomic():
        _lock_own(member, by)
        if kind == RequestKind.ERASURE:
            check_erasable(member)
        union = _handling_union(member)
        days = value_on(DAYS_TO_ANSWER[kind], business_date(at), scope=union.path)
        request = DataRequest(
            member=member,
            union=union,
            kind=kind,
            section=section,
            details=details.strip(),
            opened_at=at,
            due_on=due_on(business_date(at), int(days)),
        )
        with refusing({"consent_datarequest_one_waiting": _ALREADY_OPEN}):
            request.save()
        _record("data_request.opened", request, by=by, at=at, due_on=request.due_on)
    return request


def withdraw_request(*, request_id: int, member: Member, by: Any, at: datetime) -> DataRequest:
    """The member no longer wants it.

    Raises:
        NotFound: absent or another member's.
        Refused: ``request_closed``.
    """
    with transaction.atomic():
        rows = DataRequest.objects.locked().filter(pk=request_id, member=member, member__user=by)
        request = rows.first()
        if request is None:
            raise NotFound()
        _move(request, RequestState.WITHDRAWN, RequestActor.MEMBER)
        request.closed_at = at
        request.save(update_fields=["state", "closed_at"])
        _record("data_request.withdrawn", request, by=by, at=at)
    return request


def answer_request(
    *, request_id: int, outcome: str, answer: str, by: Any, at: datetime
) -> DataRequest:
    """Answer in writing. A correction or erasure then waits for another officer.

    A refusal says why and names the way on (PIPL 50).

    Raises:
        NotFound: no such request.
        Forbidden: the officer may not answer in the request's union.
        Refused: ``answer_missing``, ``request_closed``, or what keeps data from being erased.
    """
    if outcome not in DataRequest.Outcome.values or not answer.strip():
        raise Refused("answer_missing", _("请选处理意见，并写明书面答复。"))
    with transaction.atomic():
        request = _locked_for(request_id, "data_request.answer", by, at)
        granted = outcome == DataRequest.Outcome.GRANTED
        if granted and request.kind == RequestKind.ERASURE:
            check_erasable(request.member)
        request.outcome, request.answer = outcome, answer.strip()
        request.answered_by, request.answered_at = by, at
        request.remark = ""
        if needs_second_officer(request.kind):
            _move(request, RequestState.PROPOSED, RequestActor.CONVENER)
        else:
            _close(request, RequestActor.CONVENER, at)
        request.save()
        _record("data_request.answered", request, by=by, at=at, outcome=outcome)
        if request.closed_at is not None:
            tell_answered(request, at=at)
    return request


def confirm_answer(*, request_id: int, by: Any, at: datetime) -> DataRequest:
    """Let a proposed answer take effect; a granted erasure is carried out here.

    Raises:
        NotFound: no such request.
        Forbidden: the officer may not confirm in the request's union.
        Refused: ``same_person``, ``request_closed``, or what keeps data from being erased.
    """
    with transaction.atomic():
        _lock_person(request_id)
        request = _locked_for(request_id, "data_request.confirm", by, at)
        _check_other_person(request, by)
        if request.state != RequestState.PROPOSED:
            raise _closed(request)
        _close(request, RequestActor.REVIEWER, at)
        request.checked_by, request.checked_at = by, at
        request.save()
        _record("data_request.confirmed", request, by=by, at=at, outcome=request.outcome)
        if request.kind == RequestKind.ERASURE and request.state == RequestState.ANSWERED:
            erase_member(member=request.member, request=request, by=by, at=at)
        else:
            tell_answered(request, at=at)
    return request


def return_answer(*, request_id: int, remark: str, by: Any, at: datetime) -> DataRequest:
    """Send a proposed answer back with a reason; the legal clock runs on.

    Raises:
        NotFound: no such request.
        Forbidden: the officer may not confirm in the request's union.
        Refused: ``same_person``, ``remark_missing``, ``request_closed``.
    """
    if not remark.strip():
        raise Refused("remark_missing", _("请写明退回的原因。"))
    with transaction.atomic():
        request = _locked_for(request_id, "data_request.confirm", by, at)
        _check_other_person(request, by)
        _move(request, RequestState.OPEN, RequestActor.REVIEWER)
        request.remark = remark.strip()
        request.outcome = request.answer = ""
        request.answered_by = request.answered_at = None
        request.save()
        _record("data_request.returned", request, by=by, at=at)
    return request


def _lock_own(member: Member, by: Any) -> None:
    owned = Member.objects.filter(pk=member.pk, user=by, erased_at__isnull=True)
    if owned.locked().first() is None:
        raise NotFound()


def _handling_union(member: Member) -> Union:
    newest = (
        Membership.objects.filter(member=member)
        .select_related("union")
        .order_by("-applied_at", "-pk")
        .first()
    )
    if newest is None:
        raise Refused(
            "no_union",
            _("您还没有加入工会，没有工会可以办这件事。"),
            way_on=_("请先申请入会，或打平台的办公电话。"),
        )
    return newest.union


def _locked_for(request_id: int, permission: str, by: Any, at: datetime) -> DataRequest:
    rows = DataRequest.objects.locked().filter(pk=request_id)
    request = rows.select_related("union", "member").first()
    if request is None:
        raise NotFound()
    check_permission(by, permission, request.union, business_date(at))
    return request


def _lock_person(request_id: int) -> None:
    """Account and member before the request, as everybody: an erasure goes on to both."""
    list(
        User.objects.filter(member__data_requests=request_id)
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    )
    list(Member.objects.locked().filter(data_requests=request_id))


def _check_other_person(request: DataRequest, by: Any) -> None:
    if request.answered_by_id == by.pk:
        raise Refused(
            "same_person",
            _("您自己答复的不能由您复核。"),
            way_on=_("请另一位复核人员办理。"),
        )


def _close(request: DataRequest, actor: RequestActor, at: datetime) -> None:
    granted = request.outcome == DataRequest.Outcome.GRANTED
    _move(request, RequestState.ANSWERED if granted else RequestState.REFUSED, actor)
    request.closed_at = at


def _move(request: DataRequest, new: RequestState, actor: RequestActor) -> None:
    if not may_move(RequestState(request.state), new, actor):
        raise _closed(request)
    request.state = new


def _closed(request: DataRequest) -> Refused:
    return Refused(
        "request_closed",
        _("这件事现在是“%(state)s”，不能这样办。") % {"state": request.get_state_display()},
        state=request.state,
    )


def _record(action: str, request: DataRequest, *, by: Any, at: datetime, **facts: Any) -> None:
    audit.record(
        action,
        request,
        by=by,
        at=at,
        scope=request.union.path,
        kind=request.kind,
        state=request.state,
        **facts,
    )


_ALREADY_OPEN = Refused(
    "already_open",
    _("这件事您已经提过，工会还在办。"),
    way_on=_("可以在“我的请求”里看进度，或先撤回再提。"),
)
