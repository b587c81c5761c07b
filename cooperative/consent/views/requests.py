"""My requests: correct, erase, object, a copy on paper; where each stands and by when."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cooperative.consent import selectors, services
from cooperative.consent.forms import RequestForm
from cooperative.consent.models import DataRequest
from cooperative.consent.personal_data import section_title
from cooperative.consent.services.erasure import check_erasable
from cooperative.consent.shown import final_answer, request_view, steps_of
from cooperative.consent.views.overview import private
from cooperative.membership.access import member_page
from core.dates import today
from core.errors import NotFound, Refused


@require_GET
@private
@member_page
def requests(request: HttpRequest) -> HttpResponse:
    """What I asked for, and what I may ask for."""
    member = request.member  # type: ignore[attr-defined]
    views = [request_view(row, today()) for row in selectors.requests_of(member)]
    return render(request, "consent/requests.html", {"views": views, "tab": "me"})


@require_http_methods(["GET", "POST"])
@private
@member_page
def new_request(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask for one thing; what stands in the way is said before anything is written."""
    if kind not in DataRequest.Kind.values:
        raise NotFound()
    member = request.member  # type: ignore[attr-defined]
    form = RequestForm(request.POST if request.method == "POST" else None, kind=kind)
    refusal = _obstacle(member, kind)
    if request.method == "POST" and form.is_valid() and refusal is None:
        try:
            row = services.open_request(
                member=member,
                kind=kind,
                section=form.cleaned_data.get("section", ""),
                details=form.cleaned_data["details"],
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, _("已经交给工会，答复了会发消息告诉您。"))
            return redirect("my_data_request", request_id=row.pk)
    shown = {
        "form": form,
        "kind": kind,
        "title": DataRequest.Kind(kind).label,
        "refusal": refusal,
        "tab": "me",
    }
    failed = request.method == "POST"
    return render(request, "consent/new_request.html", shown, status=422 if failed else 200)


def _obstacle(member: object, kind: str) -> Refused | None:
    if kind != DataRequest.Kind.ERASURE:
        return None
    try:
        check_erasable(member)  # type: ignore[arg-type]
    except Refused as refused:
        return refused
    return None


@require_GET
@private
@member_page
def one_request(request: HttpRequest, request_id: int) -> HttpResponse:
    """One request with its clock and the written answer."""
    rows = selectors.requests_of(request.member)  # type: ignore[attr-defined]
    row = rows.filter(pk=request_id).first()
    if row is None:
        raise NotFound()
    view = request_view(row, today())
    shown = {
        "view": view,
        "row": row,
        "steps": steps_of(view),
        "section": section_title(row.section) if row.section else "",
        "answer": final_answer(row),
        "tab": "me",
    }
    return render(request, "consent/request.html", shown)


@require_POST
@private
@member_page
def withdraw_request(request: HttpRequest, request_id: int) -> HttpResponse:
    """No longer wanted."""
    try:
        services.withdraw_request(
            request_id=request_id,
            member=request.member,  # type: ignore[attr-defined]
            by=request.user,
            at=timezone.now(),
        )
    except NotFound:
        raise
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("请求已经撤回。"))
    return redirect("my_requests")
