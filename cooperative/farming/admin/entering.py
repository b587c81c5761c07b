"""Entering a fact for a member who cannot; another officer confirms it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from cooperative.farming import services, words
from cooperative.farming.access import EDIT, members_in_reach
from cooperative.farming.panel import KindForm, panel_form
from cooperative.membership.models import Member
from cooperative.membership.panel import request_can
from core.dates import today
from core.errors import NotFound, Refused
from core.forms import show_refusal


class Entering:
    """The two pages of it: for whom and what, then the form.

    Whoever enters sees whole names: each member is of a union in which they may enter facts.
    """

    admin_site: Any
    opts: Any

    def enter_view(self, request: HttpRequest) -> HttpResponse:
        """Choose the member and the kind of fact."""
        if not request_can(request, EDIT):
            raise NotFound()
        form = KindForm(request.GET or None)
        found: list[Member] = []
        if form.is_valid():
            members = members_in_reach(request.user, EDIT, today())
            named = members.filter(name__startswith=form.cleaned_data["name"].strip())
            found = list(named.select_related("division").order_by("name", "pk")[:20])
        context = {
            **self.admin_site.each_context(request),
            "title": _("代成员填写"),
            "opts": self.opts,
            "form": form,
            "found": found,
            "asked": form.is_valid(),
            "table": {
                "headers": [_("成员"), _("村"), _("填写")],
                "rows": [self._enter_row(member, form.cleaned_data["kind"]) for member in found],
            },
            "back": reverse("admin:farming_queuedfact_changelist"),
        }
        return render(request, "farming/admin/enter.html", context)

    def _enter_row(self, member: Member, kind: str) -> list[Any]:
        form = reverse("admin:farming_queuedfact_enter_fact", args=[kind, member.pk])
        village = member.division.short_name if member.division else "—"
        link = format_html(
            '<a class="text-primary-600 underline" href="{}">{}</a>', form, _("给这位成员填写")
        )
        return [member.name, village, link]

    def enter_fact_view(self, request: HttpRequest, kind: str, member_id: int) -> HttpResponse:
        """State a fact in a member's stead; another officer confirms it."""
        reach = members_in_reach(request.user, EDIT, today())
        member = reach.filter(pk=member_id).select_related("division").first()
        if member is None or kind not in words.KIND_WORDS:
            raise NotFound()
        form = panel_form(kind, request.POST or None, member=member, year=today().year)
        if request.method == "POST" and form.is_valid():
            try:
                fact = services.state_fact(
                    member=member,
                    statement=form.statement(),
                    by=request.user,
                    at=timezone.now(),
                )
            except Refused as refused:
                show_refusal(form, refused)
            else:
                messages.success(request, _("已保存，等另一位同事核实。"))
                return redirect("admin:farming_queuedfact_change", fact.key)
        context = {
            **self.admin_site.each_context(request),
            "title": words.KIND_WORDS[kind].add,
            "opts": self.opts,
            "form": form,
            "member": member.name,
            "back": reverse("admin:farming_queuedfact_enter"),
        }
        status = 422 if form.is_bound else 200
        return render(request, "farming/admin/enter_fact.html", context, status=status)
