"""Overrides in the officers' panel: proposed from a score, confirmed or revoked here."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
)

from cooperative.membership.panel import DayInput, Deed, OfficerForm
from core.dates import today
from core.formats import format_day, format_yuan_short
from core.sentences import in_a_row
from credit.scoring.access import CONFIRM, PROPOSE
from credit.scoring.admin.parts import COLOURS, OfMemberAdmin, RemarkForm, yuan
from credit.scoring.evidence import accept_evidence
from credit.scoring.models import Override, Score
from credit.scoring.rules import card_from_json
from credit.scoring.services import overrides
from credit.scoring.services.telling_overrides import grade_title

S = Override.State


class OverrideForm(OfficerForm):
    """What is to stand in place of the score's, why and until when."""

    grade = forms.ChoiceField(label=_("等级"), required=False, widget=UnfoldAdminSelectWidget)
    limit_amount = forms.DecimalField(
        label=_("额度（元）"),
        required=False,
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text=_("不填的一样照评分。"),
    )
    reason = forms.CharField(
        label=_("为什么调整（成员会看到）"), max_length=300, widget=UnfoldAdminTextareaWidget
    )
    starts_on = forms.DateField(label=_("从哪天起"), widget=DayInput)
    ends_on = forms.DateField(
        label=_("到哪天为止"), widget=DayInput, help_text=_("从这一天起又按评分算。")
    )
    evidence = forms.FileField(
        label=_("凭证（照片或文档）"), required=False, widget=UnfoldAdminFileFieldWidget
    )

    def for_officer(self, user: Any, row: Any) -> None:
        """The grades of the score's card."""
        card = card_from_json(row.scorecard.definition)
        choices = [("", _("照评分")), *((one.code, one.title) for one in card.grades)]
        self.fields["grade"].choices = choices  # type: ignore[attr-defined]


def _propose(row: Score, answers: dict[str, Any], by: Any, at: datetime) -> Override:
    """The proof and the proposal together or not at all."""
    given = dict(answers)
    upload = given.pop("evidence")
    with transaction.atomic():
        evidence = None
        if upload:
            evidence = accept_evidence(member=row.member, upload=upload, by=by, at=at)
        return overrides.propose_override(
            member_id=row.member_id, **given, evidence=evidence, by=by, at=at
        )


PROPOSE_OVERRIDE = Deed(
    "override",
    _("提出人工调整"),
    PROPOSE,
    what=lambda row: in_a_row(
        _("评分是 %(grade)s 级、额度 %(limit)s 元。")
        % {
            "grade": grade_title(row, row.grade),
            "limit": format_yuan_short(row.limit_amount),
        },
        _("另一位复核同意以后，在这段日子里用您填的等级和额度；分数本身不变，成员会收到原因。"),
    ),
    do=_propose,
    done=_("已提出，等另一位复核。"),
    form=OverrideForm,
    offered=lambda row: not row.vetoes,
)


def words_of(row: Override) -> str:
    """What an override puts in place of what, in a sentence; its score comes with the card."""
    parts = []
    score = row.score
    if row.grade:
        grades = {"before": grade_title(score, score.grade), "after": grade_title(score, row.grade)}
        parts.append(_("等级 %(before)s → %(after)s") % grades)
    if row.limit_amount is not None:
        amounts = {
            "before": format_yuan_short(score.limit_amount),
            "after": format_yuan_short(row.limit_amount),
        }
        parts.append(_("额度 %(before)s → %(after)s 元") % amounts)
    return "，".join(map(str, parts))


def _what_follows(row: Override) -> str:
    return in_a_row(
        _("同意后，从%(first)s到%(last)s（不含）：%(what)s。")
        % {
            "first": format_day(max(row.starts_on, today())),
            "last": format_day(row.ends_on),
            "what": words_of(row),
        },
        _("经办人写的原因：%(reason)s。成员会收到消息，可以提出异议。")
        % {"reason": row.reason.rstrip("。")},
    )


@admin.register(Override)
class OverrideAdmin(OfMemberAdmin):
    """Overrides; those that wait first, two people for each."""

    list_display = (
        "shown_member",
        "shown_what",
        "starts_on",
        "ends_on",
        "shown_state",
        "shown_in_force",
        "made_by",
    )
    list_filter = ("state",)
    fields = (
        "shown_member",
        "shown_grade",
        "shown_limit_amount",
        "shown_what",
        "reason",
        "shown_evidence",
        "starts_on",
        "ends_on",
        "shown_in_force",
        "shown_state_words",
        "made_by",
        "made_at",
        "checked_by",
        "checked_at",
        "revoked_by",
        "revoked_at",
        "remark",
    )
    readonly_fields = (
        "shown_member",
        "shown_grade",
        "shown_limit_amount",
        "shown_what",
        "shown_evidence",
        "shown_in_force",
        "shown_state_words",
    )
    deeds = (
        Deed(
            "confirm",
            _("复核同意"),
            CONFIRM,
            what=_what_follows,
            do=lambda row, answers, by, at: overrides.confirm_override(
                override_id=row.pk, by=by, at=at
            ),
            done=_("已生效，成员会收到消息。"),
            offered=lambda row: row.state == S.PROPOSED,
        ),
        Deed(
            "reject",
            _("不同意"),
            CONFIRM,
            what=lambda row: _("不调整，照评分。请写明原因。"),
            do=lambda row, answers, by, at: overrides.reject_override(
                override_id=row.pk, **answers, by=by, at=at
            ),
            done=_("没有调整。"),
            form=RemarkForm,
            offered=lambda row: row.state == S.PROPOSED,
        ),
        Deed(
            "revoke",
            _("撤销"),
            CONFIRM,
            what=lambda row: _("从今天起又按评分算。请写明原因，成员会收到消息。"),
            do=lambda row, answers, by, at: overrides.revoke_override(
                override_id=row.pk, **answers, by=by, at=at
            ),
            done=_("已撤销，成员会收到消息。"),
            form=RemarkForm,
            offered=lambda row: row.state == S.CONFIRMED and row.ends_on > today(),
            dangerous=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.select_related(
            "score__scorecard", "evidence", "made_by", "checked_by", "revoked_by"
        )

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        first = models.Case(models.When(state=S.PROPOSED, then=0), default=1)
        return [first, "-made_at", "-pk"]

    @admin.display(description=_("调整什么"))
    def shown_what(self, row: Override) -> str:
        return words_of(row)

    @admin.display(description=_("等级"))
    def shown_grade(self, row: Override) -> str:
        return grade_title(row.score, row.grade) if row.grade else str(_("照评分"))

    @admin.display(description=_("额度（元）"))
    def shown_limit_amount(self, row: Override) -> str:
        return str(_("照评分")) if row.limit_amount is None else yuan(row.limit_amount)

    @admin.display(description=_("现在有效"), boolean=True)
    def shown_in_force(self, row: Override) -> bool:
        return holds(row, today())

    @display(description=_("状态"), ordering="state", label=COLOURS)  # type: ignore[untyped-decorator]
    def shown_state(self, row: Override) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @admin.display(description=_("状态"))
    def shown_state_words(self, row: Override) -> str:
        return row.get_state_display()


def holds(row: Override, on: date) -> bool:
    """Whether a row holds on a day, as ``in_force`` asks the database."""
    return row.state in (S.CONFIRMED, S.REVOKED) and row.starts_on <= on < row.ends_on
