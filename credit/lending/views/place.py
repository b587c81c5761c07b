"""The place 信用 of the bottom bar."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from cooperative.membership.access import member_of
from cooperative.membership.selectors.members import live_membership, may_borrow_and_lend_from
from core.access import public
from core.dates import today
from credit.lending.views.common import show
from credit.scoring.selectors.standing import standings_of


@require_safe
@public
def credit(request: HttpRequest) -> HttpResponse:
    """The score, and the ways to borrowing and lending; before joining, the way there."""
    member = member_of(request.user)
    membership = live_membership(member) if member else None
    context = {
        "member": member,
        "membership": membership,
        "waiting_until": may_borrow_and_lend_from(membership, today()) if membership else None,
        "standing": standings_of([member.pk], today()).get(member.pk) if member else None,
    }
    return show(request, "lending/credit.html", **context)
