"""What came of transfers and goes back, in the officers' panel: watched until it is done."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cooperative.membership.panel import Deed, reveals
from credit.lending.admin.columns import OfShareAdmin
from credit.lending.admin.parts import (
    NoteForm,
    by_id,
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
class HandBackAdmin(OfShareAdmin):
    """Sums that go back to lenders; those still open first, the oldest at the top."""

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

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        done = models.Case(models.When(state=S.RETURNED, then=1), default=0)
        return [done, "opened_at", "pk"]
