"""The places of the bottom bar that membership answers for: home, supply."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cooperative.membership.access import member_of, posts_of
from cooperative.membership.selectors.members import live_membership, may_borrow_and_lend_from
from cooperative.membership.todo import todos_of
from core.access import public
from core.dates import today


@require_safe
@public
def home(request: HttpRequest) -> HttpResponse:
    """Visitors learn what this is; members see what needs doing today."""
    if not request.user.is_authenticated:
        return render(request, "membership/welcome.html")
    now = today()
    member = member_of(request.user)
    membership = live_membership(member) if member else None
    context = {
        "member": member,
        "membership": membership,
        "todos": todos_of(member, now) if member else [],
        "waiting_until": may_borrow_and_lend_from(membership, now) if membership else None,
        "is_officer": bool(posts_of(request.user, now)),
        "tab": "home",
    }
    return render(request, "membership/home.html", context)


@require_safe
@public
def supply(request: HttpRequest) -> HttpResponse:
    """What buying together will rest on."""
    member = member_of(request.user)
    context = {
        "member": member,
        "membership": live_membership(member) if member else None,
        "tab": "supply",
    }
    return render(request, "membership/supply.html", context)
