"""A member's own request: where it stands, taking it back, mending it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cooperative.membership.access import member_page
from core.dates import today
from core.errors import NotFound
from core.formats import format_yuan_short
from credit.lending.access import access_own_request
from credit.lending.pages.requests import request_page
from credit.lending.services import requests as services
from credit.lending.services.drafts import draft_from, save_draft
from credit.lending.views.common import Sheet, ask, refusal_of, show


@require_GET
@member_page
def my_request(request: HttpRequest, pk: int) -> HttpResponse:
    """State, steps, who must act, who has answered."""
    row = access_own_request(request.member, pk)  # type: ignore[attr-defined]
    return show(request, "lending/request.html", page=request_page(row, today()))


@require_http_methods(["GET", "POST"])
@member_page
def withdraw_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a request back, after a question."""
    row = access_own_request(request.member, pk)  # type: ignore[attr-defined]
    refused = None
    if request.method == "POST":
        refused = refusal_of(
            lambda: services.withdraw_request(request_id=row.pk, by=request.user, at=timezone.now())
        )
        if refused is None:
            messages.success(request, _("申请已撤回。想好了可以随时再申请。"))
            return redirect("my_request", row.pk)
    elif not request_page(row, today()).may_withdraw:
        raise NotFound()
    sheet = Sheet(
        title=_("撤回申请"),
        what=_("撤回借 %(amount)s 元的申请") % {"amount": format_yuan_short(row.amount)},
        submit=_("撤回申请"),
        back=reverse("my_request", args=[row.pk]),
        to=_("工会和已经被邀请的社员，他们会收到消息"),
        cost=_("不花钱"),
        undo=_("撤回后不能恢复，可以重新申请，要重新走一遍。"),
        tone="brick",
    )
    return ask(request, sheet, refused=refused)


@require_http_methods(["GET", "POST"])
@member_page
def edit_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a returned request apart into its answers again, to mend them on the same screens."""
    row = access_own_request(request.member, pk)  # type: ignore[attr-defined]
    if request.method == "GET" or not request_page(row, today()).may_edit:
        return redirect("my_request", row.pk)
    save_draft(membership=row.membership, answers=draft_from(row), by=request.user)
    return redirect("ask_check")
