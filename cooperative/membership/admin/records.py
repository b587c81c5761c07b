"""The audit trail and the dated figures in the officers' panel."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from cooperative.membership.access import unions_where
from cooperative.membership.models import Union
from cooperative.membership.panel import DayInput, Deed, OfficerAdmin, OfficerForm
from cooperative.membership.services import figures
from core.audit_words import actor_name, in_words
from core.dates import today
from core.models import AuditRow, Parameter
from core.parameters import parameter_codes


@admin.register(AuditRow)
class AuditRowAdmin(OfficerAdmin):
    """What was done in the officer's unions; nobody can change it."""

    view_permission = "audit.view"
    union_lookup = None
    shows_trail = False
    list_display = ("at", "who", "words", "subject")
    list_filter = ("subject_type",)
    fields = ("at", "who", "words", "subject", "shown_facts")
    readonly_fields = fields
    ordering = ("-pk",)

    def bounded(self, rows: models.QuerySet[Any], request: HttpRequest) -> models.QuerySet[Any]:
        paths = list(
            unions_where(request.user, self.view_permission, today()).values_list("path", flat=True)
        )
        return rows.filter(scope__in=paths).select_related("by", "subject_type")

    def title_of(self, row: AuditRow) -> str:
        return in_words(row.action)

    @admin.display(description=_("经手人"))
    def who(self, row: AuditRow) -> Any:
        return actor_name(row.by) or _("系统")

    @admin.display(description=_("动作"), ordering="action")
    def words(self, row: AuditRow) -> str:
        return in_words(row.action)

    @admin.display(description=_("事实"))
    def shown_facts(self, row: AuditRow) -> str:
        """Ids, codes and figures as they were kept, a line each."""
        lines = format_html_join("", "<p>{}：{}</p>", sorted(row.facts.items()))
        return format_html('<div class="panel-codes">{}</div>', lines) if lines else "—"

    @admin.display(description=_("对象"))
    def subject(self, row: AuditRow) -> str:
        return f"{row.subject_type.name} #{row.subject_id}"


class ParameterForm(OfficerForm):
    """A new value of a registered figure."""

    code = forms.ChoiceField(label=_("参数"), widget=UnfoldAdminSelectWidget)
    union = forms.ModelChoiceField(
        Union.objects.none(),
        label=_("适用工会"),
        help_text=_("管到所选工会和它下面的全部工会"),
        widget=UnfoldAdminSelectWidget,
    )
    value = forms.DecimalField(label=_("数值"), widget=UnfoldAdminDecimalFieldWidget)
    starts_on = forms.DateField(label=_("生效日期"), widget=DayInput)
    ends_on = forms.DateField(label=_("失效日期"), required=False, widget=DayInput)
    source = forms.CharField(
        label=_("依据"),
        max_length=300,
        help_text=_("文件名和文号，或会议决议"),
        widget=UnfoldAdminTextInputWidget,
    )

    def for_officer(self, user: Any, row: Any) -> None:
        self.fields["code"].choices = [  # type: ignore[attr-defined]
            (code.code, f"{code.title}（{code.unit}）") for code in parameter_codes()
        ]
        reach = unions_where(user, "parameter.propose", today())
        self.fields["union"].queryset = reach.order_by("path")  # type: ignore[attr-defined]


def _propose(row: None, answers: dict[str, Any], by: Any, at: Any) -> Parameter:
    return figures.propose_figure(by=by, at=at, **answers)


@admin.register(Parameter)
class ParameterAdmin(OfficerAdmin):
    """Figures in force for the officer's unions, with their source; two people for each change."""

    view_permission = "parameter.view"
    union_lookup = None
    list_display = (
        "title",
        "figure",
        "where",
        "starts_on",
        "ends_on",
        "state",
        "made_by",
        "checked_by",
    )
    fields = (
        "title",
        "figure",
        "where",
        "starts_on",
        "ends_on",
        "source",
        "state_in_words",
        "made_by",
        "made_at",
        "checked_by",
        "checked_at",
    )
    readonly_fields = fields
    deeds = (
        Deed(
            "propose",
            _("提出新数值"),
            "parameter.propose",
            what=lambda row: _(
                "写明从哪天起、按什么依据。另一位复核后才生效，旧的数值到那天为止。"
            ),
            do=_propose,
            done=_("已提出，等另一位复核。"),
            form=ParameterForm,
            on_row=False,
        ),
        Deed(
            "confirm",
            _("复核生效"),
            "parameter.confirm",
            what=lambda row: (
                _("复核后从 %(day)s 起按 %(value)s 执行。")
                % {"day": row.starts_on, "value": f"{row.value.normalize():f}"}
            ),
            do=lambda row, answers, by, at: figures.confirm_figure(
                parameter_id=row.pk, by=by, at=at
            ),
            done=_("已生效。"),
            offered=lambda row: row.checked_at is None,
        ),
    )

    def bounded(self, rows: models.QuerySet[Any], request: HttpRequest) -> models.QuerySet[Any]:
        return figures.figures_for(request.user, rows, today())

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related("made_by", "checked_by")

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        waits = models.Case(models.When(checked_at__isnull=True, then=0), default=1)
        return [waits, "code", "scope", "-starts_on", "pk"]

    @admin.display(description=_("参数"), ordering="code")
    def title(self, row: Parameter) -> str:
        titles = {code.code: f"{code.title}（{code.unit}）" for code in parameter_codes()}
        return titles.get(row.code, row.code)

    @admin.display(description=_("数值"), ordering="value")
    def figure(self, row: Parameter) -> str:
        return f"{row.value.normalize():f}"

    @admin.display(description=_("适用范围"), ordering="scope")
    def where(self, row: Parameter) -> str:
        return row.scope_name or str(_("全部"))  # type: ignore[attr-defined]

    @admin.display(description=_("状态"))
    def state_in_words(self, row: Parameter) -> Any:
        return _("待复核") if row.checked_at is None else _("已复核")

    @display(  # type: ignore[untyped-decorator]
        description=_("状态"), label={"waiting": "warning", "checked": "success"}
    )
    def state(self, row: Parameter) -> tuple[str, Any]:
        return ("waiting", _("待复核")) if row.checked_at is None else ("checked", _("已复核"))
