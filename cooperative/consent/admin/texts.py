"""What members are told, and who may receive."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from cooperative.consent import services
from cooperative.consent.admin.base import STATE_COLOURS, paths_around
from cooperative.consent.models import ConsentText, Recipient
from cooperative.consent.rules.purposes import categories, category_title, purpose_of, purposes
from cooperative.consent.shown import titles
from cooperative.membership.access import unions_where
from cooperative.membership.models import Post
from cooperative.membership.panel import Deed, OfficerAdmin, OfficerForm
from core.dates import today


class TextForm(OfficerForm):
    """A new version of what members are told; starts from the version in force."""

    purpose = forms.ChoiceField(label=_("用途"), widget=UnfoldAdminSelectWidget)
    title = forms.CharField(label=_("标题"), max_length=60, widget=UnfoldAdminTextInputWidget)
    body = forms.CharField(label=_("做什么用"), widget=UnfoldAdminTextareaWidget)
    means = forms.CharField(label=_("怎么处理"), widget=UnfoldAdminTextareaWidget)
    categories = forms.MultipleChoiceField(
        label=_("要用的资料"), widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    optional_categories = forms.MultipleChoiceField(
        label=_("可以另外选的资料"), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    consequences = forms.CharField(label=_("不同意会怎样"), widget=UnfoldAdminTextareaWidget)
    retention = forms.CharField(label=_("保存多久"), widget=UnfoldAdminTextareaWidget)
    automated_decision = forms.CharField(
        label=_("自动打分的说明"), required=False, widget=UnfoldAdminTextareaWidget
    )
    valid_months = forms.IntegerField(
        label=_("有效期（月）"),
        min_value=1,
        max_value=60,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    def for_officer(self, user: Any, row: Any) -> None:
        """Fill the choices, and start from the text the officer came from."""
        asked = [(p.code, p.title) for p in purposes() if p.recipient_kind]
        kinds = [(code, category_title(code)) for code in categories()]
        self.fields["purpose"].choices = asked  # type: ignore[attr-defined]
        self.fields["categories"].choices = kinds  # type: ignore[attr-defined]
        self.fields["optional_categories"].choices = kinds  # type: ignore[attr-defined]
        if row is not None:
            self.initial = {name: getattr(row, name) for name in self.fields}


def _propose(row: Any, answers: dict[str, Any], by: Any, at: Any) -> ConsentText:
    purpose = answers.pop("purpose")
    return services.propose_text(purpose=purpose, content=answers, by=by, at=at)


@admin.register(ConsentText)
class ConsentTextAdmin(OfficerAdmin):
    """Versions of what members are told; written by one administrator, published by another."""

    view_permission = "consent.view"
    union_lookup = None
    list_display = (
        "title",
        "shown_purpose",
        "version",
        "shown_state",
        "published_at",
        "shown_maker",
    )
    fields = (
        "title",
        "shown_purpose",
        "version",
        "plain_state",
        "body",
        "means",
        "shown_categories",
        "shown_optional",
        "consequences",
        "retention",
        "automated_decision",
        "valid_months",
        "shown_maker",
        "made_at",
        "shown_checker",
        "published_at",
    )
    readonly_fields = ("shown_purpose", "plain_state", "shown_categories", "shown_optional")
    ordering = ("purpose", "-version")
    deeds = (
        Deed(
            "propose",
            _("写新的一版"),
            "consent_text.propose",
            what=lambda row: _(
                "以这一版为底稿写新的一版。另一位管理员发布以后，给过授权的成员会被再问一次。"
            ),
            do=_propose,
            done=_("新的一版已写好，等另一位管理员发布。"),
            form=TextForm,
            offered=lambda row: row.published_at is not None,
        ),
        Deed(
            "publish",
            _("发布"),
            "consent_text.publish",
            what=lambda row: (
                _("发布“%(title)s”第 %(version)s 版。发布以后不能再改。")
                % {"title": row.title, "version": row.version}
            ),
            do=lambda row, answers, by, at: services.publish_text(text_id=row.pk, by=by, at=at),
            done=_("已发布，从现在起生效。"),
            offered=lambda row: row.published_at is None,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request).select_related("made_by", "checked_by")
        # A text is for everybody; who wrote it is known only in the unions around.
        around = Post.objects.filter(union__path__in=paths_around(request, self.view_permission))
        return rows.annotate(
            maker_is_near=Exists(around.filter(user=OuterRef("made_by"))),
            checker_is_near=Exists(around.filter(user=OuterRef("checked_by"))),
        )

    @admin.display(description=_("经办人"), ordering="made_by")
    def shown_maker(self, row: Any) -> Any:
        return row.made_by if row.maker_is_near else _("其他工会的管理员")

    @admin.display(description=_("复核人"))
    def shown_checker(self, row: Any) -> Any:
        if row.checked_by is None:
            return "—"
        return row.checked_by if row.checker_is_near else _("其他工会的管理员")

    @admin.display(description=_("用途"), ordering="purpose")
    def shown_purpose(self, row: ConsentText) -> str:
        return str(purpose_of(row.purpose).title)

    @admin.display(description=_("状态"))
    def plain_state(self, row: ConsentText) -> str:
        """Published or not, in a word."""
        return str(self.shown_state(row)[1])

    @display(description=_("状态"), label=STATE_COLOURS)  # type: ignore[untyped-decorator]
    def shown_state(self, row: ConsentText) -> tuple[str, Any]:
        return ("published", _("已发布")) if row.published_at else ("draft", _("等发布"))

    @admin.display(description=_("要用的资料"))
    def shown_categories(self, row: ConsentText) -> str:
        return titles(row.categories)

    @admin.display(description=_("可以另外选的资料"))
    def shown_optional(self, row: ConsentText) -> str:
        return titles(row.optional_categories) or "—"


@admin.register(Recipient)
class RecipientAdmin(OfficerAdmin):
    """Who may receive members' data in the officer's unions, and institutions everywhere."""

    view_permission = "consent.view"
    union_lookup = None
    list_display = ("name", "kind", "contact", "union")
    list_filter = ("kind",)
    search_fields = ("name",)
    search_help_text = _("按名称查找")
    fields = ("name", "kind", "contact", "union", "cooperative")
    ordering = ("kind", "name", "pk")

    def bounded(self, rows: models.QuerySet[Any], request: HttpRequest) -> models.QuerySet[Any]:
        """Recipients of the officer's unions and those of no union."""
        reach = unions_where(request.user, self.view_permission, today())
        return rows.filter(Q(union__in=reach) | Q(union__isnull=True)).select_related("union")
