"""Panels on the phone: whom a rater is asked about, one person a page, and one's own results."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cooperative.membership.access import member_page
from core.errors import NotFound, Refused
from credit.scoring.access import access_line, access_seat
from credit.scoring.forms import GradeForm
from credit.scoring.models import PanelSeat
from credit.scoring.pages.panels import HINTS, next_url, panels_page, person_page, sheet_page
from credit.scoring.selectors.panels import sheet_of
from credit.scoring.services import panels as services


@require_GET
@member_page
def my_panels(request: HttpRequest) -> HttpResponse:
    """Where the member is asked to rate, and what panels found about them."""
    page = panels_page(request.member, timezone.now())  # type: ignore[attr-defined]
    return render(request, "scoring/panels.html", {"tab": "credit", "page": page})


@require_GET
@member_page
def panel_review(request: HttpRequest, pk: int) -> HttpResponse:
    """One panel for its rater: why blind, who is still to be rated, thanks when it is over."""
    seat = access_seat(request.member, pk)  # type: ignore[attr-defined]
    page = sheet_page(seat, timezone.now())
    return render(request, "scoring/panel_review.html", {"tab": "credit", "page": page})


@require_http_methods(["GET", "POST"])
@member_page
def panel_person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: six cards, or that the rater is kin."""
    now = timezone.now()
    seat, line = access_line(request.member, pk, now)  # type: ignore[attr-defined]
    page = person_page(seat, line, now)
    form = GradeForm(
        request.POST if request.method == "POST" else None, initial={"points": page.points}
    )
    refused = None
    if request.method == "POST" and form.is_valid():
        points = form.cleaned_data["points"]
        refused = _refusal(
            lambda: services.rate(subject_id=pk, points=points, by=request.user, at=now)
        )
        if refused is None:
            return _go_on(request, seat, pk)
    status = refused.status if refused else 422 if form.is_bound else 200
    shown = {"tab": "credit", "page": page, "form": form, "hints": HINTS, "refused": refused}
    return render(request, "scoring/panel_person.html", shown, status=status)


@require_POST
@member_page
def panel_recuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Kin, or dealings: no grade."""
    now = timezone.now()
    seat, _line = access_line(request.member, pk, now)  # type: ignore[attr-defined]
    refused = _refusal(lambda: services.recuse(subject_id=pk, by=request.user, at=now))
    if refused is not None:
        messages.warning(request, str(refused))
        return redirect("panel_review", seat.panel_id)
    return _go_on(request, seat, pk)


def _go_on(request: HttpRequest, seat: PanelSeat, done: int) -> HttpResponse:
    """To the next who is still to be rated, or back with thanks."""
    following = next_url(sheet_of(seat, timezone.now()), after=done)
    messages.success(request, _("记下了。"))
    return redirect(following) if following else redirect("panel_review", seat.panel_id)


def _refusal(deed: Callable[[], object]) -> Refused | None:
    try:
        deed()
    except NotFound:
        raise
    except Refused as refused:
        return refused
    return None
