"""Asking for money, one question a screen, kept between visits, checked and sent at the end."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cooperative.membership.access import member_page
from cooperative.membership.models import Membership
from cooperative.membership.selectors.members import live_membership
from core.dates import today
from core.errors import Refused
from credit.lending.forms import ASK_FORMS, AccountForm, DeclareForm, HarvestFormSet
from credit.lending.models import LoanRequest
from credit.lending.pages import asking as pages
from credit.lending.pages.quotes import cost_rows, cost_sentence
from credit.lending.pages.spare import stop_of
from credit.lending.pages.texts import HUNDRED, METHOD_HINTS, PAYEE_HINTS, PURPOSE_HINTS
from credit.lending.selectors.overview import open_request_of
from credit.lending.services import requests as services
from credit.lending.services.drafts import answers_from, draft_of, save_draft
from credit.lending.views.common import posted, refusal_of, show

QUICK = (5000, 10000, 20000)


@require_GET
@member_page
def ask_for_money(request: HttpRequest) -> HttpResponse:
    """What borrowing means, and where a draft stands; a request under way instead of a second."""
    membership = live_membership(request.member)  # type: ignore[attr-defined]
    open_one = open_request_of(membership) if membership else None
    if open_one is not None:
        return redirect("my_request", open_one.pk)
    draft = draft_of(membership) if membership else {}
    context = {
        "membership": membership,
        "stop": stop_of(membership, today()),
        "begun": bool(draft),
        "next_step": pages.first_open_step(draft),
    }
    return show(request, "lending/ask/start.html", **context)


@require_http_methods(["GET", "POST"])
@member_page
def ask_step(request: HttpRequest, step: str) -> HttpResponse:
    """Ask one question; an answer that is in order is kept and leads to the next."""
    if step != "dates" and step not in ASK_FORMS:
        raise Http404
    membership = _may_ask(request)
    if membership is None:
        return redirect("ask_for_money")
    draft = draft_of(membership)
    steps, open_step = pages.steps_of(draft), pages.first_open_step(draft)
    too_far = open_step != "check" and step in steps and steps.index(open_step) < steps.index(step)
    if step not in steps or too_far:
        return redirect(pages.address_of_step(open_step))
    if step == "rate" and request.htmx:  # type: ignore[attr-defined]
        return render(request, "lending/ask/_quote.html", _quoted(draft, request.GET))
    form: Any = _form(step, draft, request, membership)
    refused = None
    if request.method == "POST" and "quote" not in request.POST and form.is_valid():
        answers = _answers(step, form, draft)
        refused = refusal_of(
            lambda: save_draft(membership=membership, answers=answers, by=request.user)
        )
        if refused is None:
            return redirect(_after(step, {**draft, **answers}, request))
    return _step_page(request, step, draft, membership, form, refused)


@require_http_methods(["GET", "POST"])
@member_page
def ask_check(request: HttpRequest) -> HttpResponse:
    """Show everything once more; sending it makes the request, or mends a returned one."""
    membership = _may_ask(request)
    if membership is None:
        return redirect("ask_for_money")
    draft = draft_of(membership)
    open_step = pages.first_open_step(draft)
    if open_step != "check":
        return redirect(pages.address_of_step(open_step))
    returned = open_request_of(membership)
    form = DeclareForm(posted(request))
    refused = None
    if request.method == "POST" and form.is_valid():
        sent: list[LoanRequest] = []
        refused = refusal_of(lambda: sent.append(_send(request, membership, draft, returned)))
        if refused is None:
            messages.success(request, _("申请已经送到工会，结果会发消息告诉您。"))
            return redirect("my_request", sent[0].pk)
    rate = Decimal(draft["highest_rate"])
    quote = pages.quote_of_draft(draft)
    context = {
        "form": form,
        "lines": pages.check_lines(draft, today()),
        "amount": Decimal(draft["amount"]),
        "quote_rows": cost_rows(quote, rate, today()),
        "cost": cost_sentence(quote) if quote else "",
        "union": membership.union,
        "returned": returned,
        "back": pages.address_of_step(pages.steps_of(draft)[-1]),
    }
    return show(request, "lending/ask/check.html", refused, **context)


def _may_ask(request: HttpRequest) -> Membership | None:
    """The membership in which one may ask now; None sends to the first screen, which says why."""
    membership = live_membership(request.member)  # type: ignore[attr-defined]
    if membership is None or stop_of(membership, today()) is not None:
        return None
    open_one = open_request_of(membership)
    return membership if open_one is None or open_one.state == "returned" else None


def _send(
    request: HttpRequest,
    membership: Membership,
    draft: dict[str, Any],
    returned: LoanRequest | None,
) -> LoanRequest:
    answers = answers_from(draft, own_use=True)
    at = timezone.now()
    if returned is not None:
        return services.resubmit_request(
            request_id=returned.pk, answers=answers, by=request.user, at=at
        )
    return services.submit_request(membership=membership, answers=answers, by=request.user, at=at)


def _form(step: str, draft: dict[str, Any], request: HttpRequest, membership: Membership) -> Any:
    if step == "dates":
        kept = [
            {"on": date.fromisoformat(due["on"]), "principal": due["principal"]}
            for due in draft.get("custom_due") or []
        ]
        return HarvestFormSet(posted(request), initial=kept)
    if step == "account":
        member = request.member  # type: ignore[attr-defined]
        return AccountForm(
            posted(request),
            initial=pages.account_before(draft, member, membership),
            payee=pages.payee_of(draft, member),
        )
    return ASK_FORMS[step](posted(request), initial=pages.initial_of(step, draft))


def _answers(step: str, form: Any, draft: dict[str, Any]) -> dict[str, Any]:
    if step == "dates":
        return {"custom_due": form.dues()}
    if step == "payee":
        return pages.without_other_account(draft, form.cleaned_data)
    return pages.answers_of(step, form.cleaned_data)


def _after(step: str, draft: dict[str, Any], request: HttpRequest) -> str:
    steps = pages.steps_of(draft)
    following = "check" if step == steps[-1] else steps[steps.index(step) + 1]
    if "again" in request.GET or pages.first_open_step(draft) == "check":
        following = pages.first_open_step(draft)
    return pages.address_of_step(following)


def _quoted(draft: dict[str, Any], given: Any) -> dict[str, Any]:
    """The rows of the live quote for the rate that was typed."""
    form = ASK_FORMS["rate"](given)
    rate = form.cleaned_data["rate_percent"] / HUNDRED if form.is_valid() else None
    if rate is None:
        return {"quote_rows": [], "quote_note": ""}
    quote = pages.quote_of_draft(draft, rate)
    note = cost_sentence(quote) if quote else ""
    return {"quote_rows": cost_rows(quote, rate, today()), "quote_note": note}


def _step_page(
    request: HttpRequest,
    step: str,
    draft: dict[str, Any],
    membership: Membership,
    form: Any,
    refused: Refused | None,
) -> HttpResponse:
    steps = pages.steps_of(draft)
    context: dict[str, Any] = {
        "form": form,
        "number": steps.index(step) + 1,
        "count": len(steps) + 1,
        "steps": pages.shown_steps(step, draft),
        "back": pages.before(step, draft),
    }
    context |= _more(request, step, draft, membership)
    return show(request, f"lending/ask/{step}.html", refused, **context)


def _more(
    request: HttpRequest, step: str, draft: dict[str, Any], membership: Membership
) -> dict[str, Any]:
    """What some of the screens show besides the question."""
    if step == "purpose":
        return {"hints": PURPOSE_HINTS}
    if step == "method":
        return {"hints": METHOD_HINTS}
    if step == "payee":
        return {"hints": PAYEE_HINTS}
    if step == "account":
        return {"supplier": draft.get("payee_name", "")}
    if step == "amount":
        room = pages.room_of(request.member, membership, today())  # type: ignore[attr-defined]
        return {"limits": room.lines, "quick": [sum_ for sum_ in QUICK if sum_ <= room.most]}
    if step == "term":
        return {"lead": pages.longest_text(membership, today())}
    if step == "dates":
        return {"total": Decimal(draft["amount"])}
    if step == "rate":
        typed = request.POST or {
            "rate_percent": pages.initial_of("rate", draft).get("rate_percent")
        }
        return {"ceiling": pages.ceiling_text(membership, today()), **_quoted(draft, typed)}
    return {}
