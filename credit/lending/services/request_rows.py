"""Requests and pledges, locked in the one order and moved along their tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from cooperative.membership.access import access_row
from core.dates import business_date
from core.errors import NotFound, Refused
from core.models import AuditRow
from credit.lending.models import LoanRequest, Pledge
from credit.lending.rules.states import pledge as pledge_states
from credit.lending.rules.states import request as request_states
from credit.lending.rules.states.actors import Actor, may_move
from credit.lending.rules.states.pledge import PledgeState
from credit.lending.rules.states.request import RequestState
from credit.lending.services.request_notices import tell_lender
from credit.lending.services.standing import check_no_party, check_own, lock_parties

ENDED = frozenset({RequestState.REFUSED, RequestState.WITHDRAWN, RequestState.EXPIRED})
_RELATED = ("membership__union", "membership__member__user", "convened_by")


def lock_own_request(request_id: int, by: Any) -> LoanRequest:
    """The member's own request, with them: Member, Membership, LoanRequest.

    Raises:
        NotFound: absent, or another's.
    """
    found = LoanRequest.objects.filter(pk=request_id).values_list("membership", flat=True).first()
    if found is None:
        raise NotFound()
    own = lock_parties([found])[found]
    check_own(own, by)
    request = LoanRequest.objects.locked().get(pk=request_id)
    request.membership = own
    return request


def seen_request(request_id: int, by: Any, permission: str, at: datetime) -> LoanRequest:
    """A request within an officer's reach who is not the borrower; not locked.

    Raises:
        NotFound: absent, or out of reach of the permission.
        Refused: ``own_matter``.
    """
    rows = LoanRequest.objects.select_related(*_RELATED)
    request = access_row(
        rows, request_id, by, permission, business_date(at), union="membership__union"
    )
    check_no_party(by, request.membership)
    return request


def lock_request(request_id: int) -> LoanRequest:
    """A request with its borrower; only the request is locked."""
    return LoanRequest.objects.locked().select_related(*_RELATED).get(pk=request_id)


def move(request: LoanRequest, target: RequestState, actor: Actor) -> None:
    """Set a new state the table allows; the caller saves.

    Raises:
        Refused: ``wrong_state``.
    """
    if not may_move(request_states.TRANSITIONS, RequestState(request.state), target, actor):
        raise Refused(
            "wrong_state",
            _("这份申请现在是“%(state)s”，不能这样办理。") % {"state": request.get_state_display()},
            way_on=_("请刷新页面看最新情况。"),
            state=request.state,
        )
    request.state = LoanRequest.State(target.value)


def move_pledge(pledge: Pledge, target: PledgeState, actor: Actor) -> None:
    """Set a new state the table allows, and with it no amount unless it stands by one.

    Raises:
        Refused: ``wrong_state``.
    """
    if not may_move(pledge_states.TRANSITIONS, PledgeState(pledge.state), target, actor):
        raise Refused(
            "wrong_state",
            _("这份邀请现在是“%(state)s”，不能这样办理。") % {"state": pledge.get_state_display()},
            way_on=_("请刷新页面看最新情况。"),
            state=pledge.state,
        )
    pledge.state = Pledge.State(target.value)
    if target not in (PledgeState.PLEDGED, PledgeState.CONTRACTED):
        pledge.amount = None


def end_request(request: LoanRequest, *, deed: AuditRow, by: Any, at: datetime) -> None:
    """Save a request that was moved to its end, and let its invitations and promises lapse.

    Those who were asked or had promised are told: they need keep nothing ready.
    """
    assert request.state in ENDED
    request.ended_at = at
    request.save()
    actor = _ACTORS[RequestState(request.state)]
    waiting = (PledgeState.INVITED, PledgeState.PLEDGED)
    rows = Pledge.objects.locked().filter(request=request, state__in=waiting)
    for pledge in rows.select_related("membership__member__user", "membership__union"):
        was = pledge.amount
        move_pledge(pledge, PledgeState.LAPSED, actor)
        pledge.save(update_fields=["state", "amount"])
        tell_lender(pledge, "pledge_lapsed", request=request, deed=deed, at=at, amount=was)


_ACTORS = {
    RequestState.REFUSED: Actor.CONVENER,
    RequestState.WITHDRAWN: Actor.BORROWER,
    RequestState.EXPIRED: Actor.NIGHT,
}
