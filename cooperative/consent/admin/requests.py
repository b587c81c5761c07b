"""Requests about one's own data: answered by one officer, confirmed by another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
)

from cooperative.consent import services
from cooperative.consent.admin.base import STATE_COLOURS, ByMember
from cooperative.consent.models import DataRequest
from cooperative.consent.personal_data import section_title
from cooperative.consent.shown import request_view
from cooperative.membership.looks import record_look
from cooperative.membership.panel import Deed, OfficerAdmin
from core.address import address_of
from core.dates import today
from core.readonly import writes

_SOON = 5


class AnswerForm(forms.Form):
    """The outcome and the written answer; the member reads the answer."""

    outcome = forms.ChoiceField(
        label=_("处理意见"), choices=DataRequest.Outcome.choices, widget=UnfoldAdminSelectWidget
    )
    answer = forms.CharField(
        label=_("书面答复（成员会看到，不同意要写明依据和可以怎么办）"),
        max_length=2000,
        widget=UnfoldAdminTextareaWidget,
    )


class RemarkForm(forms.Form):
    """What has to be mended."""

    remark = forms.CharField(
        label=_("退回的原因"), max_length=300, widget=UnfoldAdminTextareaWidget
    )


class WaitsForFilter(admin.SimpleListFilter):
    """What waits: for an answer, for the second officer, or is late."""

    title = _("待办")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("answer", _("等答复")), ("confirm", _("等复核")), ("late", _("已超期"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "answer":
                return queryset.filter(state="open")
            case "confirm":
                return queryset.filter(state="proposed")
            case "late":
                return queryset.waiting().filter(due_on__lt=today())
        return queryset


def _confirm_what(row: DataRequest) -> Any:
    answer = {"answer": row.answer, "outcome": row.get_outcome_display()}
    if row.kind == "erasure" and row.outcome == "granted":
        return (
            _(
                "复核后马上清空这位成员的姓名、证件、手机号和账号，不能恢复。只留授权和查看记录。"
                "经办人的答复：“%(answer)s”"
            )
            % answer
        )
    return _("处理意见：%(outcome)s。经办人的答复：“%(answer)s”复核后发给本人。") % answer


@admin.register(DataRequest)
class DataRequestAdmin(ByMember):
    """Requests; those that wait come first, the most urgent at the top."""

    view_permission = "data_request.view"
    union_lookup = "union"
    list_display = ("shown_member", "kind", "union", "shown_state", "shown_clock", "opened_at")
    list_filter = (WaitsForFilter, "kind", "state")
    fields = (
        "shown_member",
        "union",
        "kind",
        "shown_section",
        "details",
        "state",
        "plain_clock",
        "opened_at",
        "due_on",
        "outcome",
        "answer",
        "answered_by",
        "answered_at",
        "checked_by",
        "checked_at",
        "remark",
        "closed_at",
    )
    readonly_fields = ("shown_member", "shown_section", "plain_clock")
    deeds = (
        Deed(
            "answer",
            _("书面答复"),
            "data_request.answer",
            what=lambda row: (
                _("书面答复这件“%(kind)s”。更正和删除要另一位同事复核后才发给本人。")
                % {"kind": row.get_kind_display()}
            ),
            do=lambda row, answers, by, at: services.answer_request(
                request_id=row.pk, by=by, at=at, **answers
            ),
            done=_("答复已记下。"),
            form=AnswerForm,
            offered=lambda row: row.state == "open",
        ),
        Deed(
            "confirm",
            _("复核通过"),
            "data_request.confirm",
            what=_confirm_what,
            do=lambda row, answers, by, at: services.confirm_answer(
                request_id=row.pk, by=by, at=at
            ),
            done=_("已复核，本人会收到答复。"),
            offered=lambda row: row.state == "proposed",
        ),
        Deed(
            "return",
            _("退回重写"),
            "data_request.confirm",
            what=lambda row: _("退回给经办人重新答复。规定的天数照算。"),
            do=lambda row, answers, by, at: services.return_answer(
                request_id=row.pk, by=by, at=at, **answers
            ),
            done=_("已退回经办人。"),
            form=RemarkForm,
            offered=lambda row: row.state == "proposed",
            dangerous=True,
        ),
    )

    def bounded(self, rows: models.QuerySet[Any], request: HttpRequest) -> models.QuerySet[Any]:
        """Requests that the officer's unions handle."""
        return OfficerAdmin.bounded(self, rows, request)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related("union", "answered_by", "checked_by")

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        waits_first = models.Case(models.When(state__in=["open", "proposed"], then=0), default=1)
        return [waits_first, "due_on", "-pk"]

    @writes("GET")
    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        row = self.get_object(request, object_id)
        if row is not None and request.method == "GET" and row.member.erased_at is None:
            record_look(
                member=row.member,
                by=request.user,
                purpose="data_request",
                categories=["name"],
                at=timezone.now(),
                address=address_of(request),
            )
        return super().change_view(request, object_id, *args, **kwargs)

    @display(description=_("状态"), ordering="state", label=STATE_COLOURS)  # type: ignore[untyped-decorator]
    def shown_state(self, row: DataRequest) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description=_("时限"), ordering="due_on", label=STATE_COLOURS)  # type: ignore[untyped-decorator]
    def shown_clock(self, row: DataRequest) -> tuple[str, str] | str:
        view = request_view(row, today())
        if not view.waits:
            return "—"
        left = row.due_on - today()
        late = left < timedelta(0)
        return "late" if late else ("soon" if left.days <= _SOON else "open"), view.clock

    @admin.display(description=_("时限"))
    def plain_clock(self, row: DataRequest) -> str:
        """The days left in words."""
        return request_view(row, today()).clock or "—"

    @admin.display(description=_("哪一部分"))
    def shown_section(self, row: DataRequest) -> str:
        return str(section_title(row.section)) if row.section else "—"
