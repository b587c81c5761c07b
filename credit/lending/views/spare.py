"""Spare money: say that some lies idle, change it, take it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cooperative.membership.access import member_page
from core.dates import today
from core.errors import NotFound
from core.formats import format_yuan_short
from credit.lending.forms import SpareMoneyForm
from credit.lending.models import SpareMoney
from credit.lending.pages.spare import QUICK, SparePage, spare_page
from credit.lending.services import spare as services
from credit.lending.views.common import Sheet, ask, posted, refusal_of, show


@require_http_methods(["GET", "POST"])
@member_page
def spare_money(request: HttpRequest) -> HttpResponse:
    """What lies idle and who asks for it; the form while nothing is registered."""
    page = spare_page(request.member, today())  # type: ignore[attr-defined]
    form = SpareMoneyForm(posted(request), initial={"available_from": today()})
    refused = None
    membership = page.membership
    if request.method == "POST" and membership is not None and form.is_valid():
        refused = refusal_of(
            lambda: services.register_spare_money(
                membership=membership, **form.cleaned_data, by=request.user, at=timezone.now()
            )
        )
        if refused is None:
            messages.success(request, _("已登记。钱还在您自己手里，有人需要时工会来问您。"))
            return redirect("spare_money")
    return show(request, "lending/spare_money.html", refused, page=page, form=form, quick=QUICK)


@require_http_methods(["GET", "POST"])
@member_page
def change_spare_money(request: HttpRequest) -> HttpResponse:
    """Another amount or other days."""
    _page, spare = _open(request)
    kept = {
        "amount": f"{spare.amount:f}".removesuffix(".00"),
        "available_from": spare.available_from,
        "available_until": spare.available_until,
        "own_funds": True,
    }
    form = SpareMoneyForm(posted(request), initial=kept)
    refused = None
    if request.method == "POST" and form.is_valid():
        refused = refusal_of(
            lambda: services.change_spare_money(
                spare_id=spare.pk, **form.cleaned_data, by=request.user, at=timezone.now()
            )
        )
        if refused is None:
            messages.success(request, _("已改好。"))
            return redirect("spare_money")
    return show(request, "lending/spare_money_change.html", refused, form=form, quick=QUICK)


@require_http_methods(["GET", "POST"])
@member_page
def withdraw_spare_money(request: HttpRequest) -> HttpResponse:
    """Take it off the list, after a question."""
    _page, spare = _open(request)
    refused = None
    if request.method == "POST":
        refused = refusal_of(
            lambda: services.withdraw_spare_money(
                spare_id=spare.pk, by=request.user, at=timezone.now()
            )
        )
        if refused is None:
            messages.success(request, _("已撤下，工会不会再拿这笔钱来问您。"))
            return redirect("spare_money")
    sheet = Sheet(
        title=_("撤下余钱"),
        what=_("撤下登记的 %(amount)s 元余钱") % {"amount": format_yuan_short(spare.amount)},
        submit=_("撤下"),
        back=reverse("spare_money"),
        cost=_("不花钱，钱一直在您自己手里"),
        undo=_("随时可以重新登记。已经写进合同的，照合同办。"),
        tone="brick",
    )
    return ask(request, sheet, refused=refused)


def _open(request: HttpRequest) -> tuple[SparePage, SpareMoney]:
    page = spare_page(request.member, today())  # type: ignore[attr-defined]
    if page.spare is None:
        raise NotFound()
    return page, page.spare
