"""Joining in the browser: one question a screen, kept between visits, checked and sent at the end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cooperative.membership.access import member_of
from cooperative.membership.forms import STEP_FORMS, ClaimForm
from cooperative.membership.models import Membership, Union
from cooperative.membership.selectors.joining import cooperatives_of, union_with_code, villages_of
from cooperative.membership.selectors.members import live_membership
from cooperative.membership.services import joining
from cooperative.membership.services.joining import Answers
from core.access import signed_in
from core.dates import today
from core.errors import Refused
from core.forms import show_refusal

STEPS = ["union", "kind", "identity", "village", "work", "check"]
_ANSWERED_BY = {
    "union": "union",
    "kind": "kind",
    "identity": "identity_number",
    "village": "division",
    "work": "ground",
}


def first_open_step(answers: Answers) -> str:
    """The first question without an answer, or the last screen."""
    for step, field in _ANSWERED_BY.items():
        if not getattr(answers, field):
            return step
    return "check"


@require_GET
@signed_in
def join(request: HttpRequest) -> HttpResponse:
    """Where joining stands: a membership, a place on a roster, a draft, or the beginning."""
    member = member_of(request.user)
    if member is not None and live_membership(member) is not None:
        return redirect("my_membership")
    answers = joining.draft_of(request.user)
    context = {
        "answers": answers,
        "begun": answers != Answers(),
        "next_step": first_open_step(answers),
        "unclaimed": member is None and joining.unclaimed_members(request.user).exists(),
        "tab": "me",
    }
    return render(request, "membership/joining/start.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def join_step(request: HttpRequest, step: str) -> HttpResponse:
    """Ask one question; an answer that is in order is kept and leads to the next."""
    if step not in STEP_FORMS:
        raise Http404
    answers = joining.draft_of(request.user)
    if STEPS.index(first_open_step(answers)) < STEPS.index(step):
        return redirect("join_step", step=first_open_step(answers))
    form = STEP_FORMS[step](
        request.POST or None,
        initial=vars(answers),
        union=union_with_code(answers.union),
        kind=answers.kind,
        query=request.GET.get("q", "").strip(),
    )
    if request.method == "POST" and form.is_valid():
        try:
            joining.save_draft(user=request.user, answers=_answered(answers, step, form))
        except Refused as refused:
            show_refusal(form, refused, "identity_number")
        else:
            return redirect(_after(step, request))
    context = {
        "form": form,
        "step": step,
        "number": STEPS.index(step) + 1,
        "count": len(STEPS),
        "back": _before(step),
        "answers": answers,
        "tab": "me",
    }
    status = 422 if form.is_bound else 200
    return render(request, f"membership/joining/{step}.html", context, status=status)


@require_http_methods(["GET", "POST"])
@signed_in
def join_check(request: HttpRequest) -> HttpResponse:
    """Show everything once more; sending it makes the application."""
    answers = joining.draft_of(request.user)
    if first_open_step(answers) != "check":
        return redirect("join_step", step=first_open_step(answers))
    refusal: Refused | None = None
    if request.method == "POST":
        try:
            joining.apply_to_join(user=request.user, answers=answers, at=timezone.now())
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, _("申请已经送到工会，结果会发消息告诉您。"))
            return redirect("my_membership")
    union = get_object_or_404(Union, code=answers.union)
    context = {
        "answers": answers,
        "union": union,
        "village": get_object_or_404(villages_of(union), code=answers.division),
        "cooperative": cooperatives_of(union).filter(credit_code=answers.cooperative).first(),
        "ground": Membership.Ground(answers.ground).label,
        "refusal": refusal,
        "number": len(STEPS),
        "count": len(STEPS),
        "tab": "me",
    }
    status = 422 if refusal else 200
    return render(request, "membership/joining/check.html", context, status=status)


@require_http_methods(["GET", "POST"])
@signed_in
def claim(request: HttpRequest) -> HttpResponse:
    """For someone already on a roster: prove it by the identity number."""
    form = ClaimForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            joining.claim_roster_place(
                user=request.user,
                number=form.cleaned_data["identity_number"],
                at=timezone.now(),
            )
        except Refused as refused:
            show_refusal(form, refused, "identity_number")
        else:
            messages.success(request, _("核对无误，您的会籍已经和这个手机号连上。"))
            return redirect("my_membership")
    status = 422 if form.is_bound else 200
    return render(
        request, "membership/joining/claim.html", {"form": form, "tab": "me"}, status=status
    )


def _answered(answers: Answers, step: str, form: Any) -> Answers:
    given = {name: str(value).strip() for name, value in form.cleaned_data.items()}
    if step == "identity":
        given["identity_number"] = joining.check_identity_answer(
            kind=answers.kind, number=given["identity_number"], today=today()
        )
    if step == "kind" and given["kind"] != answers.kind:
        given |= {"name": "", "identity_number": "", "contact_name": ""}
    if step == "union" and given["union"] != answers.union:
        given |= {"division": "", "cooperative": ""}
    return replace(answers, **given)


def _before(step: str) -> str:
    position = STEPS.index(step)
    return STEPS[position - 1] if position else ""


def _after(step: str, request: HttpRequest) -> Any:
    following = STEPS[STEPS.index(step) + 1]
    if "again" in request.GET or following == "check":
        return "join_check"
    return reverse("join_step", kwargs={"step": following})
