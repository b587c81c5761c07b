"""Repayments: declared by one side, confirmed by the other."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cooperative.membership.access import member_page
from core.dates import today
from core.errors import NotFound, Refused
from core.formats import format_yuan, format_yuan_short
from credit.lending.access import access_lent_share, access_own_loan, access_party_repayment
from credit.lending.evidence import accept_slip
from credit.lending.forms import ReasonForm, RepaymentForm, ReturnForm, SplitForm
from credit.lending.models import Loan, Repayment, Share
from credit.lending.pages.repaying import (
    PAYABLE,
    RepayPage,
    ToPay,
    cover_rows,
    received_page,
    repay_page,
)
from credit.lending.pages.repayments import repayment_page
from credit.lending.selectors.paying_off import split_of
from credit.lending.services import repaying as services
from credit.lending.services.papers import receipt_pdf
from credit.lending.views.common import Sheet, ask, download, posted, refusal_of, show

Rows = list[tuple[Any, str]]


@require_http_methods(["GET", "POST"])
@member_page
def repay(request: HttpRequest, pk: int) -> HttpResponse:
    """To whom how much; one lender's form, or one sum for all."""
    loan = access_own_loan(request.member, pk)  # type: ignore[attr-defined]
    chosen = request.GET.get("share", "")
    share_id = int(chosen) if chosen.isdecimal() and len(chosen) < 19 else None
    page = repay_page(loan, share_id, today())
    if page.chosen is not None:
        here = f"{reverse('repay', args=[loan.pk])}?share={page.chosen.share.pk}"
        return _declare(request, "lending/repay.html", page.chosen, here, page=page)
    return _split(request, loan, page)


@require_http_methods(["GET", "POST"])
@member_page
def received(request: HttpRequest, pk: int) -> HttpResponse:
    """A lender says that money came before the borrower does."""
    share = access_lent_share(request.member, pk)  # type: ignore[attr-defined]
    if share.state not in PAYABLE:
        raise NotFound()
    here = reverse("repayment_received", args=[share.pk])
    return _declare(
        request, "lending/received.html", received_page(share, today()), here, share=share
    )


@require_http_methods(["GET", "POST"])
@member_page
def return_overpaid(request: HttpRequest, pk: int) -> HttpResponse:
    """A lender gives back what was paid too much."""
    share = access_lent_share(request.member, pk)  # type: ignore[attr-defined]
    form = ReturnForm(posted(request), initial={"on": today()})
    refused = None
    if request.method == "POST" and form.is_valid():
        refused = refusal_of(
            lambda: services.return_unallocated(
                share_id=share.pk, **form.cleaned_data, by=request.user, at=timezone.now()
            )
        )
        if refused is None:
            messages.success(request, _("已登记退回。"))
            return redirect("lent_share", share.pk)
    elif request.method == "GET" and not share.unallocated:
        raise NotFound()
    return show(request, "lending/return.html", refused, share=share, form=form)


@require_GET
@member_page
def repayment(request: HttpRequest, pk: int) -> HttpResponse:
    """One repayment: where it stands, what it paid, who must act."""
    row = access_party_repayment(request.member, pk)  # type: ignore[attr-defined]
    page = repayment_page(row, request.member)  # type: ignore[attr-defined]
    return show(request, "lending/repayment.html", page=page)


@require_POST
@member_page
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The other side agrees."""
    row = access_party_repayment(request.member, pk)  # type: ignore[attr-defined]
    refused = None
    if row.state != Repayment.State.CONFIRMED:  # else a second tap
        refused = refusal_of(
            lambda: services.confirm_repayment(
                repayment_id=row.pk, by=request.user, at=timezone.now()
            )
        )
        if refused is None:
            messages.success(request, _("已确认，收据开好了。"))
    if refused is None:
        return redirect("repayment", row.pk)
    page = repayment_page(row, request.member)  # type: ignore[attr-defined]
    return show(request, "lending/repayment.html", refused, page=page)


@require_http_methods(["GET", "POST"])
@member_page
def dispute(request: HttpRequest, pk: int) -> HttpResponse:
    """The other side disagrees, and says why."""
    row = access_party_repayment(request.member, pk)  # type: ignore[attr-defined]
    page = repayment_page(row, request.member)  # type: ignore[attr-defined]
    form = ReasonForm(
        posted(request), label=_("哪里不对？"), hint=_("例如：没有到账，或者只到了一部分。")
    )
    refused = None
    if request.method == "POST" and form.is_valid():
        refused = refusal_of(
            lambda: services.dispute_repayment(
                repayment_id=row.pk, **form.cleaned_data, by=request.user, at=timezone.now()
            )
        )
        if refused is None:
            messages.success(request, _("记下了，工会会来核实。"))
            return redirect("repayment", row.pk)
    elif request.method == "GET" and not page.may_dispute:
        raise NotFound()
    sheet = Sheet(
        title=_("这笔还款不对"),
        what=_("告诉工会，%(amount)s 元的还款有出入") % {"amount": format_yuan_short(row.amount)},
        submit=_("提出来"),
        back=reverse("repayment", args=[row.pk]),
        to=_("%(name)s和工会经办人") % {"name": page.other},
        undo=_("后来查清了，随时可以回来确认。"),
        tone="brick",
    )
    return ask(request, sheet, form, refused)


@require_http_methods(["GET", "POST"])
@member_page
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Who declared it takes it back before it counts."""
    row = access_party_repayment(request.member, pk)  # type: ignore[attr-defined]
    page = repayment_page(row, request.member)  # type: ignore[attr-defined]
    refused = None
    if request.method == "POST":
        refused = refusal_of(
            lambda: services.withdraw_repayment(
                repayment_id=row.pk, by=request.user, at=timezone.now()
            )
        )
        if refused is None:
            messages.success(request, _("已撤回。"))
            return redirect("repayment", row.pk)
    elif not page.may_withdraw:
        raise NotFound()
    sheet = Sheet(
        title=_("撤回登记"),
        what=_("撤回 %(amount)s 元的登记") % {"amount": format_yuan_short(row.amount)},
        submit=_("撤回"),
        back=reverse("repayment", args=[row.pk]),
        to=page.other,
        cost=_("只撤回登记，已经转出去的钱不会自己回来"),
        undo=_("撤回以后可以重新登记。"),
        tone="brick",
    )
    return ask(request, sheet, refused=refused)


