"""Contracts in the officers' panel: who signed, what is owed, what was said when it went wrong."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Max, Min, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextareaWidget,
)

from cooperative.membership.models import Member
from cooperative.membership.panel import DayInput, Deed, OfficerTabularInline, reveals
from core.dates import today
from core.errors import NotFound
from core.exact import ZERO
from core.formats import format_yuan_short
from core.masking import mask_name
from core.money import MoneyField
from core.readonly import writes
from credit.lending.admin.parts import (
    COLOURS,
    PartyAdmin,
    ReasonForm,
    by_id,
    overdue_days,
    percent,
    shown_name,
    told,
    yuan,
)
from credit.lending.admin.parts import shown as shown_part
from credit.lending.models import Loan, Mediation, Share, Signature
from credit.lending.selectors.loans import LoanPage, loan_page
from credit.lending.selectors.overview import shares_of
from credit.lending.services import troubles
from credit.lending.services.contract_files import erased_words
from credit.lending.services.contracts import cancel_loan, contract_pdf

S = Loan.State


class MediationForm(forms.Form):
    """One talk about an overdue loan."""

    manner = forms.ChoiceField(
        label=_("方式"), choices=Mediation.Manner.choices, widget=UnfoldAdminSelectWidget
    )
    held_at = forms.SplitDateTimeField(label=_("时间"), widget=UnfoldAdminSplitDateTimeWidget)
    summary = forms.CharField(
        label=_("谈了什么（双方会看到）"), max_length=500, widget=UnfoldAdminTextareaWidget
    )
    promised_on = forms.DateField(label=_("答应哪天还"), required=False, widget=DayInput)
    promised_amount = forms.DecimalField(
        label=_("答应还多少（元）"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
    )


class OverdueFilter(admin.SimpleListFilter):
    """How late a loan is."""

    title = _("逾期")
    parameter_name = "overdue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("any", _("有逾期")), *Share.Bucket.choices[1:]]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        wanted = self.value()
        if not wanted:
            return queryset
        late = Share.objects.filter(state=Share.State.FORMED).exclude(bucket="current")
        if wanted != "any":
            late = late.filter(bucket=wanted)
        return queryset.filter(pk__in=late.values("loan"))


class SignatureInline(OfficerTabularInline):
    """Who has signed which document, when."""

    model = Signature
    fields = ("role", "signed_at", "phone_tail", "document_sha256")


class MediationInline(OfficerTabularInline):
    """Talks about the loan."""

    model = Mediation
    fields = ("manner", "held_at", "summary", "promised_on", "promised_amount", "by")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related("by").order_by("-held_at", "-pk")


@admin.register(Loan)
class LoanAdmin(PartyAdmin):
    """Loans; overdue ones first."""

    view_permission = "loan.view"
    list_display = (
        "number",
        "shown_member",
        "union",
        "shown_principal",
        "shown_outstanding",
        "shown_late_days",
        "shown_state",
        "ends_on",
    )
    list_filter = (OverdueFilter, "state", "method")
    search_fields = ("number", "membership__member__name")
    search_help_text = _("按合同编号或借款人姓名查找")
    fieldsets = (
        (
            _("合同"),
            {
                "fields": (
                    "number",
                    "shown_member",
                    "union",
                    "shown_principal",
                    "shown_rate",
                    "shown_overdue_rate",
                    "method",
                    "ends_on",
                    "payee",
                    "payee_name",
                    "shown_contract",
                    "contract_sha256",
                )
            },
        ),
        (
            _("办到哪一步"),
            {
                "fields": (
                    "shown_state_words",
                    "drawn_by",
                    "drawn_at",
                    "signed_at",
                    "deliver_by",
                    "ended_at",
                    "reason",
                )
            },
        ),
        (_("每位出借人"), {"fields": ("shown_shares",)}),
        (_("还款计划"), {"fields": ("shown_schedule",)}),
    )
    readonly_fields = (
        "shown_member",
        "shown_principal",
        "shown_rate",
        "shown_overdue_rate",
        "shown_contract",
        "shown_state_words",
        "shown_shares",
        "shown_schedule",
    )
    inlines = (SignatureInline, MediationInline)
    deeds = (
        Deed(
            "cancel",
            _("取消合同"),
            "loan.convene",
            what=lambda row: _(
                "合同作废，没有转的款不用再转，申请回到“已经凑齐”。已经转出的款要先核实，不能取消。"
            ),
            do=by_id(cancel_loan, "loan_id", "reason"),
            done=_("合同已取消，各方会收到消息。"),
            form=ReasonForm,
            offered=lambda row: row.state in (S.DRAWN, S.SIGNED),
            dangerous=True,
        ),
        Deed(
            "mediate",
            _("记录调解"),
            "loan.convene",
            what=lambda row: _(
                "把谈的情况记下来。只在白天联系，好好说话，不催逼。双方都会看到这条记录。"
            ),
            do=by_id(
                troubles.record_mediation,
                "loan_id",
                "manner",
                "held_at",
                "summary",
                "promised_on",
                "promised_amount",
            ),
            done=_("已记录。"),
            form=MediationForm,
            offered=lambda row: row.state == S.ACTIVE,
        ),
        Deed(
            "write-off",
            _("提出核销"),
            "loan.convene",
            what=lambda row: (
                _(
                    "还有 %(amount)s 元本金收不回来，提请另一位复核核销。核销只是记账，"
                    "不免除借款人的债，也不免除担保人的责任，以后还上的照样入账。"
                )
                % {"amount": format_yuan_short(row.outstanding)}
            ),
            do=by_id(troubles.propose_write_off, "loan_id", "reason"),
            done=_("已提出，等另一位复核。"),
            form=ReasonForm,
            offered=lambda row: row.state == S.ACTIVE,
            dangerous=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        outstanding = Coalesce(
            Sum("shares__principal_outstanding"), ZERO, output_field=MoneyField()
        )
        rows = (
            super()
            .get_queryset(request)
            .select_related(
                "membership__member", "membership__union", "union", "drawn_by", "request"
            )
        )
        return rows.annotate(
            outstanding=outstanding,
            late_since=Min("shares__overdue_since"),
            last_paid_on=Max("shares__settled_on"),
            may_reveal=reveals(request, "membership__member"),
        )

    def parties(self, row: Loan) -> list[Member]:
        return [row.membership.member, *(share.membership.member for share in shares_of(row))]

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        ended = models.Case(
            models.When(state__in=[S.SETTLED, S.WRITTEN_OFF, S.CANCELLED], then=1), default=0
        )
        return [ended, models.F("late_since").asc(nulls_last=True), "-drawn_at", "-pk"]

    def get_urls(self) -> list[URLPattern]:
        contract = path(
            "<path:object_id>/contract/",
            self.admin_site.admin_view(self.contract),
            name="lending_loan_contract",
        )
        return [contract, *super().get_urls()]

    @method_decorator(never_cache)
    @writes("GET")
    def contract(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The contract, for officers who may see the parties whole."""
        row = self.get_object(request, object_id)
        if row is None or not row.may_reveal:
            raise NotFound()
        self.look_at(request, row, ["identity_number", "phone", "repayment"])
        return HttpResponse(
            contract_pdf(row),
            content_type="application/pdf",
            headers={"Content-Disposition": f'inline; filename="{row.number}.pdf"'},
        )

    def title_of(self, row: Loan) -> str:
        return row.number

    @admin.display(description=_("借款人"), ordering="membership__member__name")
    def shown_member(self, row: Loan) -> str:
        return shown_name(row.membership, row)

    @admin.display(description=_("本金（元）"), ordering="principal")
    def shown_principal(self, row: Loan) -> str:
        return yuan(row.principal)

    @admin.display(description=_("未还本金（元）"), ordering="outstanding")
    def shown_outstanding(self, row: Any) -> str:
        return yuan(row.outstanding)

    @admin.display(description=_("逾期天数"), ordering="late_since")
    def shown_late_days(self, row: Any) -> Any:
        return overdue_days(row.late_since, today()) or "—"

    @admin.display(description=_("年利率"))
    def shown_rate(self, row: Loan) -> str:
        return percent(row.annual_rate)

    @admin.display(description=_("逾期年利率"))
    def shown_overdue_rate(self, row: Loan) -> str:
        return percent(row.overdue_rate)

    @display(description=_("状态"), ordering="state", label=COLOURS)  # type: ignore[untyped-decorator]
    def shown_state(self, row: Loan) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @admin.display(description=_("状态"))
    def shown_state_words(self, row: Loan) -> str:
        return row.get_state_display()

    @admin.display(description=_("合同"))
    def shown_contract(self, row: Any) -> str:
        if not row.may_reveal:
            return "—"
        if row.contract_erased_at is not None:
            return str(erased_words(row))
        url = reverse("admin:lending_loan_contract", args=[row.pk])
        return format_html('<a href="{}">{}</a>', url, _("打开合同"))

    @admin.display(description=_("出借份额"))
    def shown_shares(self, row: Any) -> Any:
        page = _page(row)
        if isinstance(page, str):
            return page
        return shown_part("shares", lines=[_share_line(view, row) for view in page.shares])

    @admin.display(description=_("还款计划"))
    def shown_schedule(self, row: Loan) -> Any:
        page = _page(row)
        return page if isinstance(page, str) else shown_part("schedule", page=page)


def _page(row: Any) -> LoanPage | str:
    """The loan today, read once for both parts of its page; or why it cannot be."""
    if not hasattr(row, "page_of_today"):
        row.page_of_today = told(lambda: loan_page(row, today()))
    return row.page_of_today  # type: ignore[no-any-return]


def _share_line(view: Any, row: Any) -> dict[str, Any]:
    share = view.share
    name = share.membership.member.name
    return {
        "pk": share.pk,
        "name": name if row.may_reveal else mask_name(name),
        "state": share.get_state_display(),
        "amount": share.amount,
        "outstanding": share.principal_outstanding,
        "due": view.due,
        "bucket": share.get_bucket_display(),
    }
