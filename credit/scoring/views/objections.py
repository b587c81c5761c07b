"""My objections: raise one, see where it stands, take it back, add a statement after a rejection."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cooperative.consent.views.overview import private
from cooperative.membership.access import member_page
from core.dates import today
from core.errors import NotFound, Refused
from credit.scoring.access import access_own_objection
from credit.scoring.evidence import accept_evidence
from credit.scoring.forms import ObjectionForm, StatementForm
from credit.scoring.models import Objection
from credit.scoring.pages.objecting import (
    objection_page,
    objection_view,
    subject_of,
    subjects_of,
    whole,
)
from credit.scoring.selectors.objections import objections_of
from credit.scoring.selectors.scores import ReadScore, current_score, read_score
from credit.scoring.services import objections as services


@require_GET
@private
@member_page
def my_objections(request: HttpRequest) -> HttpResponse:
    """All of mine, the newest first."""
    member = request.member  # type: ignore[attr-defined]
    views = [objection_view(row, today()) for row in objections_of(member)]
    return _show(request, "objections", views=views, scored=current_score(member) is not None)


@require_GET
@private
@member_page
def choose(request: HttpRequest) -> HttpResponse:
    """What is not right: what kept the score down first, then the rest, or the whole."""
    first, others = subjects_of(_scored(request))
    return _show(request, "objection_choose", first=first, others=others, whole=whole())


@require_http_methods(["GET", "POST"])
@private
@member_page
def raise_objection(request: HttpRequest) -> HttpResponse:
    """Say what is wrong with it."""
    about = request.POST.get("about", request.GET.get("about", ""))
    subject = subject_of(_scored(request), about)
    if subject is None:
        raise NotFound()
    form, refused = ObjectionForm(*_posted(request)), None
    if request.method == "POST" and form.is_valid():
        try:
            row = _raise(request, about, form.cleaned_data)
        except NotFound:
            raise
        except Refused as found:
            refused = found
        else:
            messages.success(request, _("已经交给工会，答复了会发消息告诉您。"))
            return redirect("objection", row.pk)
    return _show(request, "objection_raise", refused, form=form, subject=subject)


def _raise(request: HttpRequest, about: str, given: dict[str, Any]) -> Objection:
    """The proof and the objection together or not at all."""
    member, now = request.member, timezone.now()  # type: ignore[attr-defined]
    with transaction.atomic():
        evidence = None
        if upload := given["evidence"]:
            evidence = accept_evidence(member=member, upload=upload, by=request.user, at=now)
        return services.raise_objection(
            member=member,
            about=about,
            words=given["words"],
            evidence=evidence,
            by=request.user,
            at=now,
        )


@require_GET
@private
@member_page
def objection(request: HttpRequest, pk: int) -> HttpResponse:
    """Where it stands, until when the answer is due, what it says, what changed."""
    row = access_own_objection(request.member, pk)  # type: ignore[attr-defined]
    return _show(request, "objection", page=objection_page(row, today()), row=row)


@require_http_methods(["GET", "POST"])
@private
@member_page
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it back, after a question."""
    member = request.member  # type: ignore[attr-defined]
    page, refused = objection_page(access_own_objection(member, pk), today()), None
    if request.method == "POST":
        try:
            services.withdraw_objection(
                objection_id=pk, member=member, by=request.user, at=timezone.now()
            )
        except NotFound:
            raise
        except Refused as found:
            refused = found
        else:
            messages.success(request, _("已经撤回。以后还可以再提。"))
            return redirect("objection", pk)
    elif not page.may_withdraw:
        raise NotFound()
    return _show(request, "objection_withdraw", refused, page=page, row=page.view.row)


@require_http_methods(["GET", "POST"])
@private
@member_page
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """My own words beside a score that was not changed."""
    member = request.member  # type: ignore[attr-defined]
    row = access_own_objection(member, pk)
    page = objection_page(row, today())
    if not page.may_state:
        raise NotFound()
    form, refused = StatementForm(_posted(request)[0], initial={"statement": row.statement}), None
    if request.method == "POST" and form.is_valid():
        try:
            services.add_statement(
                objection_id=pk,
                member=member,
                **form.cleaned_data,
                by=request.user,
                at=timezone.now(),
            )
        except NotFound:
            raise
        except Refused as found:
            refused = found
        else:
            messages.success(request, _("记下了。工会的人看您的分数时，会一起看到。"))
            return redirect("objection", pk)
    return _show(request, "objection_statement", refused, form=form, page=page, row=row)


def _scored(request: HttpRequest) -> ReadScore:
    """The current score of the one who asks; without one there is nothing to object to."""
    row = current_score(request.member)  # type: ignore[attr-defined]
    if row is None:
        raise NotFound()
    return read_score(row)


def _posted(request: HttpRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _show(
    request: HttpRequest, name: str, refused: Refused | None = None, **context: Any
) -> HttpResponse:
    form = context.get("form")
    status = 422 if form is not None and form.is_bound and not form.is_valid() else 200
    shown = {"tab": "credit", "refused": refused, **context}
    return render(
        request, f"scoring/{name}.html", shown, status=refused.status if refused else status
    )
