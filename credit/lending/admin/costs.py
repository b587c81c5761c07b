"""Costs of realising a claim in the officers' panel: recorded from a share, decided here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
)

from cooperative.membership.panel import DayInput, Deed, reveals
from core.formats import format_yuan
from core.sentences import in_a_row
from credit.lending.admin.columns import OfShareAdmin
from credit.lending.admin.parts import (
    ReasonForm,
    by_id,
    file_link,
)
from credit.lending.evidence import accept_slip
from credit.lending.models import Cost, Share
from credit.lending.services import cost_reversing, costs

S = Cost.State


class CostForm(forms.Form):
    """What a lender spent, on what, and the proof."""

    kind = forms.ChoiceField(
        label=_("种类"),
        choices=Cost.Kind.choices,
        widget=UnfoldAdminSelectWidget,
        help_text=_("法院判给对方承担的诉讼费不在这里登记，请写进调解记录。"),
    )
    amount = forms.DecimalField(
        label=_("金额（元）"),
        max_digits=12,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
    )
    borne_on = forms.DateField(label=_("哪天花的"), widget=DayInput)
    reason = forms.CharField(
        label=_("为什么花（双方会看到）"), max_length=300, widget=UnfoldAdminTextareaWidget
    )
    evidence = forms.FileField(label=_("票据（照片或文档）"), widget=UnfoldAdminFileFieldWidget)


def _record(row: Share, answers: dict[str, Any], by: Any, at: datetime) -> Cost:
    """The proof and the cost together or not at all."""
    given = dict(answers)
    upload = given.pop("evidence")
    with transaction.atomic():
        evidence = accept_slip(loan=row.loan, upload=upload, by=by, at=at)
        return costs.record_cost(share_id=row.pk, evidence=evidence, **given, by=by, at=at)


RECORD_COST = Deed(
    "cost",
    _("登记追款费用"),
    "loan.convene",
    what=lambda row: _(
        "出借人为追这笔逾期的钱花的费用。登记以后告诉双方，借款人可以提出不同说法，另一位复核同意了才计入。"
    ),
    do=_record,
    done=_("已登记，等另一位复核。"),
    form=CostForm,
    offered=lambda row: row.state == Share.State.FORMED,
)


def _what_follows(row: Cost) -> str:
    """What confirming does, and the borrower's word where there is one."""
    if row.objection:
        said = gettext("借款人说：%(words)s") % {"words": row.objection}
    else:
        said = gettext("借款人没有提出不同说法。")
    return in_a_row(
        gettext(
            "同意后，%(amount)s 元从今天起由借款人承担，还款先抵这笔费用；和利息加在一起不超过法定上限。"
        )
        % {"amount": format_yuan(row.amount)},
        said,
    )


def _reversal_waits(row: Cost) -> bool:
    return row.state == S.CONFIRMED and row.reversal_proposed_at is not None


def _what_goes(row: Cost) -> str:
    return gettext(
        "提出的原因：%(reason)s。同意后，借款人不用付这 %(amount)s 元，其他要还的重新算。"
    ) % {
        "reason": row.reversal_reason,
        "amount": format_yuan(row.amount),
    }


class WaitsFilter(admin.SimpleListFilter):
    """What waits for a second officer."""

    title = _("待办")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("decision", _("费用等复核")), ("reversal", _("撤销等复核"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "decision":
            return queryset.filter(state=S.PROPOSED)
        if self.value() == "reversal":
            return queryset.filter(state=S.CONFIRMED, reversal_proposed_at__isnull=False)
        return queryset


@admin.register(Cost)
class CostAdmin(OfShareAdmin):
    """Costs that lenders bore; those that wait first, two people for each."""

    list_display = (
        "shown_loan",
        "shown_lender",
        "kind",
        "shown_amount",
        "borne_on",
        "shown_objected",
        "shown_state",
        "made_by",
    )
    list_filter = (WaitsFilter, "state", "kind")
    search_fields = ("share__loan__number",)
    search_help_text = _("按合同编号查找")
    fields = (
        "shown_loan",
        "shown_lender",
        "kind",
        "shown_amount",
        "borne_on",
        "reason",
        "shown_evidence",
        "shown_state_words",
        "objection",
        "objected_at",
        "made_by",
        "made_at",
        "checked_by",
        "checked_at",
        "remark",
        "lapsed_at",
        "reversal_reason",
        "reversal_proposed_by",
        "reversal_proposed_at",
        "reversed_by",
        "reversed_at",
    )
    readonly_fields = (
        "shown_loan",
        "shown_lender",
        "shown_amount",
        "shown_evidence",
        "shown_state_words",
    )
    deeds = (
        Deed(
            "confirm",
            _("复核同意"),
            "loan.approve",
            what=_what_follows,
            do=by_id(costs.confirm_cost, "cost_id"),
            done=_("已计入，双方会收到消息。"),
            offered=lambda row: row.state == S.PROPOSED,
        ),
        Deed(
            "drop",
            _("不计入"),
            "loan.approve",
            what=lambda row: _("借款人不用付这笔费用。请写明原因，双方会看到。"),
            do=lambda row, answers, by, at: costs.drop_cost(
                cost_id=row.pk, remark=answers["reason"], by=by, at=at
            ),
            done=_("没有计入，双方会收到消息。"),
            form=ReasonForm,
            offered=lambda row: row.state == S.PROPOSED,
        ),
        Deed(
            "reverse",
            _("提出撤销"),
            "loan.convene",
            what=lambda row: _(
                "登记错了、还没有还款抵过的费用可以撤销。另一位复核同意后，借款人不用付。"
            ),
            do=by_id(cost_reversing.propose_cost_reversal, "cost_id", "reason"),
            done=_("已提出，等另一位复核。"),
            form=ReasonForm,
            offered=lambda row: row.state == S.CONFIRMED and row.reversal_proposed_at is None,
            dangerous=True,
        ),
        Deed(
            "confirm-reversal",
            _("复核撤销"),
            "loan.approve",
            what=_what_goes,
            do=by_id(cost_reversing.confirm_cost_reversal, "cost_id"),
            done=_("已撤销，双方会收到消息。"),
            offered=_reversal_waits,
            dangerous=True,
        ),
        Deed(
            "drop-reversal",
            _("不同意撤销"),
            "loan.approve",
            what=lambda row: _("这笔费用照旧由借款人承担。"),
            do=by_id(cost_reversing.drop_cost_reversal, "cost_id"),
            done=_("没有撤销，费用照旧计入。"),
            offered=_reversal_waits,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        rows = rows.select_related(
            "share__loan__membership__member",
            "share__membership__member",
            "evidence",
            "made_by",
            "checked_by",
            "reversal_proposed_by",
            "reversed_by",
        )
        return rows.annotate(may_reveal=reveals(request, "share__membership__member"))

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        first = models.Case(
            models.When(state=S.PROPOSED, then=0),
            models.When(state=S.CONFIRMED, reversal_proposed_at__isnull=False, then=0),
            default=1,
        )
        return [first, "-made_at", "-pk"]

    @admin.display(description=_("借款人有不同说法"), boolean=True)
    def shown_objected(self, row: Cost) -> bool:
        return bool(row.objection)

    @admin.display(description=_("票据"))
    def shown_evidence(self, row: Cost) -> str:
        return file_link(row.evidence)
