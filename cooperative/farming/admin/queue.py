"""Facts in the officers' panel: one queue of all kinds, what waits first."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from cooperative.farming import selectors, services, words
from cooperative.farming.access import CONFIRM, EDIT, VIEW, access_facts, members_in_reach
from cooperative.farming.admin.deciding import Deciding
from cooperative.farming.admin.entering import Entering
from cooperative.farming.models import Crop, Fact, QueuedFact
from cooperative.farming.panel import ReasonForm, SeenForm
from cooperative.membership.access import unions_where
from cooperative.membership.looks import record_look
from cooperative.membership.models import Division
from cooperative.membership.panel import Deed, OfficerAdmin, request_can, reveals
from core.address import address_of
from core.audit_words import actor_name
from core.dates import today
from core.masking import mask_name
from core.readonly import writes
from core.sentences import in_a_row

_STATE_COLOURS = {
    "stated": "warning",
    "confirmed": "success",
    "refused": "danger",
    "replaced": "info",
    "withdrawn": "info",
}


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
class QueuedFactAdmin(Deciding, Entering, OfficerAdmin):
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
        "shown_maker",
        "made_at",
        "checked_by",
        "checked_at",
    )
    readonly_fields = (
        "shown_member",
        "shown_maker",
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
            what=lambda row: _confirm_text(row),
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
        rows = super().get_queryset(request).annotate(may_reveal=reveals(request))
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
                address=address_of(request),
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

    # --- columns ---

    def member_name(self, row: Any) -> str:
        """The name, masked unless the officer may see it (annotated ``may_reveal``)."""
        name: str = row.member.name
        return name if row.may_reveal else mask_name(name)

    @admin.display(description=_("内容"), ordering="name")
    def shown_title(self, row: QueuedFact) -> str:
        return words.queued_title(row)

    @admin.display(description=_("成员"), ordering="member__name")
    def shown_member(self, row: QueuedFact) -> str:
        return self.member_name(row)

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

    @admin.display(description=_("填报人"))
    def shown_maker(self, row: QueuedFact) -> str:
        return actor_name(row.made_by)

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


def _confirm_text(row: Any) -> str:
    """What will be in force, and what the officer should look at before."""
    text = _("确认“%(title)s，%(value)s”属实。成员会收到消息，核实以后不能改，只能更正。")
    said = {"title": words.queued_title(row), "value": words.queued_value(row)}
    found = selectors.findings_of(row.fact, today())
    return in_a_row(str(text) % said, *(words.finding_text(finding) for finding in found))


def _confirm(row: QueuedFact, by: Any, at: Any) -> QueuedFact:
    services.confirm_fact(fact=_fact(row, by, CONFIRM), by=by, at=at)
    return row


def _refuse(row: QueuedFact, reason: str, by: Any, at: Any) -> QueuedFact:
    services.refuse_fact(fact=_fact(row, by, CONFIRM), reason=reason, by=by, at=at)
    return row
