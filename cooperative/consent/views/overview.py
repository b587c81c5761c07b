"""What is stored about me, who looked, my copy, and the public privacy notice."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from cooperative.consent import selectors, services
from cooperative.consent.models import ConsentText
from cooperative.consent.parameters import DAYS_TO_ANSWER
from cooperative.consent.personal_data import sections
from cooperative.consent.rules.purposes import purposes
from cooperative.consent.services.exporting import Copy
from cooperative.consent.shown import look_of, titles
from cooperative.membership.access import member_page
from core.access import public
from core.address import address_of
from core.dates import today
from core.errors import NotFound, Refused
from core.parameters import value_on
from core.throttle import HOUR, Limit, take_all

private = cache_control(private=True, no_store=True)
_LOOKS_A_PAGE = 30
_EXPORTS = [Limit("export", 10, HOUR)]


@require_GET
@private
@member_page
def overview(request: HttpRequest) -> HttpResponse:
    """The five things one can do here, with how things stand."""
    member, now = request.member, timezone.now()  # type: ignore[attr-defined]
    looks = selectors.looks_at(member)
    shown = {
        "live": selectors.live_consents(member, now).count(),
        "offers": len(selectors.offers_for(member, now)),
        "looks": looks.count(),
        "last_look": looks.first(),
        "waiting": selectors.waiting_requests(member).count(),
        "tab": "me",
    }
    return render(request, "consent/overview.html", shown)


@require_GET
@private
@member_page
def stored(request: HttpRequest) -> HttpResponse:
    """What is stored, by section; sealed values whole only when asked for."""
    member = request.member  # type: ignore[attr-defined]
    parts = [(section, section.collect(member)) for section in sections()]
    shown = {"parts": parts, "whole": request.GET.get("show") == "whole", "tab": "me"}
    return render(request, "consent/stored.html", shown)


@require_GET
@private
@member_page
def looks(request: HttpRequest) -> HttpResponse:
    """Who looked at my data, newest first."""
    rows = selectors.looks_at(request.member)  # type: ignore[attr-defined]
    page = Paginator(rows, _LOOKS_A_PAGE).get_page(request.GET.get("page"))
    shown = {"page": page, "entries": [look_of(row).entry() for row in page], "tab": "me"}
    return render(request, "consent/looks.html", shown)


@require_POST
@private
@member_page
def export(request: HttpRequest, file_kind: str) -> HttpResponse:
    """Hand the member a copy of everything."""
    make = {"json": services.export_json, "pdf": services.export_pdf}.get(file_kind)
    if make is None:
        raise NotFound()
    member = request.member  # type: ignore[attr-defined]
    take_all(_EXPORTS, str(member.pk), at=timezone.now())
    copy = make(
        member=member,
        by=request.user,
        at=timezone.now(),
        address=address_of(request),
    )
    return hand_over(copy)


def hand_over(copy: Copy) -> HttpResponse:
    """A copy of a member's own data as a file to keep."""
    response = HttpResponse(copy.content, content_type=copy.content_type)
    response["Content-Disposition"] = f'attachment; filename="{copy.file_name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_GET
@public
def privacy(request: HttpRequest) -> HttpResponse:
    """The privacy notice: who, what for, which data, how long, which rights, whom to ask."""
    texts = {text.purpose: text for text in ConsentText.objects.current(timezone.now())}
    offered = [
        {
            "text": texts[purpose.code],
            "what": titles(texts[purpose.code].categories),
            "extra": titles(texts[purpose.code].optional_categories),
        }
        for purpose in purposes()
        if purpose.code in texts
    ]
    return render(request, "consent/privacy.html", {"offered": offered, "days": _days()})


def _days() -> dict[str, int | str]:
    """Days to answer by kind; the law's longest where the office has not entered a figure."""
    days: dict[str, int | str] = {}
    for kind, code in DAYS_TO_ANSWER.items():
        try:
            days[kind] = int(value_on(code, today()))
        except Refused:
            days[kind] = ""
    return days
