"""Each lender's part in the officers' panel: transfers that did not go smoothly."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from cooperative.membership.models import Member
from cooperative.membership.panel import (
    DayInput,
    Deed,
    OfficerTabularInline,
    reveals,
)
from core.audit_words import actor_name
from core.dates import today
from credit.lending.admin.columns import StateColumns
from credit.lending.admin.costs import RECORD_COST
from credit.lending.admin.parts import (
    COLOURS,
    NoteForm,
    PartyAdmin,
    ReasonForm,
    by_id,
    file_link,
    overdue_days,
    percent,
    shown_name,
    yuan,
)
from credit.lending.models import LoanEvent, Share
from credit.lending.selectors.transfers import arrival_days, is_unanswered
from credit.lending.services.delivery import lapse_share, resolve_transfer

S = Share.State


class ArrivedForm(NoteForm):
    """The transfer came after all."""

    arrived_on = forms.DateField(label=_("到账日期"), widget=DayInput)


class NotArrivedForm(NoteForm):
    """It did not, or not whole: then what came is owed back once the share comes to nothing."""

    came = forms.DecimalField(
        label=_("其中已经到了多少元"),
        max_digits=12,
        decimal_places=2,
        min_value=0,
        required=False,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text=_("不填就按借款人说的数；一分没到填 0。到了的钱要么由出借人补齐，要么退回。"),
    )


def _arrived(row: Share, answers: dict[str, Any], by: Any, at: Any) -> None:
    resolve_transfer(share_id=row.pk, arrived=True, **answers, by=by, at=at)


def _did_not_arrive(row: Share, answers: dict[str, Any], by: Any, at: Any) -> None:
    resolve_transfer(share_id=row.pk, arrived=False, arrived_on=None, **answers, by=by, at=at)


def _is_ours(row: Share) -> bool:
    """Disputed, or declared and not answered for the union's days."""
    if row.state == S.DISPUTED:
        return True
    return row.state == S.SENT and is_unanswered(
        row, today(), arrival_days(row.loan.union.path, today())
    )


class EventInline(OfficerTabularInline):
    """What happened to the share, in the order it was recorded."""

    model = LoanEvent
    fields = ("sequence", "kind", "on", "amount", "who", "at")
    readonly_fields = ("who",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related("by").order_by("sequence")

    @admin.display(description=_("经手人"))
    def who(self, row: LoanEvent) -> Any:
        return actor_name(row.by) or _("系统")


@admin.register(Share)
class ShareAdmin(StateColumns, PartyAdmin):
    """Shares; disputed transfers first."""

    view_permission = "loan.view"
    union_lookup = "loan__union"
    list_display = (
        "shown_loan",
        "shown_member",
        "shown_amount",
        "shown_outstanding",
        "next_due_on",
        "shown_bucket",
        "shown_state",
    )
    list_filter = ("state", "bucket")
    search_fields = ("loan__number", "membership__member__name")
    search_help_text = _("按合同编号或出借人姓名查找")
    fields = (
        "shown_loan",
        "shown_member",
        "shown_amount",
        "shown_state_words",
        "sent_on",
        "slip_number",
        "shown_slip",
        "arrived_amount",
        "delivered_on",
        "shown_rate",
        "shown_outstanding",
        "interest_paid",
        "overdue_interest_paid",
        "costs_paid",
        "unallocated",
        "next_due_on",
        "shown_late_days",
        "settled_on",
        "note",
    )
    readonly_fields = (
        "shown_loan",
        "shown_member",
        "shown_amount",
        "shown_state_words",
        "shown_slip",
        "shown_rate",
        "shown_outstanding",
        "shown_late_days",
    )
    inlines = (EventInline,)
    deeds = (
        Deed(
            "arrived",
            _("核实已到账"),
            "loan.convene",
            what=lambda row: _("看过双方的流水，钱确实到了。借款从到账那天成立，利息从那天起算。"),
            do=_arrived,
            done=_("已核实到账，这一份借款成立。"),
            form=ArrivedForm,
            offered=_is_ours,
        ),
        Deed(
            "not-arrived",
            _("核实没到账"),
            "loan.convene",
            what=lambda row: _("看过双方的流水，钱没有到。出借人可以重新转款、重新登记。"),
            do=_did_not_arrive,
            done=_("已核实没有到账，请出借人再办。"),
            form=NotArrivedForm,
            offered=_is_ours,
        ),
        Deed(
            "lapse",
            _("取消这一份"),
            "loan.convene",
            what=lambda row: _("这位出借人不转了，其余各份照常。借款本金只算实际到账的。"),
            do=by_id(lapse_share, "share_id", "reason"),
            done=_("这一份已取消。"),
            form=ReasonForm,
            offered=lambda row: row.state == S.AGREED and row.loan.state in ("signed", "active"),
            dangerous=True,
        ),
        RECORD_COST,
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = (
            super()
            .get_queryset(request)
            .select_related("membership__member", "loan__membership__member", "loan__union", "slip")
        )
        return rows.annotate(may_reveal=reveals(request, "membership__member"))

    def parties(self, row: Share) -> list[Member]:
        return [row.membership.member, row.loan.membership.member]

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        first = models.Case(
            models.When(state=S.DISPUTED, then=0),
            models.When(state__in=[S.AGREED, S.SENT], then=1),
            models.When(state=S.FORMED, then=2),
            default=3,
        )
        return [first, models.F("overdue_since").asc(nulls_last=True), "-pk"]

    def title_of(self, row: Share) -> str:
        return f"{row.loan.number} {shown_name(row.membership, row)}"

    @admin.display(description=_("合同编号"), ordering="loan__number")
    def shown_loan(self, row: Share) -> str:
        return row.loan.number

    @admin.display(description=_("出借人"), ordering="membership__member__name")
    def shown_member(self, row: Share) -> str:
        return shown_name(row.membership, row)

    @admin.display(description=_("金额（元）"), ordering="amount")
    def shown_amount(self, row: Share) -> str:
        return yuan(row.amount)

    @admin.display(description=_("未还本金（元）"), ordering="principal_outstanding")
    def shown_outstanding(self, row: Share) -> str:
        return yuan(row.principal_outstanding)

    @admin.display(description=_("执行年利率"))
    def shown_rate(self, row: Share) -> str:
        return percent(row.annual_rate)

    @admin.display(description=_("逾期天数"))
    def shown_late_days(self, row: Share) -> Any:
        return overdue_days(row.overdue_since, today()) or "—"

    @admin.display(description=_("转账凭证"))
    def shown_slip(self, row: Share) -> str:
        return file_link(row.slip)

    @display(description=_("逾期"), ordering="bucket", label=COLOURS)  # type: ignore[untyped-decorator]
    def shown_bucket(self, row: Share) -> tuple[str, str]:
        return row.bucket, row.get_bucket_display()
