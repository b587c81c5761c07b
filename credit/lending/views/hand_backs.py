"""What came of a transfer goes back to its lender: said by the borrower, confirmed by the lender."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cooperative.membership.access import member_page
from core.dates import today
from core.errors import NotFound
from core.formats import format_yuan_short
from credit.lending.access import access_hand_back
from credit.lending.forms import ReasonForm, TransferForm
from credit.lending.pages.hand_backs import hand_back_page
from credit.lending.services import handing_back as services
from credit.lending.views.common import Sheet, ask, posted, refusal_of, show


@require_http_methods(["GET", "POST"])
@member_page
def hand_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The sum and where it stands; the borrower says here that it went back."""
    row = access_hand_back(request.member, pk)  # type: ignore[attr-defined]
    page = hand_back_page(row, request.member)  # type: ignore[attr-defined]
    if request.method == "POST" and not page.is_borrower:
        raise NotFound()
    form = TransferForm(posted(request), request.FILES or None, initial={"sent_on": today()})
    refused = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        refused = refusal_of(
            lambda: services.declare_hand_back(
                hand_back_id=row.pk,
                on=given["sent_on"],
                slip_number=given["slip_number"],
                slip=given["slip"],
                by=request.user,
                at=timezone.now(),
            )
        )
        if refused is None:
            messages.success(request, _("已登记，等对方确认。"))
            return redirect("hand_back", row.pk)
    return show(request, "lending/hand_back.html", refused, page=page, form=form)


@require_POST
@member_page
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The lender has the money again."""
    row = access_hand_back(request.member, pk)  # type: ignore[attr-defined]
    refused = refusal_of(
        lambda: services.confirm_hand_back(hand_back_id=row.pk, by=request.user, at=timezone.now())
    )
    if refused is None:
        messages.success(request, _("已确认，这件事办完了。"))
        return redirect("hand_back", row.pk)
    page = hand_back_page(row, request.member)  # type: ignore[attr-defined]
    form = TransferForm(None, initial={"sent_on": today()})
    return show(request, "lending/hand_back.html", refused, page=page, form=form)


@require_http_methods(["GET", "POST"])
@member_page
def deny(request: HttpRequest, pk: int) -> HttpResponse:
    """The lender has not got it."""
    row = access_hand_back(request.member, pk)  # type: ignore[attr-defined]
    page = hand_back_page(row, request.member)  # type: ignore[attr-defined]
    if page.is_borrower:
        raise NotFound()
    form = ReasonForm(
        posted(request), label=_("您查到了什么？"), hint=_("例如：银行卡里没有这笔钱。")
    )
    refused = None
    if request.method == "POST" and form.is_valid():
        refused = refusal_of(
            lambda: services.deny_hand_back(
                hand_back_id=row.pk,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=timezone.now(),
            )
        )
        if refused is None:
            messages.success(request, _("已告诉对方，工会也看得到。"))
            return redirect("hand_back", row.pk)
    elif request.method == "GET" and row.state != "declared":
        raise NotFound()
    sheet = Sheet(
        title=_("还没有收到"),
        what=_("告诉%(name)s，退的 %(amount)s 元没有到")
        % {"name": page.borrower.name, "amount": format_yuan_short(row.amount)},
        submit=_("没有收到"),
        back=reverse("hand_back", args=[row.pk]),
        to=page.borrower.name,
        undo=_("后来收到了，随时可以回来确认。"),
        tone="brick",
    )
    return ask(request, sheet, form, refused)
