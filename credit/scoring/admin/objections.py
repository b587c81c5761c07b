"""Objections in the officers' panel: what waits first, answered in writing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from cooperative.membership.panel import Deed
from core.dates import days_until, today
from credit.scoring.access import ANSWER, BELONGED
from credit.scoring.admin.parts import COLOURS, OfMemberAdmin, shown
from credit.scoring.models import Objection
from credit.scoring.pages.objecting import changes_of, objection_view, subject_of
from credit.scoring.selectors.objections import DAYS_AHEAD
from credit.scoring.selectors.scores import read_score
from credit.scoring.services import objections
from credit.scoring.services.objections import MOST_WORDS

S = Objection.State


class AnswerForm(forms.Form):
    """The answer in writing; the member reads it."""

    answer = forms.CharField(
        label=_("书面答复（成员会看到）"), max_length=MOST_WORDS, widget=UnfoldAdminTextareaWidget
    )


class UpholdForm(AnswerForm):
    """What was corrected."""

    answer = forms.CharField(
        label=_("书面答复：改了什么（成员会看到）"),
        max_length=MOST_WORDS,
        widget=UnfoldAdminTextareaWidget,
    )


class RejectForm(AnswerForm):
    """Why nothing is changed and what the member can do."""

    answer = forms.CharField(
        label=_("书面答复：为什么不改，还可以怎么办（成员会看到）"),
        max_length=MOST_WORDS,
        widget=UnfoldAdminTextareaWidget,
    )


def _uphold(row: Objection, answers: dict[str, Any], by: Any, at: datetime) -> None:
    objections.uphold_objection(objection_id=row.pk, **answers, by=by, at=at)


def _reject(row: Objection, answers: dict[str, Any], by: Any, at: datetime) -> None:
    objections.reject_objection(objection_id=row.pk, **answers, by=by, at=at)


class LateFilter(admin.SimpleListFilter):
    """Those past their last day."""

    title = _("时限")
    parameter_name = "clock"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("late", _("已超期"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.open().filter(due_on__lt=today()) if self.value() == "late" else queryset


@admin.register(Objection)
class ObjectionAdmin(OfMemberAdmin):
    """Objections; those that wait come first, the most urgent at the top."""

    reach_states = BELONGED
    list_display = ("shown_member", "shown_about", "shown_state", "shown_clock", "raised_at")
    list_filter = ("state", LateFilter)
    fields = (
        "shown_member",
        "shown_about",
        "words",
        "shown_evidence",
        "shown_scored",
        "raised_at",
        "due_on",
        "plain_clock",
        "shown_state_words",
        "answer",
        "answered_by",
        "answered_at",
        "shown_change",
        "statement",
        "stated_at",
    )
    readonly_fields = (
        "shown_member",
        "shown_about",
        "shown_evidence",
        "shown_scored",
        "plain_clock",
        "shown_state_words",
        "shown_change",
    )
    deeds = (
        Deed(
            "uphold",
            _("成立，已更正"),
            ANSWER,
            what=lambda row: _(
                "成员说得对，而且错的地方已经在原来的登记里改过、核实过。马上给这位成员重新评分，"
                "答复和新的分数发给本人。还没有改的，请先去改。"
            ),
            do=_uphold,
            done=_("已答复，并重新评分。"),
            form=UpholdForm,
            offered=lambda row: row.state == S.RAISED,
        ),
        Deed(
            "reject",
            _("不改，书面答复"),
            ANSWER,
            what=lambda row: _(
                "核查以后认为评分没有错。请写明依据、还可以怎么办；成员可以写一段自己的说明，"
                "以后看分数的人都会看到。"
            ),
            do=_reject,
            done=_("已答复，本人会收到消息。"),
            form=RejectForm,
            offered=lambda row: row.state == S.RAISED,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return (
            super()
            .get_queryset(request)
            .select_related("score__scorecard", "new_score__scorecard", "evidence", "answered_by")
        )

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        waits_first = models.Case(models.When(state=S.RAISED, then=0), default=1)
        return [waits_first, "due_on", "-pk"]

    @admin.display(description=_("哪一项"))
    def shown_about(self, row: Objection) -> str:
        return objection_view(row, today()).title

    @admin.display(description=_("评分是怎么看的"))
    def shown_scored(self, row: Objection) -> SafeString:
        read = read_score(row.score)
        return shown("scored", subject=subject_of(read, row.about), read=read)

    @admin.display(description=_("重新评分"))
    def shown_change(self, row: Objection) -> SafeString | str:
        if row.new_score is None:
            return "—"
        return shown("change", changes=changes_of(row.score, row.new_score))

    @display(description=_("状态"), ordering="state", label=COLOURS)  # type: ignore[untyped-decorator]
    def shown_state(self, row: Objection) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @admin.display(description=_("状态"))
    def shown_state_words(self, row: Objection) -> str:
        return row.get_state_display()

    @display(description=_("时限"), ordering="due_on", label=COLOURS)  # type: ignore[untyped-decorator]
    def shown_clock(self, row: Objection) -> tuple[str, str] | str:
        view = objection_view(row, today())
        if not view.clock:
            return "—"
        soon = days_until(row.due_on, today()) <= DAYS_AHEAD
        return "late" if view.is_late else ("soon" if soon else "open"), view.clock

    @admin.display(description=_("时限"))
    def plain_clock(self, row: Objection) -> str:
        return objection_view(row, today()).clock or "—"
