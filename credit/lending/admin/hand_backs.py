"""What came of transfers and goes back, in the officers' panel: watched until it is done."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from cooperative.membership.models import Member
from cooperative.membership.panel import Deed, reveals
from core.formats import format_yuan
from credit.lending.admin.parts import (
    COLOURS,
    NoteForm,
    PartyAdmin,
    by_id,
    file_link,
    shown_name,
    yuan,
)
from credit.lending.models import HandBack
from credit.lending.services.handing_back import resolve_hand_back

S = HandBack.State


class OpenFilter(admin.SimpleListFilter):
    """What has not gone back yet."""

    title = _("待办")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("还没退完"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.exclude(state=S.RETURNED) if self.value() == "yes" else queryset


@admin.register(HandBack)
class HandBackAdmin(PartyAdmin):
    """Sums that go back to lenders; those still open first, the oldest at the top."""

    view_permission = "loan.view"
    union_lookup = "share__loan__union"
    list_display = ("shown_loan", "shown_lender", "shown_amount", "opened_at", "shown_state")
    list_filter = (OpenFilter, "state")
    search_fields = ("share__loan__number", "slip_number")
    search_help_text = _("按合同编号或流水号查找")
    fields = (
        "shown_loan",
        "shown_lender",
        "shown_amount",
        "shown_state_words",
        "opened_at",
        "returned_on",
        "slip_number",
        "shown_slip",
        "declared_at",
        "note",
        "closed_by",
        "closed_at",
    )
    readonly_fields = (
        "shown_loan",
        "shown_lender",
        "shown_amount",
        "shown_state_words",
        "shown_slip",
    )
    deeds = (
        Deed(
            "returned",
            _("核实已退回"),
            "loan.convene",
            what=lambda row: _("看过双方的流水，钱确实退给了出借人。这件事就办完了。"),
            do=by_id(resolve_hand_back, "hand_back_id", "note"),
            done=_("已核实退回，双方会收到消息。"),
            form=NoteForm,
            offered=lambda row: row.state != S.RETURNED,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        rows = rows.select_related(
            "share__loan__membership__member", "share__membership__member", "slip", "closed_by"
        )
        return rows.annotate(may_reveal=reveals(request, "share__membership__member"))

    def parties(self, row: HandBack) -> list[Member]:
        return [row.share.membership.member, row.share.loan.membership.member]

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        done = models.Case(models.When(state=S.RETURNED, then=1), default=0)
        return [done, "opened_at", "pk"]

    def title_of(self, row: HandBack) -> str:
        return f"{row.share.loan.number} {format_yuan(row.amount)}"

    @admin.display(description=_("合同编号"), ordering="share__loan__number")
    def shown_loan(self, row: HandBack) -> str:
        return row.share.loan.number

    @admin.display(description=_("出借人"))
    def shown_lender(self, row: HandBack) -> str:
        return shown_name(row.share.membership, row)

    @admin.display(description=_("金额（元）"), ordering="amount")
    def shown_amount(self, row: HandBack) -> str:
        return yuan(row.amount)

    @admin.display(description=_("转账凭证"))
    def shown_slip(self, row: HandBack) -> str:
        return file_link(row.slip)

    @display(description=_("状态"), ordering="state", label=COLOURS)  # type: ignore[untyped-decorator]
    def shown_state(self, row: HandBack) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @admin.display(description=_("状态"))
    def shown_state_words(self, row: HandBack) -> str:
        return row.get_state_display()
