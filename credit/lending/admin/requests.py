"""Loan requests in the officers' panel: review, convene, invite, draw."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from cooperative.membership.models import Member
from cooperative.membership.panel import Deed, OfficerForm, once, reveals
from core.dates import today
from core.formats import format_yuan_short
from core.masking import mask_account, mask_name
from core.sentences import listed
from credit.lending.admin.columns import StateColumns
from credit.lending.admin.parts import (
    PartyAdmin,
    ReasonForm,
    by_id,
    percent,
    shown_name,
    told,
    yuan,
)
from credit.lending.admin.parts import shown as shown_part
from credit.lending.limit_words import figure, title_of
from credit.lending.models import LoanRequest
from credit.lending.pages.credit import credit_lines
from credit.lending.selectors.candidates import candidates_for
from credit.lending.selectors.limits import counters_of_member
from credit.lending.selectors.rates import ceiling_on
from credit.lending.selectors.requests import (
    missing_of,
    past_of,
    pledges_of,
    requests_with_pledges,
)
from credit.lending.services import convening, reviewing
from credit.lending.services.contracts import draw_contract

_HUNDRED = Decimal(100)
S = LoanRequest.State


class RateForm(OfficerForm):
    """The rate that is offered to those invited."""

    rate_percent = forms.DecimalField(
        label=_("召集年利率（%）"),
        min_value=0,
        max_digits=6,
        decimal_places=4,
        widget=UnfoldAdminDecimalFieldWidget,
    )

    def for_officer(self, user: Any, row: LoanRequest) -> None:
        field = self.fields["rate_percent"]
        field.initial = (row.highest_rate * _HUNDRED).normalize()
        field.help_text = gettext("借款人最多接受 %(wish)s。今天的法定上限：%(cap)s。") % {
            "wish": percent(row.highest_rate),
            "cap": _ceiling(row),
        }


class InviteForm(OfficerForm):
    """Whom to ask, each with what speaks for and against it."""

    memberships = forms.TypedMultipleChoiceField(
        label=_("邀请谁（由您挑选，系统不替您定）"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选一位。")},
    )

    def for_officer(self, user: Any, row: LoanRequest) -> None:
        field = self.fields["memberships"]
        field.choices = [  # type: ignore[attr-defined]
            (candidate.membership.pk, _in_words(candidate, row))
            for candidate in candidates_for(row, today())
        ]
        if not field.choices:  # type: ignore[attr-defined]
            field.help_text = gettext(
                "现在没有合适的人：登记了余钱、能出借、还没邀请过的成员一个也没有。"
            )


def _in_words(candidate: Any, row: LoanRequest) -> str:
    reveal = row.may_reveal  # type: ignore[attr-defined]
    name = candidate.membership.member.name
    reasons = listed([ground.text for ground in candidate.reasons])
    doubts = listed([ground.text for ground in candidate.warnings])
    words = gettext("%(name)s，最多 %(most)s 元：%(reasons)s") % {
        "name": name if reveal else mask_name(name),
        "most": format_yuan_short(candidate.most),
        "reasons": reasons,
    }
    return words + (gettext("。请留意：%(doubts)s") % {"doubts": doubts} if doubts else "")


def _ceiling(row: LoanRequest) -> str:
    return str(told(lambda: percent(ceiling_on(today(), row.membership.union.path))))


def _convene(row: LoanRequest, answers: dict[str, Any], by: Any, at: Any) -> None:
    rate = answers["rate_percent"] / _HUNDRED
    reviewing.convene(request_id=row.pk, rate=rate, by=by, at=at)


def _invite(row: LoanRequest, answers: dict[str, Any], by: Any, at: Any) -> None:
    convening.invite(request_id=row.pk, membership_ids=answers["memberships"], by=by, at=at)


class WaitsFilter(admin.SimpleListFilter):
    """What waits for an officer."""

    title = _("待办")
    parameter_name = "waits"
    _STATES = {"review": S.SUBMITTED, "approve": S.PROPOSED, "draw": S.COVERED}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("review", _("等工会看")), ("approve", _("等复核")), ("draw", _("等起草合同"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        state = self._STATES.get(self.value() or "")
        return queryset.filter(state=state) if state else queryset


@admin.register(LoanRequest)
class LoanRequestAdmin(StateColumns, PartyAdmin):
    """Requests for money; those that wait for an officer first."""

    view_permission = "loan.view"
    union_lookup = "membership__union"
    list_display = (
        "shown_member",
        "shown_union",
        "purpose",
        "shown_amount",
        "term_months",
        "shown_pledged",
        "shown_state",
        "wanted_on",
        "submitted_at",
    )
    list_filter = (WaitsFilter, "state", "purpose", "method")
    search_fields = ("membership__member__name",)
    search_help_text = _("按借款人姓名查找")
    fieldsets = (
        (
            _("借款人要什么"),
            {
                "fields": (
                    "shown_member",
                    "shown_union",
                    "purpose",
                    "purpose_note",
                    "shown_amount",
                    "term_months",
                    "method",
                    "shown_highest",
                    "wanted_on",
                    "payee",
                    "payee_name",
                    "shown_holder",
                    "account_bank",
                    "shown_account",
                )
            },
        ),
        (
            _("办到哪一步"),
            {"fields": ("shown_state_words", "shown_rate", "reason", "expires_on", "people")},
        ),
        (_("能不能借"), {"fields": ("shown_credit", "shown_past", "shown_counters")}),
        (_("邀请与回话"), {"fields": ("shown_pledges",)}),
    )
    readonly_fields = (
        "shown_member",
        "shown_union",
        "shown_amount",
        "shown_highest",
        "shown_holder",
        "shown_account",
        "shown_state_words",
        "shown_rate",
        "people",
        "shown_credit",
        "shown_past",
        "shown_counters",
        "shown_pledges",
    )
    deeds = (
        Deed(
            "convene",
            _("同意召集"),
            "loan.convene",
            what=lambda row: _(
                "按下面的利率邀请成员商量。金额超过经办权限的，要另一位复核后才能邀请。"
            ),
            do=_convene,
            done=_("已办好。请看现在的状态：可以邀请，或者等复核。"),
            form=RateForm,
            offered=lambda row: row.state == S.SUBMITTED,
        ),
        Deed(
            "return",
            _("退回修改"),
            "loan.convene",
            what=lambda row: _("退给借款人改。写清楚要改什么，借款人会看到。"),
            do=by_id(reviewing.return_request, "request_id", "reason"),
            done=_("已退回。"),
            form=ReasonForm,
            offered=lambda row: row.state == S.SUBMITTED,
        ),
        Deed(
            "approve",
            _("复核同意"),
            "loan.approve",
            what=lambda row: (
                _("复核后就可以邀请成员：%(amount)s 元，年利率 %(rate)s。")
                % {"amount": format_yuan_short(row.amount), "rate": percent(row.rate)}
            ),
            do=by_id(reviewing.approve_convening, "request_id"),
            done=_("已同意，可以邀请了。"),
            offered=lambda row: row.state == S.PROPOSED,
        ),
        Deed(
            "send-back",
            _("退给经办"),
            "loan.approve",
            what=lambda row: _("退给经办人重新办理。"),
            do=by_id(reviewing.return_convening, "request_id", "reason"),
            done=_("已退给经办人。"),
            form=ReasonForm,
            offered=lambda row: row.state == S.PROPOSED,
        ),
        Deed(
            "invite",
            _("邀请成员"),
            "loan.convene",
            what=lambda row: (
                _("还差 %(missing)s 元。被邀请的人自己决定借不借、借多少。")
                % {"missing": format_yuan_short(missing_of(row))}
            ),
            do=_invite,
            done=_("邀请已发出。"),
            form=InviteForm,
            offered=lambda row: row.state == S.CONVENING,
        ),
        Deed(
            "draw",
            _("起草合同"),
            "loan.convene",
            what=lambda row: (
                _("已经凑齐 %(amount)s 元。合同起草后，借款人和每位出借人各自签字。")
                % {"amount": format_yuan_short(row.amount)}
            ),
            do=by_id(draw_contract, "request_id"),
            done=_("合同已起草，各方会收到消息。"),
            offered=lambda row: row.state == S.COVERED,
        ),
        Deed(
            "refuse",
            _("不同意"),
            "loan.convene",
            what=lambda row: _("这份申请到此为止。请写明原因和可以怎么办，借款人会看到。"),
            do=by_id(reviewing.refuse_request, "request_id", "reason"),
            done=_("已答复借款人。"),
            form=ReasonForm,
            offered=lambda row: row.state in (S.SUBMITTED, S.CONVENING, S.COVERED),
            dangerous=True,
        ),
        Deed(
            "refuse-review",
            _("复核不同意"),
            "loan.approve",
            what=lambda row: _("这份申请到此为止。请写明原因和可以怎么办，借款人会看到。"),
            do=by_id(reviewing.refuse_request, "request_id", "reason"),
            done=_("已答复借款人。"),
            form=ReasonForm,
            offered=lambda row: row.state == S.PROPOSED,
            dangerous=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = requests_with_pledges(super().get_queryset(request))
        return rows.select_related(
            "membership__member", "membership__union", "convened_by", "approved_by"
        ).annotate(may_reveal=reveals(request, "membership__member"))

    def parties(self, row: LoanRequest) -> list[Member]:
        return [row.membership.member]

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        waits_first = models.Case(
            models.When(state__in=[S.SUBMITTED, S.PROPOSED, S.COVERED], then=0),
            models.When(state=S.CONVENING, then=1),
            default=2,
        )
        return [waits_first, "-submitted_at", "-pk"]

    def title_of(self, row: LoanRequest) -> str:
        return shown_name(row.membership, row)

    @admin.display(description=_("借款人"), ordering="membership__member__name")
    def shown_member(self, row: LoanRequest) -> str:
        return shown_name(row.membership, row)

    @admin.display(description=_("工会"))
    def shown_union(self, row: LoanRequest) -> str:
        return row.membership.union.name

    @admin.display(description=_("金额（元）"), ordering="amount")
    def shown_amount(self, row: LoanRequest) -> str:
        return yuan(row.amount)

    @admin.display(description=_("已答应（元）"))
    def shown_pledged(self, row: Any) -> str:
        return yuan(row.pledged)

    @admin.display(description=_("最高年利率"))
    def shown_highest(self, row: LoanRequest) -> str:
        return percent(row.highest_rate)

    @admin.display(description=_("收款户名"))
    def shown_holder(self, row: LoanRequest) -> str:
        """A borrower's own account is in their name, which not every officer may see whole."""
        if row.payee == LoanRequest.Payee.BORROWER and row.account_holder:
            return shown_name(row.membership, row)
        return row.account_holder

    @admin.display(description=_("收款账号"))
    def shown_account(self, row: LoanRequest) -> str:
        return mask_account(row.account_number)

    @admin.display(description=_("召集年利率"))
    def shown_rate(self, row: LoanRequest) -> str:
        return percent(row.rate)

    @admin.display(description=_("经办和复核"))
    def people(self, row: LoanRequest) -> str:
        return listed([str(user) for user in (row.convened_by, row.approved_by) if user]) or "—"

    @admin.display(description=_("信用分"))
    def shown_credit(self, row: LoanRequest) -> SafeString:
        lines = once(row, "credit", lambda: credit_lines(row.membership.member, today()))
        return format_html_join("", "<p>{}</p>", ((line,) for line in lines))

    @admin.display(description=_("以前借款"))
    def shown_past(self, row: LoanRequest) -> str:
        past = once(row, "past", lambda: past_of(row))
        if not (past.settled or past.running or past.written_off):
            return gettext("没有借过")
        return gettext("还清 %(settled)s 笔，在还 %(running)s 笔，其中逾期 %(late)s 笔") % {
            "settled": past.settled,
            "running": past.running,
            "late": past.late,
        }

    @admin.display(description=_("限额"))
    def shown_counters(self, row: LoanRequest) -> Any:
        union = row.membership.union
        member = row.membership.member
        counters = once(
            row, "counters", lambda: told(lambda: counters_of_member(member, union, today()))
        )
        if isinstance(counters, str):
            return counters
        lines = [
            {
                "title": title_of(counter.measure),
                "value": figure(counter.measure, counter.value),
                "warn": figure(counter.measure, counter.level.warn),
                "stop": figure(counter.measure, counter.level.stop),
                "severity": counter.severity.value,
            }
            for counter in counters
        ]
        return shown_part("counters", lines=lines, ceiling=_ceiling(row))

    @admin.display(description=_("邀请"))
    def shown_pledges(self, row: LoanRequest) -> Any:
        lines = [
            {
                "name": shown_name(pledge.membership, row),
                "state": pledge.get_state_display(),
                "amount": pledge.amount,
                "note": pledge.note,
                "pk": pledge.pk,
            }
            for pledge in pledges_of(row)
        ]
        return shown_part("pledges", lines=lines, missing=missing_of(row))