@require_POST
@member_page
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The receipt as PDF; the first time it is put on record."""
    row = access_party_repayment(request.member, pk)  # type: ignore[attr-defined]
    content = receipt_pdf(repayment=row, by=request.user, at=timezone.now())
    return download(content, _("还款收据 %(number)s") % {"number": row.receipt_number})


def _declare(
    request: HttpRequest, template: str, to_pay: ToPay, here: str, **context: Any
) -> HttpResponse:
    """The form for one share, its live quote, and the declaration."""
    share = to_pay.share

    def rows(amount: Decimal, paid_on: date) -> Rows:
        return cover_rows(share, amount, paid_on)

    if request.htmx:  # type: ignore[attr-defined]
        return _quote(request, "lending/_cover.html", here, rows)
    form = RepaymentForm(posted(request), request.FILES or None, initial=_fresh(to_pay.amount))
    refused = None
    if request.method == "POST" and "quote" not in request.POST and form.is_valid():
        done: list[Repayment] = []
        refused = refusal_of(lambda: done.append(_register(request, share, form)))
        if refused is None:
            messages.success(request, _("已登记，等对方确认。"))
            return redirect("repayment", done[0].pk)
    context |= {
        "form": form,
        "here": here,
        "quick": list(dict.fromkeys(a for a in (to_pay.amount, to_pay.payoff) if a)),
        "quote_rows": _rows_of(form, to_pay.amount, rows),
    }
    return show(request, template, refused, **context)


def _split(request: HttpRequest, loan: Loan, page: RepayPage) -> HttpResponse:
    here = reverse("repay", args=[loan.pk])
    shares = [one.share for one in page.lenders]

    def rows(amount: Decimal, paid_on: date) -> Rows:
        try:
            parts = split_of(shares, amount, paid_on)
        except Refused:
            return []
        total: Rows = [(_("一共"), f"¥{format_yuan(amount)}")]
        return [
            (_("转给%(name)s") % {"name": share.membership.member.name}, f"¥{format_yuan(part)}")
            for share, part in parts
            if part
        ] + total

    if request.htmx:  # type: ignore[attr-defined]
        return _quote(request, "lending/_split.html", here, rows)
    lenders = {one.pk: one.membership.member.name for one in shares if one.state == "formed"}
    form = SplitForm(
        posted(request), request.FILES or None, initial=_fresh(page.total), lenders=lenders
    )
    refused = None
    if request.method == "POST" and "quote" not in request.POST and form.is_valid():
        refused = refusal_of(lambda: _register_all(request, loan, form))
        if refused is None:
            messages.success(request, _("都登记好了，等每位出借人确认。"))
            return redirect("loan", loan.pk)
    context = {"page": page, "form": form, "here": here, "quick": []}
    context["quote_rows"] = _rows_of(form, page.total, rows) if shares else []
    return show(request, "lending/repay.html", refused, **context)


def _fresh(amount: Decimal) -> dict[str, Any]:
    return {
        "key": uuid.uuid4(),
        "amount": f"{amount:f}".removesuffix(".00") if amount else None,
        "paid_on": today(),
    }


def _register(request: HttpRequest, share: Share, form: forms.Form) -> Repayment:
    """The slip and the declaration together or not at all."""
    given = dict(form.cleaned_data)
    upload, at = given.pop("slip"), timezone.now()
    with transaction.atomic():
        slip = (
            accept_slip(loan=share.loan, upload=upload, by=request.user, at=at) if upload else None
        )
        return services.declare_repayment(
            share_id=share.pk, slip=slip, **given, by=request.user, at=at
        )


def _register_all(request: HttpRequest, loan: Loan, form: SplitForm) -> list[Repayment]:
    """All slips and all declarations together or not at all."""
    given, by, at = form.cleaned_data, request.user, timezone.now()
    with transaction.atomic():
        slips = {
            pk: (number, accept_slip(loan=loan, upload=upload, by=by, at=at) if upload else None)
            for pk, (number, upload) in form.slips.items()
        }
        values = {name: given[name] for name in ("key", "amount", "paid_on")}
        return services.declare_repayments(loan_id=loan.pk, slips=slips, by=by, at=at, **values)


def _rows_of(form: forms.Form, amount: Decimal, rows: Callable[[Decimal, date], Rows]) -> Rows:
    """The quote of what was typed, or of what is proposed."""
    if not form.is_bound:
        return rows(amount, today()) if amount else []
    given = form.cleaned_data if form.is_valid() else getattr(form, "cleaned_data", {})
    if given.get("amount") is None or given.get("paid_on") is None:
        return []
    return rows(given["amount"], given["paid_on"])


def _quote(
    request: HttpRequest, template: str, here: str, rows: Callable[[Decimal, date], Rows]
) -> HttpResponse:
    form = SplitForm({**request.GET.dict(), "key": str(uuid.uuid4())})
    context = {"here": here, "quote_rows": _rows_of(form, Decimal(0), rows)}
    return render(request, template, context)
