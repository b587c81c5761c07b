"""All that a member borrows and lends."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from cooperative.membership.access import member_page
from cooperative.membership.selectors.members import live_membership
from core.dates import today
from credit.lending.pages.overview import lending_page
from credit.lending.views.common import show


@require_GET
@member_page
def my_lending(request: HttpRequest) -> HttpResponse:
    """Requests, loans, shares, invitations; settled ones at the end."""
    member = request.member  # type: ignore[attr-defined]
    return show(
        request, "lending/mine.html", page=lending_page(member, live_membership(member), today())
    )
