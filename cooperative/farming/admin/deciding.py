"""Deciding many facts at once: a page says what will happen, then each is decided alone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from cooperative.farming import selectors, services, words
from cooperative.farming.access import CONFIRM, access_facts
from cooperative.farming.models import Fact
from cooperative.farming.panel import ReasonForm, SeenForm
from cooperative.membership.panel import request_can
from core.dates import today
from core.errors import NotFound

MOST_AT_ONCE = 100
_HEADERS = [_("成员"), _("种类"), _("内容"), _("数量或金额"), _("凭证份数"), _("请留意")]


class Deciding:
    """List actions of the queue and the page they lead to.

    Whoever decides sees whole names: each fact is of a union in which they may confirm.
    """

    admin_site: Any
    opts: Any

    @action(description=_("核实通过所选"), permissions=["confirm"])  # type: ignore[untyped-decorator]
    def confirm_selected(self, request: HttpRequest, rows: models.QuerySet[Any]) -> HttpResponse:
        return self._to_decide(request, rows, "confirm")

    @action(description=_("退回所选"), permissions=["confirm"])  # type: ignore[untyped-decorator]
    def refuse_selected(self, request: HttpRequest, rows: models.QuerySet[Any]) -> HttpResponse:
        return self._to_decide(request, rows, "refuse")

    def _to_decide(
        self, request: HttpRequest, rows: models.QuerySet[Any], verb: str
    ) -> HttpResponse:
        keys = list(rows.filter(state="stated").values_list("key", flat=True)[: MOST_AT_ONCE + 1])
        back = reverse("admin:farming_queuedfact_changelist")
        if not keys:
            messages.error(request, _("所选的都不在等核实。"))
            return redirect(back)
        if len(keys) > MOST_AT_ONCE:
            most = {"most": MOST_AT_ONCE}
            messages.error(request, _("一次最多办理 %(most)s 条，请分几次选。") % most)
            return redirect(back)
        address = reverse("admin:farming_queuedfact_decide", args=[verb])
        return redirect(f"{address}?{urlencode({'keys': ','.join(keys)})}")

    def decide_view(self, request: HttpRequest, verb: str) -> HttpResponse:
        """Say what will happen to which facts; then do it, each alone."""
        keys = request.GET.get("keys", "").split(",")
        if (
            verb not in ("confirm", "refuse")
            or len(keys) > MOST_AT_ONCE
            or not request_can(request, CONFIRM)
        ):
            raise NotFound()
        facts = access_facts(keys, request.user, CONFIRM, today())
        form = (ReasonForm if verb == "refuse" else SeenForm)(request.POST or None)
        form.show(facts)
        if request.method == "POST" and form.is_valid():
            return self._decided(request, facts, form.cleaned_data.get("reason", ""))
        context = {
            **self.admin_site.each_context(request),
            "title": _("退回所选") if verb == "refuse" else _("核实通过所选"),
            "refuses": verb == "refuse",
            "opts": self.opts,
            "count": len(facts),
            "table": {"headers": _HEADERS, "rows": [self._decide_row(fact) for fact in facts]},
            "form": form,
            "back": reverse("admin:farming_queuedfact_changelist"),
        }
        status = 422 if form.is_bound else 200
        return render(request, "farming/admin/decide.html", context, status=status)

    def _decide_row(self, fact: Fact) -> list[Any]:
        """What the officer must see of one fact before deciding it among many."""
        doubts = [(words.finding_text(f),) for f in selectors.findings_of(fact, today())]
        note = words.note_of(fact)
        page = reverse("admin:farming_queuedfact_change", args=[fact.key])
        title = format_html(
            '<a class="text-primary-600 underline" href="{}">{}</a>', page, words.title_of(fact)
        )
        return [
            fact.member.name,
            words.KIND_WORDS[fact.KIND].title,
            format_html("{} · {}", title, note) if note else title,
            format_html('<span class="num">{}</span>', words.value_of(fact)),
            fact.evidence.count(),
            format_html_join("", "<p>{}</p>", doubts) or "—",
        ]

    def _decided(self, request: HttpRequest, facts: list[Fact], reason: str) -> HttpResponse:
        now = timezone.now()
        if reason:
            outcome = services.refuse_facts(facts=facts, reason=reason, by=request.user, at=now)
            done = _("已退回 %(count)s 条。")
        else:
            outcome = services.confirm_facts(facts=facts, by=request.user, at=now)
            done = _("已核实 %(count)s 条。")
        if outcome.done:
            messages.success(request, str(done) % {"count": len(outcome.done)})
        for fact, refused in outcome.refused:
            messages.error(request, f"{words.title_of(fact)}：{refused}")
        return redirect("admin:farming_queuedfact_changelist")
