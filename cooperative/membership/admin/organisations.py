"""Unions and co-operatives in the officers' panel."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from cooperative.membership.access import unions_where
from cooperative.membership.models import Cooperative, Division, Union
from cooperative.membership.panel import DayInput, Deed, OfficerAdmin, OfficerForm
from cooperative.membership.services import organisation
from core.dates import today

_text = {"widget": UnfoldAdminTextInputWidget}


class UnionForm(OfficerForm):
    """A union to be founded under the one on the page."""

    name = forms.CharField(label=_("名称"), max_length=80, **_text)
    code = forms.RegexField(
        r"^[0-9A-Za-z-]{2,20}$", label=_("编号"), help_text=_("数字、字母和短横，不能重复"), **_text
    )
    level = forms.ChoiceField(
        label=_("级别"), choices=Union.Level.choices, widget=UnfoldAdminSelectWidget
    )
    division = forms.ModelChoiceField(
        Division.objects.none(), label=_("所在地"), widget=UnfoldAdminSelectWidget
    )
    approval_number = forms.CharField(label=_("批复文号"), max_length=60, **_text)
    approved_on = forms.DateField(label=_("批复日期"), widget=DayInput)
    filing_number = forms.CharField(label=_("备案号"), max_length=60, required=False, **_text)
    office_phone = forms.CharField(label=_("办公电话"), max_length=20, required=False, **_text)

    def for_officer(self, user: Any, row: Any) -> None:
        places = Division.objects.filter(code__startswith=row.division_id)
        self.fields["division"].queryset = places.exclude(  # type: ignore[attr-defined]
            level=Division.Level.VILLAGE
        ).order_by("code")


class CooperativeForm(OfficerForm):
    """A co-operative or federation to be registered."""

    name = forms.CharField(label=_("名称"), max_length=80, **_text)
    kind = forms.ChoiceField(
        label=_("类别"), choices=Cooperative.Kind.choices, widget=UnfoldAdminSelectWidget
    )
    credit_code = forms.CharField(label=_("统一社会信用代码"), max_length=18, **_text)
    federation = forms.ModelChoiceField(
        Cooperative.objects.none(),
        label=_("所属联合社"),
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    founded_on = forms.DateField(label=_("成立日期"), required=False, widget=DayInput)

    def for_officer(self, user: Any, row: Any) -> None:
        reach = unions_where(user, "cooperative.edit", today())
        self.fields["federation"].queryset = Cooperative.objects.filter(  # type: ignore[attr-defined]
            kind=Cooperative.Kind.FEDERATION, union__in=reach
        ).order_by("name", "pk")


def _found(row: Union, answers: dict[str, Any], by: Any, at: Any) -> Union:
    return organisation.found_union(parent=row, by=by, at=at, **answers)


def _register(row: Union, answers: dict[str, Any], by: Any, at: Any) -> Union:
    organisation.register_cooperative(union=row, division=row.division, by=by, at=at, **answers)
    return row


@admin.register(Union)
class UnionAdmin(OfficerAdmin):
    """The officer's part of the tree."""

    view_permission = "union.view"
    union_lookup = "pk"
    list_display = (
        "name",
        "level",
        "parent_name",
        "division",
        "admitted",
        "waiting",
        "office_phone",
    )
    list_filter = ("level",)
    search_fields = ("name", "code")
    search_help_text = _("按名称或编号查找")
    ordering = ("path",)
    fields = (
        "name",
        "code",
        "level",
        "parent_name",
        "division",
        "approval_number",
        "approved_on",
        "filing_number",
        "office_phone",
        "dissolved_on",
    )
    readonly_fields = ("parent_name",)
    deeds = (
        Deed(
            "found",
            _("成立下级工会"),
            "union.edit",
            what=lambda row: (
                _("在“%(name)s”下面成立一个工会，凭上级批复登记。") % {"name": row.name}
            ),
            do=_found,
            done=_("工会已登记。"),
            form=UnionForm,
            offered=lambda row: row.level != "grassroots",
        ),
        Deed(
            "cooperative",
            _("登记合作社"),
            "cooperative.edit",
            what=lambda row: (
                _("在“%(name)s”登记一个合作社或联合社，代码照营业执照填写。") % {"name": row.name}
            ),
            do=_register,
            done=_("合作社已登记。"),
            form=CooperativeForm,
            offered=lambda row: row.level == "grassroots",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request).select_related("parent", "division")
        state = models.Q
        return rows.annotate(
            admitted_count=models.Count(
                "memberships", filter=state(memberships__state__in=["admitted", "suspended"])
            ),
            waiting_count=models.Count(
                "memberships", filter=state(memberships__state__in=["applied", "balloted"])
            ),
        )

    @admin.display(description=_("上级工会"))
    def parent_name(self, union: Union) -> str:
        return union.parent.name if union.parent else "—"

    @admin.display(description=_("成员数"), ordering="admitted_count")
    def admitted(self, union: Union) -> int:
        return union.admitted_count  # type: ignore[attr-defined,no-any-return]

    @admin.display(description=_("待入会"), ordering="waiting_count")
    def waiting(self, union: Union) -> int:
        return union.waiting_count  # type: ignore[attr-defined,no-any-return]


@admin.register(Cooperative)
class CooperativeAdmin(OfficerAdmin):
    """Co-operatives and federations of the officer's unions."""

    view_permission = "cooperative.view"
    list_display = ("name", "kind", "union", "federation_name", "credit_code", "member_count")
    list_filter = ("kind",)
    search_fields = ("name", "credit_code")
    search_help_text = _("按名称或代码查找")
    ordering = ("name", "pk")
    fields = ("name", "kind", "credit_code", "union", "federation_name", "division", "founded_on")
    readonly_fields = ("federation_name",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request).select_related("union", "federation", "division")
        live = models.Q(memberships__state__in=["admitted", "suspended"])
        return rows.annotate(live_count=models.Count("memberships", filter=live))

    @admin.display(description=_("所属联合社"))
    def federation_name(self, row: Cooperative) -> str:
        return row.federation.name if row.federation else "—"

    @admin.display(description=_("成员数"), ordering="live_count")
    def member_count(self, row: Cooperative) -> int:
        return row.live_count  # type: ignore[attr-defined,no-any-return]
