"""The transfer from lender to borrower: registered by one, confirmed by the other."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
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
from credit.lending.access import access_borrowed_share, access_lent_share
from credit.lending.forms import ArrivalForm, ArrivedAmountForm, ReasonForm, TransferForm
from credit.lending.models import LoanRequest, Share
from credit.lending.pages.delivery import account_shown, transfer_history
from credit.lending.pages.texts import SHARE_TONES
from credit.lending.services import delivery as services
from credit.lending.views.common import Sheet, ask, posted, refusal_of, show


@require_http_methods(["GET", "POST"])
@member_page
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom to pay, exactly how much; then date, number and picture of the slip."""
    share = _on_its_way(access_lent_share(request.member, pk))  # type: ignore[attr-defined]
    form = TransferForm(posted(request), request.FILES or None, initial={"sent_on": today()})
    refused = None
    if request.method == "POST" and form.is_valid():
        refused = refusal_of(
            lambda: services.declare_transfer(
                share_id=share.pk, **form.cleaned_data, by=request.user, at=timezone.now()
            )
        )
        if refused is None:
            messages.success(request, _("已登记，等借款人确认到账。"))
            return redirect("transfer", share.pk)
    borrower = share.loan.membership.member
    context = {
        "share": share,
        "borrower": borrower,
        "payee": share.loan.payee_name or borrower.name,
        "account": account_shown(share),
        "history": transfer_history(share, today()),
        "tone": SHARE_TONES[share.state],
        "form": form,
    }
    return show(request, "lending/transfer.html", refused, **context)


@require_http_methods(["GET", "POST"])
@member_page
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a registered transfer back while nobody has confirmed it."""
    share = access_lent_share(request.member, pk)  # type: ignore[attr-defined]
    refused = None
    if request.method == "POST":
        refused = refusal_of(
            lambda: services.take_back_transfer(
                share_id=share.pk, by=request.user, at=timezone.now()
            )
        )
        if refused is None:
            messages.success(request, _("已撤回，请重新登记。"))
            return redirect("transfer", share.pk)
    elif share.state != "sent":
        raise NotFound()
    sheet = Sheet(
        title=_("撤回转款登记"),
        what=_("撤回 %(amount)s 元的转款登记") % {"amount": format_yuan_short(share.amount)},
        submit=_("撤回"),
        back=reverse("transfer", args=[share.pk]),
        to=share.loan.membership.member.name,
        cost=_("只撤回登记，已经转出去的钱不会自己回来"),
        undo=_("撤回以后可以重新登记。"),
        tone="brick",
    )
    return ask(request, sheet, refused=refused)


@require_http_methods(["GET", "POST"])
@member_page
def arrival(request: HttpRequest, pk: int) -> HttpResponse:
    """The borrower confirms that the money has come, and on which day."""
    share = _on_its_way(access_borrowed_share(request.member, pk))  # type: ignore[attr-defined]
    form = ArrivalForm(
        posted(request),
        initial={"arrived_on": share.sent_on or today()},
        to_supplier=share.loan.payee == LoanRequest.Payee.SUPPLIER,
    )
    refused = None
    if request.method == "POST" and share.state == "formed":  # a second tap
        return redirect("loan", share.loan_id)
    if request.method == "POST" and form.is_valid():
        refused = refusal_of(
            lambda: services.confirm_arrival(
                share_id=share.pk, **form.cleaned_data, by=request.user, at=timezone.now()
            )
        )
        if refused is None:
            messages.success(request, _("已确认。从到账那天起算利息，还款计划已经排好。"))
            return redirect("loan", share.loan_id)
    context = {
        "share": share,
        "lender": share.membership.member,
        "history": transfer_history(share, today()),
        "tone": SHARE_TONES[share.state],
        "form": form,
    }
    return show(request, "lending/arrival.html", refused, **context)


@require_http_methods(["GET", "POST"])
@member_page
def not_arrived(request: HttpRequest, pk: int) -> HttpResponse:
    """The borrower says that the money has not come."""
    share = access_borrowed_share(request.member, pk)  # type: ignore[attr-defined]
    form = ReasonForm(
        posted(request), label=_("您查到了什么？"), hint=_("例如：银行卡里没有这笔钱。")
    )
    sheet = Sheet(
        title=_("还没有收到"),
        what=_("告诉工会，%(name)s的 %(amount)s 元没有到账")
        % {
            "name": share.membership.member.name,
            "amount": format_yuan_short(share.amount),
        },
        submit=_("没有收到"),
        back=reverse("arrival", args=[share.pk]),
        to=_("%(name)s和工会经办人") % {"name": share.membership.member.name},
        undo=_("后来收到了，随时可以回来确认。"),
        tone="brick",
    )
    return _answer(
        request,
        share,
        sheet,
        form,
        lambda: services.dispute_transfer(
            share_id=share.pk,
            note=form.cleaned_data["reason"],
            by=request.user,
            at=timezone.now(),
        ),
        done=_("记下了，工会会来核实。"),
    )


@require_http_methods(["GET", "POST"])
@member_page
def amount_differs(request: HttpRequest, pk: int) -> HttpResponse:
    """The borrower says that another sum has come."""
    share = access_borrowed_share(request.member, pk)  # type: ignore[attr-defined]
    form = ArrivedAmountForm(posted(request))
    sheet = Sheet(
        title=_("到账金额不对"),
        what=_("告诉%(name)s，约定的 %(amount)s 元到账金额不对")
        % {
            "name": share.membership.member.name,
            "amount": format_yuan_short(share.amount),
        },
        submit=_("告诉对方"),
        back=reverse("arrival", args=[share.pk]),
        to=_("%(name)s和工会经办人") % {"name": share.membership.member.name},
        undo=_("少了的请对方补转，多了的请您直接转还。补齐或退好以后，回来确认到账，借款才成立。"),
        tone="brick",
    )
    return _answer(
        request,
        share,
        sheet,
        form,
        lambda: services.report_amount(
            share_id=share.pk,
            arrived=form.cleaned_data["arrived"],
            by=request.user,
            at=timezone.now(),
        ),
        done=_("记下了，已经告诉出借人，工会也会看到。"),
    )


def _answer(
    request: HttpRequest,
    share: Share,
    sheet: Sheet,
    form: Form,
    deed: Callable[[], object],
    *,
    done: str,
) -> HttpResponse:
    """Ask what is wrong with a transfer that waits for the borrower's word, and take it down."""
    refused = None
    if request.method == "POST" and form.is_valid():
        refused = refusal_of(deed)
        if refused is None:
            messages.success(request, done)
            return redirect("arrival", share.pk)
    elif request.method == "GET" and share.state != "sent":
        raise NotFound()
    return ask(request, sheet, form, refused)


def _on_its_way(share: Share) -> Share:
    """Only from the signed contract on there is something to transfer."""
    if share.loan.state in ("drawn", "cancelled"):
        raise NotFound()
    return share
