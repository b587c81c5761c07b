"""Extensions and write-offs in the officers' panel."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cooperative.membership.models import Member
from cooperative.membership.panel import Deed, reveals
from core.dates import today
from core.errors import Refused
from core.formats import format_day, format_yuan
from core.sentences import in_a_row
from credit.lending.admin.columns import StateColumns
from credit.lending.admin.parts import PartyAdmin, ReasonForm, by_id, shown_name, yuan
from credit.lending.admin.parts import shown as shown_part
from credit.lending.limit_words import warning_of
from credit.lending.models import Extension, WriteOff
from credit.lending.selectors.extending import findings_of
from credit.lending.services import extending, troubles


def _warnings(row: Extension) -> list[str]:
    """What of an undecided extension passes a warning level, or why nobody can say, in words."""
    try:
        return [warning_of(finding) for finding in findings_of(row, today()) if not finding.stops]
    except Refused as refused:
        return [str(refused)]


@admin.register(Extension)
class ExtensionAdmin(StateColumns, PartyAdmin):
    """Loans that should end later; those that wait first."""

    view_permission = "loan.view"
    union_lookup = "loan__union"
    list_display = ("shown_loan", "shown_member", "ends_on", "shown_state", "asked_at")
    list_filter = ("state",)
    search_fields = ("loan__number",)
    search_help_text = _("按合同编号查找")
    fields = (
        "shown_loan",
        "shown_member",
        "shown_old_end",
        "ends_on",
        "reason",
        "shown_state_words",
        "shown_consents",
        "asked_at",
        "proposed_by",
        "proposed_at",
        "decided_by",
        "decided_at",
        "remark",
    )
    readonly_fields = (
        "shown_loan",
        "shown_member",
        "shown_old_end",
        "shown_state_words",
        "shown_consents",
    )
    deeds = (
        Deed(
            "propose",
            _("请另一位复核"),
            "loan.convene",
            what=lambda row: in_a_row(
                _("每位出借人都同意以后才能请另一位复核。一笔借款只能展期一次。"), *_warnings(row)
            ),
            do=by_id(extending.propose_extension, "extension_id"),
            done=_("已请另一位复核。"),
            offered=lambda row: row.state == Extension.State.ASKED,
        ),
        Deed(
            "confirm",
            _("复核同意"),
            "loan.approve",
            what=lambda row: in_a_row(
                _("同意后，这笔借款的到期日改为%(day)s，各方会收到新的还款计划。")
                % {"day": format_day(row.ends_on)},
                *_warnings(row),
            ),
            do=by_id(extending.confirm_extension, "extension_id"),
            done=_("已展期。"),
            offered=lambda row: row.state == Extension.State.PROPOSED,
        ),
        Deed(
            "refuse",
            _("不同意"),
            "loan.convene",
            what=lambda row: _("到期日不变。请写明原因，借款人会看到。"),
            do=by_id(extending.refuse_extension, "extension_id", "reason"),
            done=_("已答复。"),
            form=ReasonForm,
            offered=lambda row: row.state == Extension.State.ASKED,
            dangerous=True,
        ),
        Deed(
            "refuse-review",
            _("复核不同意"),
            "loan.approve",
            what=lambda row: _("到期日不变。请写明原因，借款人会看到。"),
            do=by_id(extending.refuse_extension, "extension_id", "reason"),
            done=_("已答复。"),
            form=ReasonForm,
            offered=lambda row: row.state == Extension.State.PROPOSED,
            dangerous=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        rows = rows.select_related("loan__membership__member", "proposed_by", "decided_by")
        return rows.annotate(may_reveal=reveals(request, "loan__membership__member"))

    def parties(self, row: Extension) -> list[Member]:
        return [row.loan.membership.member]

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        first = models.Case(models.When(state__in=["asked", "proposed"], then=0), default=1)
        return [first, "-asked_at", "-pk"]

    def title_of(self, row: Extension) -> str:
        return row.loan.number

    @admin.display(description=_("合同编号"), ordering="loan__number")
    def shown_loan(self, row: Extension) -> str:
        return row.loan.number

    @admin.display(description=_("借款人"))
    def shown_member(self, row: Extension) -> str:
        return shown_name(row.loan.membership, row)

    @admin.display(description=_("合同的到期日"))
    def shown_old_end(self, row: Extension) -> str:
        return format_day(row.loan.ends_on)

    @admin.display(description=_("出借人的答复"))
    def shown_consents(self, row: Extension) -> Any:
        consents = row.consents.select_related("share__membership__member").order_by("at", "pk")
        lines = [
            {"name": shown_name(c.share.membership, row), "agreed": c.agreed, "at": c.at}
            for c in consents
        ]
        return shown_part("consents", lines=lines)


@admin.register(WriteOff)
class WriteOffAdmin(StateColumns, PartyAdmin):
    """Loans that are given up in the books; two people for each."""

    view_permission = "loan.view"
    union_lookup = "loan__union"
    list_display = ("shown_loan", "shown_member", "shown_amount", "shown_state", "made_by")
    list_filter = ("state",)
    search_fields = ("loan__number",)
    search_help_text = _("按合同编号查找")
    fields = (
        "shown_loan",
        "shown_member",
        "shown_amount",
        "reason",
        "shown_state_words",
        "made_by",
        "made_at",
        "checked_by",
        "checked_at",
        "remark",
    )
    readonly_fields = ("shown_loan", "shown_member", "shown_amount", "shown_state_words")
    deeds = (
        Deed(
            "confirm",
            _("复核核销"),
            "loan.approve",
            what=lambda row: (
                _("核销本金 %(amount)s 元。核销只是记账，债还在，担保人的责任也还在。")
                % {"amount": format_yuan(row.amount)}
            ),
            do=by_id(troubles.confirm_write_off, "write_off_id"),
            done=_("已核销，双方会收到消息。"),
            offered=lambda row: row.state == WriteOff.State.PROPOSED,
            dangerous=True,
        ),
        Deed(
            "return",
            _("退回"),
            "loan.approve",
            what=lambda row: _("不核销，照常催还和调解。"),
            do=lambda row, answers, by, at: troubles.return_write_off(
                write_off_id=row.pk, remark=answers["reason"], by=by, at=at
            ),
            done=_("已退回。"),
            form=ReasonForm,
            offered=lambda row: row.state == WriteOff.State.PROPOSED,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        rows = rows.select_related("loan__membership__member", "made_by", "checked_by")
        return rows.annotate(may_reveal=reveals(request, "loan__membership__member"))

    def parties(self, row: WriteOff) -> list[Member]:
        return [row.loan.membership.member]

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return [models.Case(models.When(state="proposed", then=0), default=1), "-made_at", "-pk"]

    def title_of(self, row: WriteOff) -> str:
        return row.loan.number

    @admin.display(description=_("合同编号"), ordering="loan__number")
    def shown_loan(self, row: WriteOff) -> str:
        return row.loan.number

    @admin.display(description=_("借款人"))
    def shown_member(self, row: WriteOff) -> str:
        return shown_name(row.loan.membership, row)

    @admin.display(description=_("核销本金（元）"), ordering="amount")
    def shown_amount(self, row: WriteOff) -> str:
        return yuan(row.amount)
