"""The running loan as each side sees it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from cooperative.membership.access import member_page
from core.dates import today
from core.errors import Refused
from credit.lending.access import access_lent_share, access_own_loan, access_party_loan
from credit.lending.forms import PayoffForm
from credit.lending.pages.loans import borrower_page, lender_page
from credit.lending.selectors.overview import share_of
from credit.lending.selectors.paying_off import payoff_of_loan
from credit.lending.views.common import show


@require_GET
@member_page
def loan(request: HttpRequest, pk: int) -> HttpResponse:
    """The borrower's page; a lender is led to their own share."""
    row = access_party_loan(request.member, pk)  # type: ignore[attr-defined]
    own = share_of(row, request.member)  # type: ignore[attr-defined]
    if own is not None:
        return redirect("lent_share", own.pk)
    return show(
        request, "lending/loan.html", page=borrower_page(row, today(), whole=_whole(request))
    )


@require_GET
@member_page
def lent_share(request: HttpRequest, pk: int) -> HttpResponse:
    """The lender's page: their own share only."""
    row = access_lent_share(request.member, pk)  # type: ignore[attr-defined]
    return show(
        request, "lending/share.html", page=lender_page(row, today(), whole=_whole(request))
    )


def _whole(request: HttpRequest) -> bool:
    """Whether the reader asked for everything, not only for what happened last."""
    return "all" in request.GET


@require_GET
@member_page
def payoff(request: HttpRequest, pk: int) -> HttpResponse:
    """What settles everything on a chosen day, lender by lender."""
    row = access_own_loan(request.member, pk)  # type: ignore[attr-defined]
    form = PayoffForm(request.GET if "on" in request.GET else None, today=today())
    form.initial = {"on": today()}
    day = form.cleaned_data["on"] if form.is_valid() else None if form.is_bound else today()
    quote = refused = None
    if day is not None:
        try:
            quote = payoff_of_loan(row, day)
        except Refused as refusal:
            refused = refusal
    return show(request, "lending/payoff.html", refused, loan=row, form=form, quote=quote)
