"""Inviting named members, and their answers: so much, not this time, or not any more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cooperative.membership.models import Membership
from core import audit
from core.dates import business_date
from core.errors import NotFound, Refused, busy_is_refused
from core.exact import FEN
from core.formats import format_yuan_short
from core.masking import mask_name
from core.models import AuditRow
from credit.lending.models import LoanRequest, Pledge, SpareMoney
from credit.lending.rules.states.actors import Actor
from credit.lending.rules.states.pledge import PledgeState
from credit.lending.rules.states.request import RequestState
from credit.lending.selectors.candidates import reasons_for
from credit.lending.selectors.limits import limits_of
from credit.lending.selectors.requests import missing_of
from credit.lending.selectors.spare import free_amount_of
from credit.lending.services.limits import (
    check_borrower_limits,
    check_lender_limits,
    promised_elsewhere,
)
from credit.lending.services.request_notices import (
    CONVENE,
    tell_borrower,
    tell_lender,
    tell_officers,
)
from credit.lending.services.request_rows import lock_request, move, move_pledge, seen_request
from credit.lending.services.standing import (
    check_may_lend,
    check_no_party,
    check_own,
    lock_parties,
)

NOTE_LENGTH = 200


def invite(
    *, request_id: int, membership_ids: Iterable[int], by: Any, at: datetime
) -> list[Pledge]:
    """Ask named members of the same union whether they would lend; all of them or none.

    Kin may be asked: the page marks them, the officer decides. Who declined may be asked again.

    Raises:
        NotFound: out of reach of ``loan.convene``, or no such member in the union.
        Refused: ``own_matter``, ``nobody_named``, ``not_convening``, ``own_lender``,
            ``no_spare_money``, ``invited_already``, an obstacle of I9 (named by member).
    """
    ids = sorted(set(membership_ids))
    if not ids:
        raise Refused("nobody_named", _("请先选要邀请的成员。"))
    seen = seen_request(request_id, by, CONVENE, at)
    with busy_is_refused(), transaction.atomic():
        lenders = lock_parties(ids)
        spares = {
            row.membership_id: row
            for row in SpareMoney.objects.locked().filter(membership__in=ids, ended_at__isnull=True)
        }
        request = lock_request(seen.pk)
        _check_convening(request)
        reasons = reasons_for(request, list(lenders.values()), business_date(at))
        return [
            _invite(request, lenders[pk], spares.get(pk), reasons.get(pk, []), by, at) for pk in ids
        ]


def _invite(
    request: LoanRequest,
    lender: Membership,
    spare: SpareMoney | None,
    reasons: list[dict[str, str]],
    by: Any,
    at: datetime,
) -> Pledge:
    _check_can_be_asked(request, lender, by, at)
    name = mask_name(lender.member.name)
    if spare is None:
        raise Refused(
            "no_spare_money",
            _("%(name)s没有登记余钱，不能邀请。") % {"name": name},
            way_on=_("请本人先登记余钱，愿意借的才邀请。"),
        )
    pledge = Pledge.objects.locked().filter(request=request, membership=lender).first()
    if pledge is None:
        pledge = Pledge(request=request, membership=lender)
    elif pledge.state != PledgeState.DECLINED:
        raise Refused("invited_already", _("%(name)s已经在邀请名单里。") % {"name": name})
    else:
        move_pledge(pledge, PledgeState.INVITED, Actor.CONVENER)
    pledge.spare_money = spare
    pledge.reasons = reasons
    pledge.invited_by, pledge.invited_at = by, at
    pledge.answered_at, pledge.note = None, ""
    pledge.save()
    deed = _record("invited", pledge, request, by, at)
    tell_lender(pledge, "invited", request=request, deed=deed, at=at)
    return pledge


def _check_can_be_asked(request: LoanRequest, lender: Membership, by: Any, at: datetime) -> None:
    check_no_party(by, lender)
    if lender.union_id != request.membership.union_id:
        raise NotFound()
    if lender.member_id == request.membership.member_id:
        raise Refused("own_lender", _("借款人不能自己借给自己。"))
    try:
        check_may_lend(lender, business_date(at))
    except Refused as refused:
        raise Refused(
            refused.code,
            _("%(name)s现在不能出借：%(why)s")
            % {"name": mask_name(lender.member.name), "why": refused.message},
            way_on=_("请改请别的成员。"),
            **refused.facts,
        ) from refused


def pledge(*, pledge_id: int, amount: Decimal, by: Any, at: datetime) -> Pledge:
    """Promise an amount, or another one than before; the last missing yuan covers the request.

    Raises:
        NotFound: absent, or another's invitation.
        Refused: ``wrong_state``, ``not_convening``, ``request_covered``, ``pledge_amount``,
            ``pledge_beyond_missing``, ``pledge_beyond_spare``, an obstacle of I9, a limit's stop
            level.
    """
    today = business_date(at)
    with busy_is_refused(), transaction.atomic():
        row, request = _lock_own(pledge_id, by)
        lender = row.membership
        check_may_lend(lender, today)
        _check_convening(request, covered_too=row.state == Pledge.State.PLEDGED)
        if row.state != Pledge.State.PLEDGED:
            move_pledge(row, PledgeState.PLEDGED, Actor.LENDER)
        _check_amount(row, request, amount)
        limits = limits_of(lender.union.path, today)
        check_lender_limits(
            lender, limits, amount, today, promised=promised_elsewhere(lender, request.pk)
        )
        helpers = Pledge.objects.filter(request=request, state=Pledge.State.PLEDGED)
        lenders = helpers.order_by("pk").values_list("membership__member", flat=True)
        check_borrower_limits(
            request.membership, limits, amount, today, lenders={*lenders, lender.member_id}
        )
        row.amount, row.answered_at = amount, at
        row.save()
        _record("pledged", row, request, by, at, amount=str(amount))
        _follow(request, by, at)
    return row


def decline(*, pledge_id: int, by: Any, at: datetime, note: str = "") -> Pledge:
    """Say no, with a word for the officer if one likes; also after a promise, before the contract.

    Raises:
        NotFound: absent, or another's invitation.
        Refused: ``wrong_state``.
    """
    with busy_is_refused(), transaction.atomic():
        row, request = _lock_own(pledge_id, by)
        move_pledge(row, PledgeState.DECLINED, Actor.LENDER)
        row.answered_at, row.note = at, note.strip()[:NOTE_LENGTH]
        row.save()
        _record("pledge_declined", row, request, by, at)
        _follow(request, by, at)
    return row


def release_pledge(*, pledge_id: int, by: Any, at: datetime) -> Pledge:
    """Take a promise back before the contract is drawn; the invitation stays open.

    Raises:
        NotFound: absent, or another's invitation.
        Refused: ``wrong_state``.
    """
    with busy_is_refused(), transaction.atomic():
        row, request = _lock_own(pledge_id, by)
        was = row.amount
        move_pledge(row, PledgeState.INVITED, Actor.LENDER)
        row.answered_at = None
        row.save()
        _record("pledge_released", row, request, by, at, was=str(was))
        _follow(request, by, at)
    return row


def cancel_invitation(*, pledge_id: int, by: Any, at: datetime) -> Pledge:
    """Let an invitation or a promise lapse, as the officer.

    Raises:
        NotFound: out of reach of ``loan.convene``.
        Refused: ``own_matter`` or ``wrong_state``.
    """
    found = Pledge.objects.filter(pk=pledge_id).values_list("request", flat=True).first()
    if found is None:
        raise NotFound()
    seen = seen_request(found, by, CONVENE, at)
    with busy_is_refused(), transaction.atomic():
        request = lock_request(seen.pk)
        row = _with_lender(pledge_id)
        check_no_party(by, row.membership)
        move_pledge(row, PledgeState.LAPSED, Actor.CONVENER)
        row.save()
        deed = _record("invitation_cancelled", row, request, by, at)
        tell_lender(row, "invitation_cancelled", request=request, deed=deed, at=at)
        _follow(request, by, at, Actor.CONVENER)
    return row


def _lock_own(pledge_id: int, by: Any) -> tuple[Pledge, LoanRequest]:
    """The member's own invitation: Member, Membership, SpareMoney, LoanRequest, Pledge.

    The member's row is held, so that what they promise elsewhere at the same moment is counted.
    """
    found = Pledge.objects.filter(pk=pledge_id).first()
    if found is None:
        raise NotFound()
    own = lock_parties([found.membership_id])[found.membership_id]
    check_own(own, by)
    spare = SpareMoney.objects.locked().get(pk=found.spare_money_id)
    request = lock_request(found.request_id)
    row = _with_lender(pledge_id)
    row.membership, row.spare_money = own, spare
    return row, request


def _with_lender(pledge_id: int) -> Pledge:
    rows = Pledge.objects.locked().select_related("membership__member__user", "membership__union")
    return rows.get(pk=pledge_id)


def _check_convening(request: LoanRequest, *, covered_too: bool = False) -> None:
    if request.state == LoanRequest.State.COVERED and not covered_too:
        raise Refused(
            "request_covered",
            _("这笔借款已经凑齐了，谢谢您。"),
            way_on=_("有人收回时会再请您。"),
        )
    if request.state not in (LoanRequest.State.CONVENING, LoanRequest.State.COVERED):
        raise Refused(
            "not_convening",
            _("这份申请现在是“%(state)s”，不在召集。") % {"state": request.get_state_display()},
            way_on=_("请刷新页面看最新情况。"),
            state=request.state,
        )


def _check_amount(row: Pledge, request: LoanRequest, amount: Decimal) -> None:
    if amount <= 0 or amount % FEN:
        raise Refused("pledge_amount", _("金额要大于零，最多写到分。"))
    missing = missing_of(request, without=row.pk)
    if amount > missing:
        raise _beyond("pledge_beyond_missing", _("这笔借款还差 %(most)s 元，您填多了。"), missing)
    if row.spare_money.ended_at is not None:
        raise Refused(
            "no_spare_money",
            _("您的余钱已经撤下。"),
            way_on=_("还想帮忙，请先重新登记余钱，再请工会邀请。"),
        )
    free = free_amount_of(row.spare_money) + _own_promise(row)
    if amount > free:
        raise _beyond("pledge_beyond_spare", _("您登记的余钱还能借 %(most)s 元。"), free)


def _own_promise(row: Pledge) -> Decimal:
    """What this pledge already takes of the spare money, as stored."""
    stored = Pledge.objects.filter(pk=row.pk, state=Pledge.State.PLEDGED)
    return stored.values_list("amount", flat=True).first() or Decimal(0)


def _beyond(code: str, sentence: str, most: Decimal) -> Refused:
    number = format_yuan_short(most)
    return Refused(
        code,
        sentence % {"most": number},
        way_on=_("请改到 %(most)s 元以内。") % {"most": number},
        **{_("最多"): _("%(yuan)s 元") % {"yuan": number}},
    )


def _follow(request: LoanRequest, by: Any, at: datetime, actor: Actor = Actor.LENDER) -> None:
    """Bring the request to what its pledges say: covered to the fen, or convening again."""
    missing = missing_of(request)
    if request.state == LoanRequest.State.CONVENING and not missing:
        move(request, RequestState.COVERED, actor)
        request.save(update_fields=["state"])
        deed = _record_request("request_covered", request, by, at)
        tell_officers(request, "request_covered", deed=deed, at=at)
        tell_borrower(request, "own_request_covered", deed=deed, at=at)
    elif request.state == LoanRequest.State.COVERED and missing:
        move(request, RequestState.CONVENING, actor)
        request.save(update_fields=["state"])
        deed = _record_request("request_uncovered", request, by, at)
        tell_officers(
            request, "request_uncovered", deed=deed, at=at, missing=format_yuan_short(missing)
        )


def _record(
    deed: str, row: Pledge, request: LoanRequest, by: Any, at: datetime, **facts: Any
) -> AuditRow:
    return audit.record(
        f"lending.{deed}",
        row,
        by=by,
        at=at,
        scope=request.membership.union.path,
        request=request.pk,
        **facts,
    )


def _record_request(deed: str, request: LoanRequest, by: Any, at: datetime) -> AuditRow:
    return audit.record(
        f"lending.{deed}", request, by=by, at=at, scope=request.membership.union.path
    )
