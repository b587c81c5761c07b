"""Members' pages of their farm."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cooperative.farming import pages, selectors, services
from cooperative.farming.access import access_own_fact
from cooperative.farming.evidence import accept_evidence
from cooperative.farming.forms import FORMS, EndForm, EvidenceForm, FactForm
from cooperative.farming.models import Fact, Lasting
from cooperative.farming.words import KIND_WORDS
from cooperative.membership.access import member_page
from core.dates import today
from core.errors import NotFound, Refused
from core.forms import show_refusal


@require_GET
@member_page
def my_farm(request: HttpRequest) -> HttpResponse:
    """Land, this season's crops, machines and incomes, each with where it stands."""
    farm = selectors.farm_of(request.member, today())  # type: ignore[attr-defined]
    return render(request, "farming/my_farm.html", {"page": pages.farm_page(farm), "tab": "me"})


@require_GET
@member_page
def past(request: HttpRequest) -> HttpResponse:
    """What was replaced, withdrawn or ended."""
    facts = selectors.past_facts_of(request.member, today())  # type: ignore[attr-defined]
    return render(
        request, "farming/past.html", {"rows": [pages.row(f) for f in facts], "tab": "me"}
    )


@require_http_methods(["GET", "POST"])
@member_page
def add(request: HttpRequest, kind: str) -> HttpResponse:
    """State something new."""
    form = _form(request, kind)
    if request.method == "POST" and form.is_valid():
        try:
            fact = services.state_fact(
                member=request.member,  # type: ignore[attr-defined]
                statement=form.statement(),
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("已保存，等工会核实。有凭证的话，拍一张核实得快。"))
            return redirect("farm_fact", kind, fact.pk)
    return _form_page(request, form, kind, KIND_WORDS[kind].add, reverse("my_farm"))


@require_GET
@member_page
def fact_page(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """One fact: what it says, where it stands, what proves it, what happened to it."""
    return _fact_page(request, _own(request, kind, pk), EvidenceForm())


@require_http_methods(["GET", "POST"])
@member_page
def change(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Edit what is not confirmed yet; correct what is."""
    fact = _own(request, kind, pk)
    page = pages.fact_page(fact)
    if not page.may_edit and not page.may_correct:
        raise NotFound()
    form = _form(request, kind, fact)
    service = services.correct_fact if page.may_correct else services.edit_fact
    if request.method == "POST" and form.is_valid():
        try:
            now = service(fact=fact, statement=form.statement(), by=request.user, at=timezone.now())
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("已保存，等工会核实。"))
            return redirect("farm_fact", kind, now.pk)
    words = KIND_WORDS[kind]
    title = words.correct if page.may_correct else words.edit
    return _form_page(request, form, kind, title, page.url, corrects=page.may_correct)


@require_http_methods(["GET", "POST"])
@member_page
def withdraw(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Take back what is not confirmed, after a question."""
    fact = _own(request, kind, pk)
    page = pages.fact_page(fact)
    refused: Refused | None = None
    if request.method == "POST":
        try:
            services.withdraw_fact(fact=fact, by=request.user, at=timezone.now())
        except Refused as refusal:
            refused = refusal
        else:
            messages.success(request, _("已撤回。"))
            return redirect("my_farm")
    elif not page.may_edit:
        raise NotFound()
    context = {"page": page, "refused": refused, "tab": "me"}
    return render(request, "farming/withdraw.html", context, status=422 if refused else 200)


@require_http_methods(["GET", "POST"])
@member_page
def end(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Say that a confirmed plot, plan or thing is no more."""
    fact = _own(request, kind, pk)
    page = pages.fact_page(fact)
    if not page.may_end:
        raise NotFound()
    form = EndForm(request.POST or None)
    form.fields["ended_on"].label = str(page.words.end_question)
    if request.method == "POST" and form.is_valid():
        try:
            now = services.end_fact(
                fact=cast(Lasting, fact),
                ended_on=form.cleaned_data["ended_on"],
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("已保存，核实以后从您的地里去掉。"))
            return redirect("farm_fact", kind, now.pk)
    context = {"page": page, "form": form, "tab": "me"}
    return render(request, "farming/end.html", context, status=422 if form.is_bound else 200)


@require_POST
@member_page
def upload_evidence(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Add a photo or document to a fact that is not confirmed."""
    fact = _own(request, kind, pk)
    form = EvidenceForm(request.POST, request.FILES)
    if form.is_valid():
        now = timezone.now()
        try:
            with transaction.atomic():
                file = accept_evidence(
                    fact=fact, upload=form.cleaned_data["file"], by=request.user, at=now
                )
                services.add_evidence(fact=fact, file=file, by=request.user, at=now)
        except Refused as refused:
            show_refusal(form, refused, "file")
        else:
            messages.success(request, _("凭证已收到。"))
            return redirect("farm_fact", kind, pk)
    return _fact_page(request, fact, form)


def _own(request: HttpRequest, kind: str, pk: int) -> Fact:
    return access_own_fact(request.member, kind, pk)  # type: ignore[attr-defined]


def _form(request: HttpRequest, kind: str, fact: Fact | None = None) -> FactForm:
    if kind not in FORMS:
        raise NotFound()
    member: Any = request.member  # type: ignore[attr-defined]
    return FORMS[kind](request.POST or None, member=member, year=today().year, fact=fact)


def _form_page(
    request: HttpRequest, form: FactForm, kind: str, title: Any, back: str, corrects: bool = False
) -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "corrects": corrects, "tab": "me"}
    template = f"farming/{kind}_form.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def _fact_page(request: HttpRequest, fact: Fact, form: EvidenceForm) -> HttpResponse:
    page = pages.fact_page(fact)
    context = {
        "page": page,
        "files": list(fact.evidence.order_by("pk")),
        "form": form,
        "events": pages.events(selectors.trails_of(fact), request.user),
        "corrections": list(type(fact).objects.filter(corrects=fact.pk, state="stated")),  # type: ignore[attr-defined]
        "tab": "me",
    }
    return render(request, "farming/fact.html", context, status=422 if form.is_bound else 200)
