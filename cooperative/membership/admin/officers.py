"""Posts in the officers' panel: appointed by one administrator, confirmed by another."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from cooperative.membership.access import unions_where
from cooperative.membership.models import Post, Union
from cooperative.membership.panel import DayInput, Deed, OfficerAdmin, OfficerForm
from cooperative.membership.services import officers
from core.dates import today


class AppointmentForm(OfficerForm):
    """Who serves where in which role."""

    username = forms.CharField(
        label=_("干部的登录名"), max_length=40, widget=UnfoldAdminTextInputWidget
    )
    union = forms.ModelChoiceField(
        Union.objects.none(), label=_("工会"), widget=UnfoldAdminSelectWidget
    )
    role = forms.ChoiceField(
        label=_("岗位"), choices=Post.Role.choices, widget=UnfoldAdminSelectWidget
    )
    starts_on = forms.DateField(label=_("任职日期"), widget=DayInput)

    def for_officer(self, user: Any, row: Any) -> None:
        reach = unions_where(user, "post.appoint", today())
        self.fields["union"].queryset = reach.order_by("path")  # type: ignore[attr-defined]


def _appoint(row: None, answers: dict[str, Any], by: Any, at: Any) -> Post:
    return officers.appoint_by_name(by=by, at=at, **answers)


def _state(post: Post) -> str:
    if post.checked_at is None:
        return "waiting"
    if post.ends_on is not None and post.ends_on <= today():
        return "ended"
    return "in_force" if post.starts_on <= today() else "later"


_STATES = {
    "waiting": _("待复核"),
    "ended": _("已离任"),
    "in_force": _("在任"),
    "later": _("未到任"),
}


@admin.register(Post)
class PostAdmin(OfficerAdmin):
    """Posts in the officer's unions; those that wait for a second administrator first."""

    view_permission = "post.view"
    list_display = (
        "user",
        "role",
        "union",
        "state",
        "starts_on",
        "ends_on",
        "made_by",
        "checked_by",
    )
    list_filter = ("role",)
    search_fields = ("user__name", "user__username")
    search_help_text = _("按姓名或登录名查找")
    fields = (
        "user",
        "role",
        "union",
        "state_in_words",
        "starts_on",
        "ends_on",
        "made_by",
        "made_at",
        "checked_by",
        "checked_at",
    )
    readonly_fields = ("state_in_words",)
    deeds = (
        Deed(
            "appoint",
            _("任命干部"),
            "post.appoint",
            what=lambda row: _(
                "任命后要由另一位管理员复核才生效。岗位管到所选工会和它下面的全部工会。"
            ),
            do=_appoint,
            done=_("任命已提出，等另一位管理员复核。"),
            form=AppointmentForm,
            on_row=False,
        ),
        Deed(
            "confirm",
            _("复核任命"),
            "post.confirm",
            what=lambda row: (
                _("复核后“%(name)s”从任职日期起在“%(union)s”担任%(role)s。")
                % {"name": row.user, "union": row.union, "role": row.get_role_display()}
            ),
            do=lambda row, answers, by, at: officers.confirm_post(post_id=row.pk, by=by, at=at),
            done=_("任命已生效。"),
            offered=lambda row: row.checked_at is None,
        ),
        Deed(
            "end",
            _("结束任职"),
            "post.appoint",
            what=lambda row: _("结束后“%(name)s”立刻不能再用这个岗位办事。") % {"name": row.user},
            do=lambda row, answers, by, at: officers.end_post(post_id=row.pk, by=by, at=at),
            done=_("任职已结束。"),
            offered=lambda row: row.ends_on is None,
            dangerous=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return (
            super().get_queryset(request).select_related("user", "union", "made_by", "checked_by")
        )

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        waits = models.Case(models.When(checked_at__isnull=True, then=0), default=1)
        return [waits, "union__path", "role", "pk"]

    @admin.display(description=_("状态"))
    def state_in_words(self, post: Post) -> Any:
        return _STATES[_state(post)]

    @display(  # type: ignore[untyped-decorator]
        description=_("状态"),
        label={"waiting": "warning", "in_force": "success", "later": "info", "ended": "default"},
    )
    def state(self, post: Post) -> tuple[str, Any]:
        return _state(post), _STATES[_state(post)]
