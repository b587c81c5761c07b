"""Printing the sheet to sign, and recording one that was signed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperative.consent import selectors, services
from cooperative.consent.access import RECORD
from cooperative.consent.evidence import accept_sheet
from cooperative.consent.models import ConsentText, PaperConsent
from cooperative.consent.panel import FindForm, PrintForm, SheetForm
from cooperative.consent.rules.purposes import purpose_of
from cooperative.consent.services.paper_checks import MOST_ON_A_SHEET, named
from cooperative.membership.models import Member, Union
from cooperative.membership.panel import request_can
from core.errors import NotFound, Refused
from core.forms import show_refusal


class Entering:
    """Three pages: whose signatures, what stands on the sheet, and the empty sheet as PDF.

    Whoever records sees whole names: each member is of a union in which they may record.
    """

    admin_site: Any
    opts: Any

    def entering_urls(self) -> list[URLPattern]:
        """Their addresses, below the list."""
        pages = {"enter": self.enter_view, "sheet": self.sheet_view, "print": self.print_view}
        return [
            path(
                f"{name}/",
                self.admin_site.admin_view(view),
                name=f"consent_paperconsent_{name}",
            )
            for name, view in pages.items()
        ]

    def enter_view(self, request: HttpRequest) -> HttpResponse:
        """Choose the purpose and the members who signed."""
        _check_may_record(request)
        form = FindForm(request.GET or None, officer=request.user)
        found = _found(form) if form.is_valid() else []
        shown = form.cleaned_data if form.is_valid() else {}
        return self._page(
            request,
            "consent/admin/enter.html",
            title=_("登记纸面授权"),
            form=form,
            asked=form.is_valid(),
            found=[_line(member) for member in found[:MOST_ON_A_SHEET]],
            more=len(found) > MOST_ON_A_SHEET,
            most=MOST_ON_A_SHEET,
            shown=[("union", shown["union"].pk), ("purpose", shown["purpose"])] if shown else [],
        )

    def sheet_view(self, request: HttpRequest) -> HttpResponse:
        """The day on the sheet and its photograph, for the members chosen before."""
        _check_may_record(request)
        what = FindForm(request.GET or None, officer=request.user)
        text = _text_of(what)
        members = _chosen(request, what) if text is not None else []
        if text is None or not members:
            messages.warning(request, str(_("还没有选成员。请先选在这张纸上签字的成员。")))
            return redirect("admin:consent_paperconsent_enter")
        union = what.cleaned_data["union"]
        form = SheetForm(
            *((request.POST, request.FILES) if request.method == "POST" else ()),
            union=union,
            shown=text,
            kind=purpose_of(text.purpose).recipient_kind,
        )
        if request.method == "POST" and form.is_valid():
            try:
                papers = _record(form, union, members, by=request.user, at=timezone.now())
            except Refused as refused:
                show_refusal(form, refused)
            else:
                return self._recorded(request, papers)
        return self._page(
            request,
            "consent/admin/sheet.html",
            status=422 if form.is_bound else 200,
            title=_("登记纸面授权"),
            form=form,
            text=text,
            names=named(members),
            count=len(members),
        )

    def print_view(self, request: HttpRequest) -> HttpResponse:
        """The text in force with lines to sign on; each print is numbered."""
        _check_may_record(request)
        posted = request.POST if request.method == "POST" else None
        form = PrintForm(posted, officer=request.user)
        if request.method == "POST" and form.is_valid():
            try:
                return _printed(form.cleaned_data, by=request.user, at=timezone.now())
            except Refused as refused:
                show_refusal(form, refused)
        return self._page(
            request,
            "consent/admin/print.html",
            status=422 if form.is_bound else 200,
            title=_("打印授权书"),
            form=form,
        )

    def _recorded(self, request: HttpRequest, papers: list[PaperConsent]) -> HttpResponse:
        messages.success(
            request, str(_("已登记 %(count)s 位，等另一位同事复核。") % {"count": len(papers)})
        )
        if len(papers) == 1:
            return redirect("admin:consent_paperconsent_change", papers[0].pk)
        return redirect("admin:consent_paperconsent_changelist")

    def _page(
        self, request: HttpRequest, template: str, *, status: int = 200, **context: Any
    ) -> HttpResponse:
        shown = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "back": reverse("admin:consent_paperconsent_changelist"),
            **context,
        }
        return render(request, template, shown, status=status)


def _check_may_record(request: HttpRequest) -> None:
    if not request_can(request, RECORD):
        raise NotFound()


def _text_of(what: FindForm) -> ConsentText | None:
    if not what.is_valid():
        return None
    return selectors.current_text(what.cleaned_data["purpose"], timezone.now())


def _found(form: FindForm) -> list[Member]:
    """Members of the union without the consent, by name; one more than fits shows that some are left."""
    text = _text_of(form)
    if text is None:
        return []
    union = form.cleaned_data["union"]
    recipients = selectors.recipients_of_union(union, purpose_of(text.purpose).recipient_kind)
    members = selectors.members_of(union).filter(name__startswith=form.cleaned_data["name"].strip())
    rows = selectors.without_consent(members, text, recipients, timezone.now())
    return list(rows.select_related("division").order_by("name", "pk")[: MOST_ON_A_SHEET + 1])


def _line(member: Member) -> dict[str, Any]:
    village = member.division.short_name if member.division else ""
    return {"pk": member.pk, "name": member.name, "village": village}


def _chosen(request: HttpRequest, what: FindForm) -> list[Member]:
    keys = [int(key) for key in request.GET.getlist("member") if key.isdecimal() and len(key) < 19]
    members = selectors.members_of(what.cleaned_data["union"]).filter(pk__in=keys)
    return list(members.order_by("name", "pk"))


def _record(
    form: SheetForm, union: Union, members: list[Member], *, by: Any, at: datetime
) -> list[PaperConsent]:
    """The photograph and the rows together or not at all."""
    given = form.cleaned_data
    upload = given["evidence"]
    text = ConsentText.objects.filter(pk=given["text"]).first()
    if text is None:
        raise NotFound()
    with transaction.atomic():
        kept = accept_sheet(upload=upload, scope=union.path, by=by, at=at) if upload else None
        return services.record_papers(
            member_ids=[member.pk for member in members],
            union=union,
            recipient=given["recipient"],
            text=text,
            signed_on=given["signed_on"],
            evidence=kept,
            extra_categories=given.get("extra", []),
            by=by,
            at=at,
        )


def _printed(answers: dict[str, Any], *, by: Any, at: datetime) -> HttpResponse:
    union, purpose = answers["union"], answers["purpose"]
    kind = purpose_of(purpose).recipient_kind
    recipient = selectors.recipients_of_union(union, kind).first()
    if recipient is None:
        raise Refused(
            "no_recipient",
            _("%(union)s的成员还没有可以授权的联合社，不能打印这一项。") % {"union": union.name},
            way_on=_("请先在“合作社”里登记它的联合社。"),
        )
    pdf = services.issue_sheet(
        purpose=purpose,
        union=union,
        recipient=recipient,
        for_many=answers["for_many"],
        by=by,
        at=at,
    )
    name = f"consent-{purpose}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)
