"""Applications, ballots and memberships in the officers' panel."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextareaWidget,
)

from cooperative.membership.admin.members import BoundedUnionFilter
from cooperative.membership.models import Ballot, Member, Membership
from cooperative.membership.panel import (
    DayInput,
    Deed,
    OfficerAdmin,
    OfficerTabularInline,
    reveals,
)
from cooperative.membership.rules.joining import BallotCount, has_quorum, is_carried
from cooperative.membership.services import admission
from core.masking import mask_name

_STATE_COLOURS = {
    "applied": "warning",
    "balloted": "warning",
    "admitted": "success",
    "suspended": "danger",
    "waiting": "warning",
    "carried": "success",
    "not_carried": "danger",
}


class BallotForm(forms.Form):
    """The count of a members' meeting."""

    held_on = forms.DateField(label=_("表决日期"), widget=DayInput)
    entitled = forms.IntegerField(
        label=_("应到人数"), min_value=1, widget=UnfoldAdminIntegerFieldWidget
    )
    present = forms.IntegerField(
        label=_("实到人数"), min_value=1, widget=UnfoldAdminIntegerFieldWidget
    )
    votes_for = forms.IntegerField(
        label=_("赞成"), min_value=0, widget=UnfoldAdminIntegerFieldWidget
    )
    votes_against = forms.IntegerField(
        label=_("反对"), min_value=0, widget=UnfoldAdminIntegerFieldWidget
    )
    abstained = forms.IntegerField(
        label=_("弃权"), min_value=0, widget=UnfoldAdminIntegerFieldWidget
    )
    minutes = forms.FileField(
        label=_("会议记录（照片或文档）"),
        required=False,
        widget=UnfoldAdminFileFieldWidget,
        help_text=_("签到表和会议记录拍照上传，最大 10 兆"),
    )


class ReasonForm(forms.Form):
    """Why; the member reads it."""

    reason = forms.CharField(
        label=_("原因（成员会看到）"), max_length=300, widget=UnfoldAdminTextareaWidget
    )


class RemarkForm(forms.Form):
    """What the convener has to mend."""

    remark = forms.CharField(
        label=_("退回的原因"), max_length=300, widget=UnfoldAdminTextareaWidget
    )


def _record(row: Membership, answers: dict[str, Any], by: Any, at: Any) -> Membership:
    held_on, minutes = answers.pop("held_on"), answers.pop("minutes")
    admission.record_ballot(
        membership_id=row.pk,
        held_on=held_on,
        count=BallotCount(**answers),
        minutes=minutes,
        by=by,
        at=at,
    )
    return row


def _with_reason(service: Any) -> Any:
    def do(row: Membership, answers: dict[str, Any], by: Any, at: Any) -> Membership:
        return service(  # type: ignore[no-any-return]
            membership_id=row.pk, reason=answers["reason"], by=by, at=at
        )

    return do


def _verdict(ballot: Ballot) -> Any:
    count = BallotCount(
        ballot.entitled, ballot.present, ballot.votes_for, ballot.votes_against, ballot.abstained
    )
    figures = {"entitled": count.entitled, "present": count.present, "for": count.votes_for}
    if not has_quorum(count):
        return (
            _(
                "应到 %(entitled)s 人，实到 %(present)s 人，不到三分之二，表决无效，确认后申请不通过。"
            )
            % figures
        )
    if is_carried(count):
        return (
            _(
                "应到 %(entitled)s 人，实到 %(present)s 人，赞成 %(for)s 票，超过应到人数的一半。"
                "确认后这位申请人从今天起成为成员，开始等待期。"
            )
            % figures
        )
    return (
        _("应到 %(entitled)s 人，赞成 %(for)s 票，没有超过应到人数的一半。确认后申请不通过。")
        % figures
    )


def shown(member: Member, row: Any) -> str:
    """The member's name, masked unless the officer may see it whole (annotated ``may_reveal``)."""
    return member.name if row.may_reveal else mask_name(member.name)


