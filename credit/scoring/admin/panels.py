"""Panels in the officers' panel: called from a list, followed while raters answer, read when closed.

An officer sees who has answered, never what: no page, file or timeline shows a single grade. After
closing there are, for each assessed member, the trimmed mean, the number of grades and how far they
lie apart, and of a rater who stands apart only how far, over at least three people, so that no grade
can be read from it. Raters who could be held to account for a grade would grade to please.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from cooperative.consent.vocabulary import SCORING
from cooperative.membership.access import unions_where
from cooperative.membership.looks import record_look
from cooperative.membership.models import Member
from cooperative.membership.panel import Deed, OfficerAdmin
from core.address import address_of
from core.dates import today
from core.masking import mask_name
from core.parameters import value_on
from core.readonly import writes
from credit.scoring.admin.panel_forms import CallForm, ChangeForm, ReasonForm, with_village
from credit.scoring.models import PanelReview, PanelSubject
from credit.scoring.parameters import PANEL_OUTLIER_POINTS
from credit.scoring.selectors.panels import (
    due_panels,
    is_due,
    progress_of,
    ties_of,
    with_progress,
)
from credit.scoring.services import panels
from credit.scoring.services.panels.checks import CALL
from credit.scoring.services.reports import SCORE

S = PanelReview.State
COLOURS = {"called": "warning", "open": "info", "closed": "success", "cancelled": "danger"}


def _call(row: None, answers: dict[str, Any], by: Any, at: datetime) -> PanelReview:
    subjects = answers["subjects"]
    return panels.call_panel(
        union_id=subjects[0].union_id,
        subjects=[one.member_id for one in subjects],
        raters=answers["raters"],
        closes_on=answers["closes_on"],
        by=by,
        at=at,
    )


def _change(row: PanelReview, answers: dict[str, Any], by: Any, at: datetime) -> PanelReview:
    return panels.change_panel(panel_id=row.pk, **answers, by=by, at=at)


def _open(row: PanelReview, answers: dict[str, Any], by: Any, at: datetime) -> PanelReview:
    return panels.open_panel(panel_id=row.pk, by=by, at=at)


def _close(row: PanelReview, answers: dict[str, Any], by: Any, at: datetime) -> PanelReview:
    return panels.close_panel(panel_id=row.pk, by=by, at=at)


def _cancel(row: PanelReview, answers: dict[str, Any], by: Any, at: datetime) -> PanelReview:
    return panels.cancel_panel(panel_id=row.pk, reason=answers["reason"], by=by, at=at)


class WaitsFilter(admin.SimpleListFilter):
    """What waits for an officer."""

    title = _("待办")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("等您开始")), ("close", _("等出结果"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "open":
            return queryset.filter(state=S.CALLED)
        if self.value() == "close":
            return queryset.filter(pk__in=due_panels(today()).values("pk"))
        return queryset


@admin.register(PanelReview)
class PanelReviewAdmin(OfficerAdmin):
    """Panels; those that wait for an officer first."""

    view_permission = "score.view"
    union_lookup = "union"
    list_display = (
        "shown_number",
        "union",
        "shown_state",
        "shown_people",
        "shown_finished",
        "closes_on",
        "called_by",
        "called_at",
    )
    list_filter = (WaitsFilter, "state")
    fieldsets = (
        (
            _("办到哪一步"),
            {
                "fields": (
                    "union",
                    "shown_state_words",
                    "called_by",
                    "called_at",
                    "opened_at",
                    "closes_on",
                    "ended_at",
                    "reason",
                )
            },
        ),
        (_("被评议人"), {"fields": ("shown_results",)}),
        (_("评议人"), {"fields": ("shown_raters",)}),
        (_("按规则不能评的"), {"fields": ("shown_ties",)}),
    )
    readonly_fields = ("shown_state_words", "shown_results", "shown_raters", "shown_ties")
    deeds = (
        Deed(
            "call",
            _("召集评议"),
            CALL,
            what=lambda row: _(
                "先选被评议人，再定评议人。召集以后还可以改，点“开始评议”才会通知评议人。"
            ),
            do=_call,
            done=_("已召集。看一看名单，没问题就开始评议。"),
            form=CallForm,
            on_row=False,
        ),
        Deed(
            "raters",
            _("改评议人或日子"),
            CALL,
            what=lambda row: _("还没有通知任何人，可以增减评议人，也可以改打分的最后一天。"),
            do=_change,
            done=_("已改好。"),
            form=ChangeForm,
            offered=lambda row: row.state == S.CALLED,
        ),
        Deed(
            "open",
            _("开始评议"),
            CALL,
            what=lambda row: (
                _(
                    "马上通知 %(count)s 位评议人在手机上打分，最后一天的前一天再提醒一次。开始以后名单不能改。"
                )
                % {"count": row.raters}
            ),
            do=_open,
            done=_("评议人已经收到通知。"),
            offered=lambda row: row.state == S.CALLED,
        ),
        Deed(
            "close",
            _("结束打分，出结果"),
            CALL,
            what=lambda row: _(
                "算出每位被评议人的平均分，告诉本人，下一次评分就算进去。以后谁也不能再改。"
            ),
            do=_close,
            done=_("结果已经出来，被评议人会收到消息。"),
            offered=lambda row: is_due(row, today()),
        ),
        Deed(
            "cancel",
            _("取消评议"),
            CALL,
            what=lambda row: _("这次评议不算了，已经打的分也不用。已经通知的评议人会收到原因。"),
            do=_cancel,
            done=_("已取消。"),
            form=ReasonForm,
            offered=lambda row: row.state in (S.CALLED, S.OPEN),
            dangerous=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = with_progress(super().get_queryset(request))
        reach = unions_where(request.user, "member.reveal", today())
        return rows.select_related("union", "called_by").annotate(
            may_reveal=models.Exists(reach.filter(pk=models.OuterRef("union")))
        )

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        first = models.Case(
            models.When(state=S.OPEN, closes_on__lt=today(), then=0),
            models.When(state=S.OPEN, finished=models.F("raters"), then=0),
            models.When(state=S.CALLED, then=1),
            models.When(state=S.OPEN, then=2),
            default=3,
        )
        return [first, "-called_at", "-pk"]

    def title_of(self, row: PanelReview) -> str:
        return gettext("邻里评议 %(number)s 号") % {"number": row.pk}

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Read once for a page: the looks, the deeds and the page itself ask for the same row."""
        if request.method != "GET":
            return super().get_object(request, object_id, from_field)
        kept = request.__dict__.setdefault("rows_of_page", {})
        if object_id not in kept:
            kept[object_id] = super().get_object(request, object_id, from_field)
        return kept[object_id]

    @writes("GET")
    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        """Whoever reads results has looked at the members they are of."""
        row = self.get_object(request, object_id)
        if row is not None and request.method == "GET":
            for subject in _rated(row):
                record_look(
                    member=subject.member,
                    by=request.user,
                    purpose=SCORING,
                    categories=[SCORE],
                    at=timezone.now(),
                    address=address_of(request),
                )
        return super().change_view(request, object_id, *args, **kwargs)

    @admin.display(description=_("编号"), ordering="pk")
    def shown_number(self, row: PanelReview) -> str:
        return str(row.pk)

    @display(description=_("状态"), ordering="state", label=COLOURS)  # type: ignore[untyped-decorator]
    def shown_state(self, row: PanelReview) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @admin.display(description=_("状态"))
    def shown_state_words(self, row: PanelReview) -> str:
        return row.get_state_display()

    @admin.display(description=_("被评议人"))
    def shown_people(self, row: Any) -> str:
        return gettext("%(count)s 位") % {"count": row.people}

    @admin.display(description=_("评完的评议人"))
    def shown_finished(self, row: Any) -> str:
        return gettext("%(done)s 位，共 %(all)s 位") % {"done": row.finished, "all": row.raters}

    @admin.display(description=_("结果"))
    def shown_results(self, row: Any) -> SafeString:
        return _once(row, "results", self._results)

    @admin.display(description=_("进度"))
    def shown_raters(self, row: Any) -> SafeString:
        return _once(row, "raters", self._raters)

    @admin.display(description=_("谁不能评谁"))
    def shown_ties(self, row: Any) -> SafeString:
        return _once(row, "ties", self._ties)

    def _results(self, row: Any) -> SafeString:
        found = row.subjects.select_related("member__division").order_by("pk")
        lines = [{"name": _shown(one.member, row), "row": one} for one in found]
        return _part("results", lines=lines)

    def _raters(self, row: Any) -> SafeString:
        lines = [
            {
                "name": _shown(one.seat.member, row),
                "progress": one,
                "apart": abs(one.seat.deviation or 0),
            }
            for one in progress_of(row, timezone.now())
        ]
        closed = row.state == S.CLOSED
        scope = row.union.path
        threshold = value_on(PANEL_OUTLIER_POINTS, today(), scope=scope) if closed else None
        return _part("raters", lines=lines, panel=row, threshold=threshold)

    def _ties(self, row: Any) -> SafeString:
        ties = {pair: tie for pair, tie in ties_of(row).items() if pair[0] != pair[1]}
        people = Member.objects.select_related("division").in_bulk(
            {pk for one in ties for pk in one}
        )
        lines = [
            {
                "rater": _shown(people[rater], row),
                "subject": _shown(people[subject], row),
                "reason": ties[rater, subject].reason,
            }
            for rater, subject in sorted(ties)
        ]
        return _part("ties", lines=lines)


def _once(row: Any, name: str, make: Callable[[Any], SafeString]) -> SafeString:
    """A part of a page, made once: the panel asks for each field several times."""
    parts: dict[str, SafeString] = row.__dict__.setdefault("parts_of_page", {})
    if name not in parts:
        parts[name] = make(row)
    return parts[name]


def _rated(row: PanelReview) -> models.QuerySet[PanelSubject]:
    return row.subjects.filter(outcome=PanelSubject.Outcome.RATED).select_related("member")


def _shown(member: Member, row: Any) -> str:
    """A person's name, masked unless the officer may see it whole."""
    return with_village(member) if row.may_reveal else mask_name(member.name)


def _part(template: str, **context: Any) -> SafeString:
    return render_to_string(f"scoring/panel/{template}.html", context)
