"""Consents on paper: what waits for the second officer first, each with its photograph."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from cooperative.consent import services
from cooperative.consent.access import CONFIRM, RECORD
from cooperative.consent.admin.base import ByMember
from cooperative.consent.admin.entering import Entering
from cooperative.consent.models import PaperConsent
from cooperative.consent.panel import RemarkForm
from cooperative.consent.rules.purposes import purpose_of
from cooperative.consent.shown import titles
from cooperative.membership.access import unions_where
from cooperative.membership.looks import record_look
from cooperative.membership.panel import Deed, request_can
from core.address import address_of
from core.dates import today
from core.formats import format_day
from core.models import StoredFile
from core.readonly import writes

S = PaperConsent.State
_COLOURS = {
    S.PROPOSED: "warning",
    S.CONFIRMED: "success",
    S.REJECTED: "danger",
    S.WITHDRAWN: "info",
}


def preview(file: StoredFile | None) -> str:
    """The photograph itself, or the name of the document, leading to the whole."""
    if file is None:
        return "—"
    address = reverse("file", args=[file.pk])
    if file.content_type.startswith("image/"):
        inside = format_html('<img src="{}" alt="{}" width="320">', address, file.original_name)
    else:
        inside = file.original_name
    return format_html('<a href="{}" target="_blank" rel="noopener">{}</a>', address, inside)


def _what_counts(row: PaperConsent) -> str:
    text = _(
        "请对着照片核对：%(name)s，%(day)s签，说明第 %(version)s 版，授权给%(recipient)s。"
        "通过以后“%(purpose)s”授权马上有效，成员会收到消息。"
    ) % {
        "name": row.member.name,
        "recipient": row.recipient.name,
        "version": row.text.version,
        "day": format_day(row.signed_on),
        "purpose": purpose_of(row.purpose).title,
    }
    return _with_photo(row, text)


def _whole_list(row: Any) -> str:
    text = _("这张名单上有 %(count)s 位等复核，一起通过。照片上少了谁的签字，请先单独退回那一位。")
    return _with_photo(row, text % {"count": row.on_sheet})


def _with_photo(row: PaperConsent, text: Any) -> str:
    return format_html("{}<br><br>{}", text, preview(row.evidence))


def _confirm(row: PaperConsent, answers: dict[str, Any], by: Any, at: datetime) -> None:
    services.confirm_papers(paper_ids=[row.pk], by=by, at=at)


def _confirm_list(row: PaperConsent, answers: dict[str, Any], by: Any, at: datetime) -> None:
    same = PaperConsent.objects.filter(evidence=row.evidence, union=row.union, state=S.PROPOSED)
    services.confirm_papers(paper_ids=list(same.values_list("pk", flat=True)), by=by, at=at)


@admin.register(PaperConsent)
class PaperConsentAdmin(Entering, ByMember):
    """Signed sheets of the officer's unions. Opening one is told to the member."""

    view_permission = "consent.view"
    union_lookup = "union"
    list_before_template = "consent/admin/list_deeds.html"
    list_display = (
        "shown_member",
        "shown_purpose",
        "recipient",
        "signed_on",
        "shown_state",
        "made_by",
        "made_at",
    )
    list_filter = ("state", "purpose")
    search_fields = ("member__name",)
    search_help_text = _("按成员姓名查找")
    fields = (
        "shown_member",
        "shown_purpose",
        "recipient",
        "text",
        "shown_categories",
        "signed_on",
        "shown_evidence",
        "shown_on_sheet",
        "shown_state_words",
        "remark",
        "made_by",
        "made_at",
        "checked_by",
        "checked_at",
        "withdrawn_by",
        "withdrawn_at",
    )
    readonly_fields = (
        "shown_member",
        "shown_purpose",
        "shown_categories",
        "shown_evidence",
        "shown_on_sheet",
        "shown_state_words",
    )
    deeds = (
        Deed(
            "confirm",
            _("复核通过"),
            CONFIRM,
            what=_what_counts,
            do=_confirm,
            done=_("已生效，成员会收到消息。"),
            offered=lambda row: row.state == S.PROPOSED,
        ),
        Deed(
            "confirm_list",
            _("整张名单一起通过"),
            CONFIRM,
            what=_whole_list,
            do=_confirm_list,
            done=_("整张名单已生效，成员会收到消息。"),
            offered=lambda row: row.state == S.PROPOSED and row.on_sheet > 1,
        ),
        Deed(
            "reject",
            _("退回"),
            CONFIRM,
            what=lambda row: _with_photo(
                row, _("照片和登记对不上的，退回给登记的同事，授权不算数。")
            ),
            do=lambda row, answers, by, at: services.reject_paper(
                paper_id=row.pk, remark=answers["reason"], by=by, at=at
            ),
            done=_("已退回，登记的同事会收到消息。"),
            form=RemarkForm,
            offered=lambda row: row.state == S.PROPOSED,
            dangerous=True,
        ),
        Deed(
            "take_back",
            _("收回登记"),
            RECORD,
            what=lambda row: _("登记错了，或者本人不想给了，就收回。还没复核的从来不算数。"),
            do=lambda row, answers, by, at: services.take_back_paper(
                paper_id=row.pk, reason=answers["reason"], by=by, at=at
            ),
            done=_("已收回。"),
            form=RemarkForm,
            offered=lambda row: row.state == S.PROPOSED,
        ),
    )

    def bounded(self, rows: models.QuerySet[Any], request: HttpRequest) -> models.QuerySet[Any]:
        """Sheets that were recorded in the officer's unions."""
        return rows.filter(union__in=unions_where(request.user, self.view_permission, today()))

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        waiting = PaperConsent.objects.filter(
            evidence=OuterRef("evidence"), union=OuterRef("union"), state=S.PROPOSED
        )
        count = waiting.order_by().values("evidence").annotate(n=Count("pk")).values("n")
        return rows.select_related(
            "union", "recipient", "text", "evidence", "made_by", "checked_by", "withdrawn_by"
        ).annotate(on_sheet=Coalesce(Subquery(count), 0))

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        first = models.Case(models.When(state=S.PROPOSED, then=0), default=1)
        return [first, "-made_at", "-pk"]

    def get_urls(self) -> list[URLPattern]:
        return self.entering_urls() + super().get_urls()

    def title_of(self, row: PaperConsent) -> Any:
        return row.text.title

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {**(extra_context or {}), "may_record": request_can(request, RECORD)}
        return super().changelist_view(request, context)

    @writes("GET")
    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        row = self.get_object(request, object_id)
        if row is not None and request.method == "GET" and sees_sheets(request):
            record_look(
                member=row.member,
                by=request.user,
                purpose="paper_consent",
                categories=["name", "identity_number"],
                at=timezone.now(),
                address=address_of(request),
            )
        return super().change_view(request, object_id, *args, **kwargs)

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        row = super().get_object(request, *args, **kwargs)
        if row is not None:
            row.is_open = sees_sheets(request)
        return row

    @admin.display(description=_("用途"), ordering="purpose")
    def shown_purpose(self, row: PaperConsent) -> str:
        return str(purpose_of(row.purpose).title)

    @admin.display(description=_("资料"))
    def shown_categories(self, row: PaperConsent) -> str:
        return titles(row.categories)

    @admin.display(description=_("签字的纸"))
    def shown_evidence(self, row: Any) -> str:
        return preview(row.evidence) if row.is_open else _("只有经办和复核可以看照片。")

    @admin.display(description=_("同一张纸上等复核的"))
    def shown_on_sheet(self, row: Any) -> Any:
        return _("%(count)s 位") % {"count": row.on_sheet}

    @admin.display(description=_("状态"))
    def shown_state_words(self, row: PaperConsent) -> str:
        return row.get_state_display()

    @display(description=_("状态"), ordering="state", label=_COLOURS)  # type: ignore[untyped-decorator]
    def shown_state(self, row: PaperConsent) -> tuple[str, str]:
        return row.state, row.get_state_display()


def sees_sheets(request: HttpRequest) -> bool:
    """Whether photographs of sheets are open to this officer."""
    return request_can(request, RECORD) or request_can(request, CONFIRM)