class WaitsForFilter(admin.SimpleListFilter):
    """What waits: for the ballot, or for the second officer."""

    title = _("待办")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("ballot", _("等表决")), ("confirm", _("等复核"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        state = {"ballot": "applied", "confirm": "balloted"}.get(self.value() or "")
        return queryset.filter(state=state) if state else queryset


class BallotInline(OfficerTabularInline):
    """The ballots on an application."""

    model = Ballot
    fk_name = "membership"
    fields = (
        "held_on",
        "entitled",
        "present",
        "votes_for",
        "votes_against",
        "abstained",
        "outcome",
        "made_by",
        "checked_by",
        "remark",
    )


@admin.register(Membership)
class MembershipAdmin(OfficerAdmin):
    """Applications first, then everybody; what an officer can do depends on role and state."""

    view_permission = "membership.view"
    list_display = (
        "shown_member",
        "union",
        "cooperative",
        "shown_state",
        "applied_at",
        "admitted_on",
    )
    list_filter = (WaitsForFilter, "state", "source", BoundedUnionFilter)
    search_fields = ("member__name",)
    search_help_text = _("按姓名查找")
    fields = (
        "member",
        "union",
        "cooperative",
        "ground",
        "source",
        "state",
        "applied_at",
        "admitted_on",
        "waiting_ends_on",
        "ended_on",
        "reason",
    )
    inlines = (BallotInline,)
    deeds = (
        Deed(
            "ballot",
            _("录入表决结果"),
            "ballot.record",
            what=lambda row: (
                _(
                    "录入社员大会对“%(name)s”入会的表决。实到要有应到的三分之二，赞成要过应到的一半。"
                    "录入后由另一位复核人员确认。"
                )
                % {"name": row.member.name}
            ),
            do=_record,
            done=_("表决结果已录入，等另一位复核人员确认。"),
            form=BallotForm,
            offered=lambda row: row.state == "applied",
        ),
        Deed(
            "reject",
            _("不予受理"),
            "ballot.confirm",
            what=lambda row: _("不经表决就退回这份申请，例如选错了工会。成员会看到原因。"),
            do=_with_reason(admission.reject_application),
            done=_("申请已退回。"),
            form=ReasonForm,
            offered=lambda row: row.state == "applied",
            dangerous=True,
        ),
        Deed(
            "suspend",
            _("暂停会籍"),
            "membership.suspend",
            what=lambda row: _("暂停后不能办新的借入、借出和担保，已有的照常履行。"),
            do=_with_reason(admission.suspend),
            done=_("会籍已暂停。"),
            form=ReasonForm,
            offered=lambda row: row.state == "admitted",
            dangerous=True,
        ),
        Deed(
            "resume",
            _("恢复会籍"),
            "membership.suspend",
            what=lambda row: _("恢复后可以照常办理各项业务。"),
            do=_with_reason(admission.resume),
            done=_("会籍已恢复。"),
            form=ReasonForm,
            offered=lambda row: row.state == "suspended",
        ),
        Deed(
            "leave",
            _("办理退会"),
            "membership.suspend",
            what=lambda row: _("退会以后不能再恢复，要重新申请、重新表决。"),
            do=_with_reason(admission.leave),
            done=_("退会已办理。"),
            form=ReasonForm,
            offered=lambda row: row.state in ("admitted", "suspended"),
            dangerous=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request).select_related("member", "union", "cooperative")
        return rows.annotate(may_reveal=reveals(request))

    def title_of(self, row: Membership) -> str:
        return shown(row.member, row)

    def get_ordering(self, request: HttpRequest) -> list[str]:
        waits_first = models.Case(
            models.When(state="applied", then=0), models.When(state="balloted", then=1), default=2
        )
        return [waits_first, "-applied_at", "-pk"]  # type: ignore[list-item]

    @admin.display(description=_("成员"), ordering="member__name")
    def shown_member(self, row: Membership) -> str:
        return shown(row.member, row)

    @display(description=_("状态"), ordering="state", label=_STATE_COLOURS)  # type: ignore[untyped-decorator]
    def shown_state(self, row: Membership) -> tuple[str, str]:
        return row.state, row.get_state_display()


@admin.register(Ballot)
class BallotAdmin(OfficerAdmin):
    """Recorded votes; those that wait for a second officer first."""

    view_permission = "ballot.view"
    union_lookup = "membership__union"
    list_display = (
        "shown_member",
        "shown_union",
        "held_on",
        "present",
        "votes_for",
        "shown_outcome",
        "made_by",
    )
    list_filter = ("outcome",)
    fields = (
        "membership",
        "held_on",
        "entitled",
        "present",
        "votes_for",
        "votes_against",
        "abstained",
        "shown_minutes",
        "outcome",
        "remark",
        "made_by",
        "made_at",
        "checked_by",
        "checked_at",
    )
    readonly_fields = ("shown_minutes",)
    deeds = (
        Deed(
            "confirm",
            _("确认表决结果"),
            "ballot.confirm",
            what=_verdict,
            do=lambda row, answers, by, at: admission.confirm_ballot(
                ballot_id=row.pk, by=by, at=at
            ),
            done=_("表决结果已确认，申请人会收到消息。"),
            offered=lambda row: row.outcome == "waiting",
        ),
        Deed(
            "return",
            _("退回重录"),
            "ballot.confirm",
            what=lambda row: _("退回给经办人重新录入，申请回到“等表决”。"),
            do=lambda row, answers, by, at: admission.return_ballot(
                ballot_id=row.pk, remark=answers["remark"], by=by, at=at
            ),
            done=_("已退回经办人。"),
            form=RemarkForm,
            offered=lambda row: row.outcome == "waiting",
            dangerous=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = (
            super()
            .get_queryset(request)
            .select_related(
                "membership__member", "membership__union", "made_by", "checked_by", "minutes"
            )
        )
        rows = rows.annotate(may_reveal=reveals(request, "membership__member"))
        return rows.exclude(outcome="waiting", membership__state="withdrawn")

    def title_of(self, row: Ballot) -> str:
        return shown(row.membership.member, row)

    def get_ordering(self, request: HttpRequest) -> list[str]:
        waits_first = models.Case(models.When(outcome="waiting", then=0), default=1)
        return [waits_first, "-pk"]  # type: ignore[list-item]

    @admin.display(description=_("会议记录"))
    def shown_minutes(self, row: Ballot) -> str:
        if row.minutes is None:
            return "—"
        return format_html(
            '<a href="{}">{}</a>', reverse("file", args=[row.minutes.pk]), row.minutes.original_name
        )

    @admin.display(description=_("申请人"))
    def shown_member(self, row: Ballot) -> str:
        return shown(row.membership.member, row)

    @admin.display(description=_("工会"))
    def shown_union(self, row: Ballot) -> str:
        return row.membership.union.name

    @display(description=_("结果"), ordering="outcome", label=_STATE_COLOURS)  # type: ignore[untyped-decorator]
    def shown_outcome(self, row: Ballot) -> tuple[str, str]:
        return row.outcome, row.get_outcome_display()
