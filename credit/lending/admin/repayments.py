"""Payments in the officers' panel: disputes and reversals."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from cooperative.ledger.models import Entry
from cooperative.membership.panel import Deed, reveals
from core.formats import format_yuan
from credit.lending.admin.columns import OfShareAdmin
from credit.lending.admin.parts import (
    NoteForm,
    by_id,
    told,
)
from credit.lending.admin.parts import shown as shown_part
from credit.lending.models import Repayment
from credit.lending.services.repaying import resolve_repayment
from credit.lending.services.reversing import (
    Preview,
    confirm_reversal,
    drop_reversal,
    preview_of,
    propose_reversal,
)

S = Repayment.State


class WaitsFilter(admin.SimpleListFilter):
    """What waits for an officer."""

    title = _("待办")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("dispute", _("有争议")), ("reversal", _("冲正等复核"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "dispute":
            return queryset.filter(state=S.DISPUTED)
        if self.value() == "reversal":
            return queryset.filter(state=S.CONFIRMED, reversal_proposed_at__isnull=False)
        return queryset


class ReversalForm(forms.Form):
    """Why a payment never was: the books' reason, and words for the parties."""

    cause = forms.ChoiceField(
        label=_("原因"), choices=Entry.Reason.choices, widget=UnfoldAdminSelectWidget
    )
    reason = forms.CharField(
        label=_("具体情况（当事人会看到）"), max_length=300, widget=UnfoldAdminTextareaWidget
    )


def _received(row: Repayment, answers: dict[str, Any], by: Any, at: Any) -> None:
    resolve_repayment(repayment_id=row.pk, received=True, note=answers["note"], by=by, at=at)


def _not_received(row: Repayment, answers: dict[str, Any], by: Any, at: Any) -> None:
    resolve_repayment(repayment_id=row.pk, received=False, note=answers["note"], by=by, at=at)


def _what_changes(row: Repayment) -> str:
    """The share with and without the payment, in a sentence."""
    preview = told(lambda: preview_of(row, at=timezone.now()))
    if isinstance(preview, str):
        return preview
    return _in_words(preview)


def _in_words(preview: Preview) -> str:
    before, after = preview.before.standing, preview.after.standing
    words = gettext(
        "冲正以后，这笔 %(amount)s 元不算还款。未还本金从 %(before)s 元变成 %(after)s 元。"
    ) % {
        "amount": format_yuan(preview.repayment.amount),
        "before": format_yuan(before.principal_outstanding),
        "after": format_yuan(after.principal_outstanding),
    }
    return words + (gettext("这一份原来已还清，会重新变成还款中。") if preview.reopens else "")


@admin.register(Repayment)
class RepaymentAdmin(OfShareAdmin):
    """Payments; disputed ones and reversals that wait first."""

    list_display = (
        "shown_loan",
        "shown_lender",
        "shown_amount",
        "paid_on",
        "declared_side",
        "shown_state",
        "declared_at",
    )
    list_filter = (WaitsFilter, "state", "declared_side")
    search_fields = ("share__loan__number", "slip_number", "receipt_number")
    search_help_text = _("按合同编号、流水号或收据编号查找")
    fields = (
        "shown_loan",
        "shown_lender",
        "shown_amount",
        "paid_on",
        "slip_number",
        "shown_slip",
        "shown_state_words",
        "declared_side",
        "declared_at",
        "confirmed_at",
        "receipt_number",
        "shown_parts",
        "dispute",
        "disputed_at",
        "resolution",
        "reversal_cause",
        "reversal_reason",
        "reversal_proposed_by",
        "reversal_proposed_at",
        "reversed_by",
        "reversed_at",
        "shown_preview",
    )
    readonly_fields = (
        "shown_loan",
        "shown_lender",
        "shown_amount",
        "shown_slip",
        "shown_state_words",
        "shown_parts",
        "shown_preview",
    )
    deeds = (
        Deed(
            "received",
            _("核实已收到"),
            "loan.convene",
            what=lambda row: _("看过双方的流水，钱确实到了。从付款那天起算还款，不算逾期。"),
            do=_received,
            done=_("已核实，这笔还款已入账。"),
            form=NoteForm,
            offered=lambda row: row.state == S.DISPUTED,
        ),
        Deed(
            "not-received",
            _("核实没收到"),
            "loan.convene",
            what=lambda row: _("看过双方的流水，钱没有到。这笔登记作废，借款人要重新还。"),
            do=_not_received,
            done=_("已核实没有收到。"),
            form=NoteForm,
            offered=lambda row: row.state == S.DISPUTED,
        ),
        Deed(
            "reverse",
            _("提出冲正"),
            "loan.convene",
            what=_what_changes,
            do=by_id(propose_reversal, "repayment_id", "cause", "reason"),
            done=_("已提出，等另一位复核。"),
            form=ReversalForm,
            offered=lambda row: row.state == S.CONFIRMED and row.reversal_proposed_at is None,
            dangerous=True,
        ),
        Deed(
            "confirm-reversal",
            _("复核冲正"),
            "loan.approve",
            what=_what_changes,
            do=by_id(confirm_reversal, "repayment_id"),
            done=_("已冲正，双方会收到消息。"),
            offered=lambda row: row.state == S.CONFIRMED and row.reversal_proposed_at is not None,
            dangerous=True,
        ),
        Deed(
            "drop-reversal",
            _("不同意冲正"),
            "loan.approve",
            what=lambda row: _("这笔还款照旧有效。"),
            do=by_id(drop_reversal, "repayment_id"),
            done=_("没有冲正，还款照旧有效。"),
            offered=lambda row: row.state == S.CONFIRMED and row.reversal_proposed_at is not None,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        rows = rows.select_related(
            "share__loan",
            "share__membership__member",
            "slip",
            "reversal_proposed_by",
            "reversed_by",
        )
        return rows.annotate(may_reveal=reveals(request, "share__membership__member"))

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        first = models.Case(
            models.When(state=S.DISPUTED, then=0),
            models.When(state=S.CONFIRMED, reversal_proposed_at__isnull=False, then=0),
            models.When(state=S.DECLARED, then=1),
            default=2,
        )
        return [first, "-declared_at", "-pk"]

    @admin.display(description=_("还了什么"))
    def shown_parts(self, row: Repayment) -> Any:
        return shown_part("parts", row=row) if row.confirmed_at else "—"

    @admin.display(description=_("冲正会怎样"))
    def shown_preview(self, row: Repayment) -> str:
        waits = row.state == S.CONFIRMED and row.reversal_proposed_at is not None
        return _what_changes(row) if waits else "—"
