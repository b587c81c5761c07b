"""A later end of a loan: asked by the borrower, answered by every lender."""

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
from core.formats import format_day
from core.sentences import listed
from credit.lending.access import access_own_loan, access_party_extension
from credit.lending.forms import ExtensionForm
from credit.lending.limit_words import months_text
from credit.lending.pages.extensions import extension_page
from credit.lending.pages.texts import rate_text
from credit.lending.selectors.extending import room_to_extend
from credit.lending.services import extending as services
from credit.lending.services.extending_checks import check_term_extends
from credit.lending.views.common import Sheet, ask, posted, refusal_of, show


@require_http_methods(["GET", "POST"])
@member_page
def ask_for_extension(request: HttpRequest, pk: int) -> HttpResponse:
    """The borrower names a later day and says why."""
    loan = access_own_loan(request.member, pk)  # type: ignore[attr-defined]
    form = ExtensionForm(posted(request))
    refused = None
    if request.method == "POST" and form.is_valid():
        done = []
        refused = refusal_of(
            lambda: done.append(
                services.ask_extension(
                    loan_id=loan.pk, **form.cleaned_data, by=request.user, at=timezone.now()
                )
            )
        )
        if refused is None:
            messages.success(request, _("已告诉每位出借人，等他们答复。"))
            return redirect("extension", done[0].pk)
    elif request.method == "GET" and loan.state != "active":
        raise NotFound()
    rate, room = rate_text(loan.annual_rate), room_to_extend(loan, today())
    if refused is None:
        refused = refusal_of(lambda: check_term_extends(room))
    context = {
        "loan": loan,
        "rate": rate,
        "room": room,
        "most": months_text(room.most_months),
        "term": months_text(room.term_months),
        "form": form,
    }
    return show(request, "lending/ask_extension.html", refused, **context)


@require_http_methods(["GET", "POST"])
@member_page
def extension(request: HttpRequest, pk: int) -> HttpResponse:
    """What is asked and who said what; a lender answers here."""
    row = access_party_extension(request.member, pk)  # type: ignore[attr-defined]
    refused = None
    answer = request.POST.get("answer")
    if request.method == "POST" and answer in ("yes", "no"):
        refused = refusal_of(
            lambda: services.answer_extension(
                extension_id=row.pk, agreed=answer == "yes", by=request.user, at=timezone.now()
            )
        )
        if refused is None:
            messages.success(request, _("您的答复记下了。"))
            return redirect("extension", row.pk)
    page = extension_page(row, request.member)  # type: ignore[attr-defined]
    return show(request, "lending/extension.html", refused, page=page)


@require_http_methods(["GET", "POST"])
@member_page
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The borrower takes the question back."""
    row = access_party_extension(request.member, pk)  # type: ignore[attr-defined]
    page = extension_page(row, request.member)  # type: ignore[attr-defined]
    if not page.is_borrower:
        raise NotFound()
    refused = None
    if request.method == "POST":
        refused = refusal_of(
            lambda: services.withdraw_extension(
                extension_id=row.pk, by=request.user, at=timezone.now()
            )
        )
        if refused is None:
            messages.success(request, _("展期已撤回，照原来的日子还。"))
            return redirect("extension", row.pk)
    elif not page.may_withdraw:
        raise NotFound()
    sheet = Sheet(
        title=_("撤回展期"),
        what=_("撤回延到%(day)s的展期") % {"day": format_day(row.ends_on, today())},
        submit=_("撤回"),
        back=reverse("extension", args=[row.pk]),
        to=listed(voice.name for voice in page.voices),
        cost=_("不花钱"),
        undo=_("撤回以后可以重新提出。"),
        tone="brick",
    )
    return ask(request, sheet, refused=refused)
