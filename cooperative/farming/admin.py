"""Facts in the officers' panel: one queue of all kinds, what waits first."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from cooperative.farming import selectors, services, words
from cooperative.farming.access import CONFIRM, EDIT, VIEW, access_facts, members_in_reach
from cooperative.farming.models import Crop, Fact, QueuedFact
from cooperative.farming.panel import KindForm, ReasonForm, SeenForm, panel_form
from cooperative.membership.access import unions_where
from cooperative.membership.looks import record_look
from cooperative.membership.models import Division, Member
from cooperative.membership.panel import Deed, OfficerAdmin, request_can
from core.dates import today
from core.errors import NotFound, Refused
from core.forms import show_refusal
from core.masking import mask_name
from core.readonly import writes

_STATE_COLOURS = {
    "stated": "warning",
    "confirmed": "success",
    "refused": "danger",
    "replaced": "info",
    "withdrawn": "info",
}
MOST_AT_ONCE = 100


def _fact(row: QueuedFact, user: Any, permission: str = VIEW) -> Fact:
    """The fact behind a row of the queue, if the officer reaches it with this permission."""
    return access_facts([row.key], user, permission, today())[0]


class VillageFilter(admin.SimpleListFilter):
    """Villages in which the officer reaches members."""

    title = _("村")
    parameter_name = "village"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        members = members_in_reach(request.user, VIEW, today())
        villages = Division.objects.filter(pk__in=members.values("division")).order_by("code")
        return [(village.code, village.short_name) for village in villages]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if not self.value():
            return queryset
        lives_there = models.Q(division__isnull=True, member__division=self.value())
        return queryset.filter(models.Q(division=self.value()) | lives_there)


class CropFilter(admin.SimpleListFilter):
    """Crops planned or usually grown."""

    title = _("作物")
    parameter_name = "crop"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(Crop.objects.order_by("position", "code").values_list("code", "name"))

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(crop=self.value()) if self.value() else queryset


@admin.register(QueuedFact)
class QueuedFactAdmin(OfficerAdmin):
    """Every fact about the members of the officer's unions. Opening one is told to the member."""

    view_permission = VIEW
    union_lookup = None
    shows_trail = False
    list_display = (
        "shown_title",
        "kind",
        "shown_member",
        "village",
        "shown_value",
        "shown_state",
        "origin",
        "made_at",
    )
    list_filter = ("state", "kind", VillageFilter, CropFilter, "origin")
    search_fields = ("member__name", "name")
    search_help_text = _("按成员姓名或地块、农机名称查找")
    ordering = ("rank", "made_at", "key")
    actions = ("confirm_selected", "refuse_selected")
    fields = (
        "shown_member",
        "kind",
        "statement",
        "before",
        "state",
        "reason",
        "doubts",
        "evidence",
        "origin",
        "made_by",
        "made_at",
        "checked_by",
        "checked_at",
    )
    readonly_fields = (
        "shown_member",
        "statement",
        "before",
        "doubts",
        "evidence",
    )
    deeds = (
        Deed(
            "confirm",
            _("核实通过"),
            CONFIRM,
            what=lambda row: (
                _("确认“%(title)s，%(value)s”属实。成员会收到消息，核实以后不能改，只能更正。")
                % {"title": words.queued_title(row), "value": words.queued_value(row)}
            ),
            do=lambda row, answers, by, at: _confirm(row, by, at),
            done=_("已核实。"),
            form=SeenForm,
            offered=lambda row: row.state == "stated",
        ),
        Deed(
            "refuse",
            _("退回"),
            CONFIRM,
            what=lambda row: (
                _("把“%(title)s，%(value)s”退回给成员，成员会看到原因，改好以后再核实。")
                % {"title": words.queued_title(row), "value": words.queued_value(row)}
            ),
            do=lambda row, answers, by, at: _refuse(row, answers["reason"], by, at),
            done=_("已退回，成员会收到消息。"),
            form=ReasonForm,
            offered=lambda row: row.state == "stated",
            dangerous=True,
        ),
    )

    def bounded(self, rows: models.QuerySet[Any], request: HttpRequest) -> models.QuerySet[Any]:
        reach = unions_where(request.user, self.view_permission, today())
        return rows.of_unions(reach)  # type: ignore[attr-defined,no-any-return]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        self._may_reveal = request_can(request, "member.reveal")
        rows = super().get_queryset(request)
        return rows.select_related("member__division", "division", "crop", "made_by", "checked_by")

    def has_confirm_permission(self, request: HttpRequest) -> bool:
        """Whether the officer may confirm facts anywhere; which ones, the service says."""
        return request_can(request, CONFIRM)

    # --- addresses ---

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                "decide/<slug:verb>/",
                self.admin_site.admin_view(self.decide_view),
                name="farming_queuedfact_decide",
            ),
            path(
                "enter/",
                self.admin_site.admin_view(self.enter_view),
                name="farming_queuedfact_enter",
            ),
            path(
                "enter/<slug:kind>/<int:member_id>/",
                self.admin_site.admin_view(self.enter_fact_view),
                name="farming_queuedfact_enter_fact",
            ),
        ]
        return own + super().get_urls()

    @writes("GET")
    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        row = self.get_object(request, object_id)
        if row is not None and request.method == "GET":
            record_look(
                member=row.member,
                by=request.user,
                purpose="fact_check",
                categories=[words.KIND_WORDS[row.kind].category],
                at=timezone.now(),
                address=request.META.get("REMOTE_ADDR", ""),
            )
        return super().change_view(request, object_id, *args, **kwargs)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> QueuedFact | None:
        row = cast("QueuedFact | None", super().get_object(request, object_id, from_field))
        if row is not None:
            row.fact = _fact(row, request.user)  # type: ignore[attr-defined]
        return row

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None:
            context["trail"] = selectors.trails_of(row.fact)
        return super().render_change_form(request, context, *args, **kwargs)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = dict(extra_context or {})
        context["may_enter"] = request_can(request, EDIT)
        return super().changelist_view(request, context)

    list_before_template = "farming/admin/list_deeds.html"

    # --- many at once ---

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
            "items": [self._decide_item(fact) for fact in facts],
            "form": form,
            "back": reverse("admin:farming_queuedfact_changelist"),
        }
        status = 422 if form.is_bound else 200
        return render(request, "farming/admin/decide.html", context, status=status)

    def _decide_item(self, fact: Fact) -> dict[str, Any]:
        return {
            "fact": fact,
            "kind": words.KIND_WORDS[fact.KIND].title,
            "title": words.title_of(fact),
            "value": words.value_of(fact),
            "note": words.note_of(fact),
            "member": self._member_name(fact.member),
            "doubts": [words.finding_text(f) for f in selectors.findings_of(fact, today())],
        }

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

    # --- entering for a member ---

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
            "kind": form.cleaned_data["kind"] if form.is_valid() else "",
            "back": reverse("admin:farming_queuedfact_changelist"),
        }
        return render(request, "farming/admin/enter.html", context)

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
            "member": self._member_name(member),
            "back": reverse("admin:farming_queuedfact_enter"),
        }
        status = 422 if form.is_bound else 200
        return render(request, "farming/admin/enter_fact.html", context, status=status)

    # --- columns ---

    def _member_name(self, member: Member) -> str:
        return member.name if self._may_reveal else mask_name(member.name)

    @admin.display(description=_("内容"), ordering="name")
    def shown_title(self, row: QueuedFact) -> str:
        return words.queued_title(row)

    @admin.display(description=_("成员"), ordering="member__name")
    def shown_member(self, row: QueuedFact) -> str:
        return self._member_name(row.member)

    @admin.display(description=_("村"))
    def village(self, row: QueuedFact) -> str:
        division = row.division or row.member.division
        return division.short_name if division else ""

    @admin.display(description=_("数量或金额"))
    def shown_value(self, row: QueuedFact) -> str:
        return format_html('<span class="num">{}</span>', words.queued_value(row))

    @display(description=_("状态"), ordering="rank", label=_STATE_COLOURS)  # type: ignore[untyped-decorator]
    def shown_state(self, row: QueuedFact) -> tuple[str, str]:
        correction = row.corrects_id is not None and row.state == "stated"
        return row.state, str(_("更正待核实")) if correction else row.get_state_display()

    @admin.display(description=_("填报内容"))
    def statement(self, row: Any) -> str:
        return _lines(row.fact)

    @admin.display(description=_("更正以前"))
    def before(self, row: Any) -> str:
        return _lines(row.fact.corrects) if row.fact.corrects_id else "—"

    @admin.display(description=_("请留意"))
    def doubts(self, row: Any) -> str:
        found = selectors.findings_of(row.fact, today()) if row.state == "stated" else []
        lines = [(words.finding_text(finding),) for finding in found]
        return format_html_join("", "<p>{}</p>", lines) if lines else "—"

    @admin.display(description=_("凭证"))
    def evidence(self, row: Any) -> str:
        files = list(row.fact.evidence.order_by("pk"))
        return format_html_join(" ", "{}", [(_preview(file),) for file in files]) or "—"


def _lines(fact: Fact) -> str:
    named = [(_("名称"), words.title_of(fact)), *words.lines_of(fact)]
    return format_html_join("", "<p>{}：{}</p>", named)


def _preview(file: Any) -> str:
    address = reverse("file", args=[file.pk])
    if file.content_type.startswith("image/"):
        inside = format_html('<img src="{}" alt="{}" width="240">', address, file.original_name)
    else:
        inside = file.original_name
    return format_html('<a href="{}" target="_blank" rel="noopener">{}</a>', address, inside)


def _confirm(row: QueuedFact, by: Any, at: Any) -> QueuedFact:
    services.confirm_fact(fact=_fact(row, by, CONFIRM), by=by, at=at)
    return row


def _refuse(row: QueuedFact, reason: str, by: Any, at: Any) -> QueuedFact:
    services.refuse_fact(fact=_fact(row, by, CONFIRM), reason=reason, by=by, at=at)
    return row
