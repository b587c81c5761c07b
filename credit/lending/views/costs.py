"""A cost of realising a claim: read by both sides, answered by the borrower while it waits."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cooperative.membership.access import member_page
from core.errors import NotFound
from core.formats import format_yuan_short
from credit.lending.access import access_party_cost
from credit.lending.forms import ReasonForm
from credit.lending.pages.costs import cost_page
from credit.lending.services import costs as services
from credit.lending.views.common import Sheet, ask, posted, refusal_of, show


@require_GET
@member_page
def cost(request: HttpRequest, pk: int) -> HttpResponse:
    """What was spent on what, with its proof, and what became of it."""
    row = access_party_cost(request.member, pk)  # type: ignore[attr-defined]
    page = cost_page(row, request.member)  # type: ignore[attr-defined]
    return show(request, "lending/cost.html", page=page)


@require_http_methods(["GET", "POST"])
@member_page
def object_to(request: HttpRequest, pk: int) -> HttpResponse:
    """The borrower says what is wrong with it."""
    row = access_party_cost(request.member, pk)  # type: ignore[attr-defined]
    page = cost_page(row, request.member)  # type: ignore[attr-defined]
    if not page.is_borrower:
        raise NotFound()
    form = ReasonForm(
        posted(request), label=_("哪里不对？"), hint=_("例如：没有花这笔钱，或者金额不对。")
    )
    refused = None
    if request.method == "POST" and form.is_valid():
        refused = refusal_of(
            lambda: services.object_to_cost(
                cost_id=row.pk,
                objection=form.cleaned_data["reason"],
                by=request.user,
                at=timezone.now(),
            )
        )
        if refused is None:
            messages.success(request, _("您的话记下了，复核的人会看到。"))
            return redirect("cost", row.pk)
    elif request.method == "GET" and not page.may_object:
        raise NotFound()
    sheet = Sheet(
        title=_("这笔费用不对"),
        what=_("告诉工会，%(amount)s 元的费用有出入") % {"amount": format_yuan_short(row.amount)},
        submit=_("提出来"),
        back=reverse("cost", args=[row.pk]),
        to=_("%(name)s和工会复核人") % {"name": row.share.membership.member.name},
        cost=_("不花钱"),
        undo=_("提出以后不能改，要补充请打工会电话。"),
        tone="brick",
    )
    return ask(request, sheet, form, refused)
