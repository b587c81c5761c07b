"""An invitation to help with a request, and the answer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cooperative.membership.access import member_page
from core.dates import today
from core.errors import NotFound, Refused
from core.formats import format_yuan_short
from credit.lending.access import access_invitation
from credit.lending.forms import DeclineForm, PledgeForm
from credit.lending.models import Pledge
from credit.lending.pages.invitations import invitation_page, pledge_quote
from credit.lending.selectors.overview import loan_of_request
from credit.lending.services import convening
from credit.lending.views.common import Sheet, ask, posted, refusal_of, show


@require_GET
@member_page
def invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Who asks for what, and the form to answer."""
    pledge = access_invitation(request.member, pk)  # type: ignore[attr-defined]
    kept = pledge.amount and {"amount": f"{pledge.amount:f}".removesuffix(".00")}
    return _page(request, pledge, PledgeForm(initial=kept or {}), amount=pledge.amount)


@require_http_methods(["GET", "POST"])
@member_page
def pledge_money(request: HttpRequest, pk: int) -> HttpResponse:
    """Stand by an amount; a GET works out what would come back of it."""
    pledge = access_invitation(request.member, pk)  # type: ignore[attr-defined]
    form = PledgeForm(request.POST if request.method == "POST" else request.GET or None)
    amount = form.cleaned_data.get("amount") if form.is_valid() else None
    if request.htmx:  # type: ignore[attr-defined]
        here = reverse("invitation_pledge", args=[pledge.pk])
        rows = pledge_quote(pledge, amount, today())
        return render(request, "lending/_pledge_quote.html", {"here": here, "quote_rows": rows})
    if request.method == "GET":
        return redirect("invitation", pledge.pk)
    refused = None
    if "quote" not in request.POST and amount is not None:
        refused = refusal_of(
            lambda: convening.pledge(
                pledge_id=pledge.pk, amount=amount, by=request.user, at=timezone.now()
            )
        )
        if refused is None:
            messages.success(
                request,
                _("您答应借 %(amount)s 元。凑齐以后请您签合同。")
                % {"amount": format_yuan_short(amount)},
            )
            return redirect("invitation", pledge.pk)
    return _page(request, pledge, form, refused, amount=amount)


@require_http_methods(["GET", "POST"])
@member_page
def decline_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Say no this time."""
    pledge = _answerable(request, pk)
    form = DeclineForm(posted(request))
    refused = None
    if request.method == "POST" and form.is_valid():
        refused = refusal_of(
            lambda: convening.decline(
                pledge_id=pledge.pk, **form.cleaned_data, by=request.user, at=timezone.now()
            )
        )
        if refused is None:
            messages.success(request, _("知道了，这次不借。"))
            return redirect("spare_money")
    sheet = Sheet(
        title=_("这次不借"),
        what=_("告诉工会，这次不借"),
        submit=_("这次不借"),
        back=reverse("invitation", args=[pledge.pk]),
        to=_("工会经办人。借款人不会知道是谁没有借"),
        undo=_("改主意了可以找工会，他们可以再请您一次。"),
    )
    return ask(request, sheet, form, refused)


@require_http_methods(["GET", "POST"])
@member_page
def release_money(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a promise back before there is a contract."""
    pledge = _answerable(request, pk)
    if pledge.amount is None and request.method == "GET":
        return redirect("invitation", pledge.pk)
    refused = None
    if request.method == "POST":
        refused = refusal_of(
            lambda: convening.release_pledge(
                pledge_id=pledge.pk, by=request.user, at=timezone.now()
            )
        )
        if refused is None:
            messages.success(request, _("已收回。您还可以重新答应，或者这次不借。"))
            return redirect("invitation", pledge.pk)
    sheet = Sheet(
        title=_("收回答应"),
        what=_("收回答应借的 %(amount)s 元") % {"amount": format_yuan_short(pledge.amount or 0)},
        submit=_("收回"),
        back=reverse("invitation", args=[pledge.pk]),
        to=_("工会经办人"),
        cost=_("不花钱"),
        undo=_("期限以内可以重新答应。"),
        tone="brick",
    )
    return ask(request, sheet, refused=refused)


def _answerable(request: HttpRequest, pk: int) -> Pledge:
    pledge = access_invitation(request.member, pk)  # type: ignore[attr-defined]
    if request.method == "GET" and not invitation_page(pledge, today()).is_open:
        raise NotFound()
    return pledge


def _page(
    request: HttpRequest,
    pledge: Pledge,
    form: PledgeForm,
    refused: Refused | None = None,
    *,
    amount: Decimal | None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "page": invitation_page(pledge, today()),
        "form": form,
        "quote_rows": pledge_quote(pledge, amount, today()),
        "loan": loan_of_request(pledge.request) if pledge.state == "contracted" else None,
    }
    return show(request, "lending/invitation.html", refused, **context)
