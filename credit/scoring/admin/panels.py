"""Panels in the officers' panel: called from a list, followed while raters answer, read when closed.

An officer sees who has answered, never what: no page, file or timeline shows a single grade. After
closing there are, for each assessed member, the trimmed mean, the number of grades and how far they
lie apart, and of a rater who stands apart only how far, over at least three people, so that no grade
can be read from it. Raters who could be held to account for a grade would grade to please.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelect2MultipleWidget, UnfoldAdminTextareaWidget

from cooperative.consent.vocabulary import SCORING
from cooperative.membership.access import unions_where
from cooperative.membership.looks import record_look
from cooperative.membership.models import Member, Membership, Union
from cooperative.membership.panel import DayInput, Deed, OfficerAdmin, OfficerForm
from core.address import address_of
from core.dates import today
from core.masking import mask_name
from core.parameters import value_on
from core.readonly import writes
from core.sentences import listed
from credit.scoring.models import PanelReview, PanelSubject
from credit.scoring.parameters import PANEL_OUTLIER_POINTS, PANEL_RATERS
from credit.scoring.selectors.panels import (
    Candidate,
    assessable,
    candidates_for,
    due_panels,
    is_due,
    progress_of,
    suggested,
    ties_of,
    with_progress,
)
from credit.scoring.services import panels
from credit.scoring.services.panels.checks import CALL
from credit.scoring.services.reports import SCORE

S = PanelReview.State
COLOURS = {"called": "warning", "open": "info", "closed": "success", "cancelled": "danger"}
_A_WEEK = timedelta(days=7)


class SearchSelect(UnfoldAdminSelect2MultipleWidget):  # type: ignore[misc]
    """Many people chosen by typing their names; a plain list without scripts."""

    class Media:
        js = ("admin/js/vendor/select2/i18n/zh-CN.js",)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        if get_language() == "zh-hans":
            context["widget"]["attrs"]["lang"] = "zh-CN"
        return context


class PeopleForm(OfficerForm):
    """Who rates, until when; the rules suggest, the officer decides."""

    closes_on = forms.DateField(label=_("打分到哪天"), widget=DayInput)
    raters = forms.TypedMultipleChoiceField(
        label=_("评议人（可以打字查找）"),
        coerce=int,
        required=False,
        widget=SearchSelect,
    )

    def offer_raters(
        self, union: Union, subjects: list[int], caller: Any
    ) -> tuple[list[Candidate], list[int]]:
        """Fill in who could rate these members; they, and the keys of those suggested."""
        found = candidates_for(union, subjects, timezone.now(), but=caller.pk)
        least = int(value_on(PANEL_RATERS, today(), scope=union.path))
        field = self.fields["raters"]
        field.choices = [  # type: ignore[attr-defined]
            (one.membership.member_id, _rater_in_words(one)) for one in found
        ]
        field.help_text = gettext(
            "每位被评议人至少要 %(least)s 位评议人。推荐的次序：能评的人多、住得近、近一年少当评议人的在前，"
            "另外多请两位，防着有人忘了评。请谁由您定。"
        ) % {"least": least}
        chosen = [one.membership.member_id for one in suggested(found, subjects, least)]
        return found, chosen


class CallForm(PeopleForm):
    """First whom to assess; asked a second time, with suggested raters to look through."""

    subjects = forms.TypedMultipleChoiceField(
        label=_("被评议人（可以打字查找）"),
        coerce=int,
        widget=SearchSelect,
        error_messages={"required": _("请至少选一位被评议人。")},
        help_text=_("只列出同意信用评议、不在别的评议里的正式成员。选好后先点一次，会推荐评议人。"),
    )
    field_order = ("subjects", "closes_on", "raters")

    def for_officer(self, user: Any, row: Any) -> None:
        rows = assessable(unions_where(user, CALL, today()), timezone.now())
        self.memberships = {one.pk: one for one in rows}
        self.fields["subjects"].choices = _by_union(rows)  # type: ignore[attr-defined]
        self.fields["closes_on"].initial = (today() + _A_WEEK).isoformat()
        self.suggestion: list[int] = []
        chosen = self._chosen() if self.is_bound else []
        if len({one.union_id for one in chosen}) == 1:
            members = [one.member_id for one in chosen]
            _found, self.suggestion = self.offer_raters(chosen[0].union, members, user)
        else:
            del self.fields["raters"]

    def clean_subjects(self) -> list[Membership]:
        """The memberships; of one union."""
        found = [self.memberships[pk] for pk in self.cleaned_data["subjects"]]
        if len({one.union_id for one in found}) > 1:
            raise forms.ValidationError(_("一次评议只能评同一个工会的成员，请分开召集。"))
        return found

    def clean(self) -> dict[str, Any]:
        """Without raters the suggested ones are filled in, to be looked through."""
        said = super().clean() or self.cleaned_data
        if "raters" in self.fields and not said.get("raters"):
            self.data = self.data.copy()
            self.data.setlist("raters", [str(pk) for pk in self.suggestion])
            self.add_error(
                "raters",
                gettext("按规则推荐了 %(count)s 位评议人，请看一看，可以增减，再点一次“召集评议”。")
                % {"count": len(self.suggestion)},
            )
        return said

    def _chosen(self) -> list[Membership]:
        pks = [int(pk) for pk in self.data.getlist("subjects") if pk.isdigit()]
        return [self.memberships[pk] for pk in pks if pk in self.memberships]


class ChangeForm(PeopleForm):
    """Other raters or another last day, before anybody has been asked."""

    field_order = ("closes_on", "raters")

    def for_officer(self, user: Any, row: PanelReview) -> None:
        subjects = list(row.subjects.values_list("member", flat=True))
        self.offer_raters(row.union, subjects, row.called_by)
        self.fields["raters"].initial = list(row.seats.values_list("member", flat=True))
        self.fields["closes_on"].initial = row.closes_on.isoformat()


class ReasonForm(forms.Form):
    """Why; the raters read it."""

    reason = forms.CharField(
        label=_("原因（评议人会看到）"), max_length=300, widget=UnfoldAdminTextareaWidget
    )


def _by_union(rows: Iterable[Membership]) -> list[tuple[str, list[tuple[int, str]]]]:
    groups: dict[str, list[tuple[int, str]]] = {}
    for row in rows:
        groups.setdefault(row.union.name, []).append((row.pk, _with_village(row.member)))
    return sorted(groups.items())


def _with_village(member: Member) -> str:
    if member.division is None:
        return member.name
    return f"{member.name}（{member.division.short_name}）"


def _rater_in_words(one: Candidate) -> str:
    words = [gettext("能评 %(count)s 位") % {"count": len(one.able)}]
    if one.ties:
        reasons = listed(sorted({str(tie.reason) for tie in one.ties}))
        words.append(
            gettext("%(count)s 位不能评：%(reasons)s")
            % {"count": len(one.ties), "reasons": reasons}
        )
    if one.recent:
        words.append(gettext("近一年当过 %(count)s 次评议人") % {"count": one.recent})
    return f"{_with_village(one.membership.member)} {gettext('，').join(words)}"


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
                "算出每位被评议人的平均分，告诉本人，今晚起算进信用评分。以后谁也不能再改。"
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
            models.When(state=S.CALLED, then=1),
            models.When(state=S.OPEN, then=2),
            default=3,
        )
        return [first, "-called_at", "-pk"]

    def title_of(self, row: PanelReview) -> str:
        return gettext("第 %(number)s 次邻里评议") % {"number": row.pk}

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

    @admin.display(description=_("次序号"), ordering="pk")
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
        found = row.subjects.select_related("member__division").order_by("pk")
        lines = [{"name": _shown(one.member, row), "row": one} for one in found]
        return _part("results", lines=lines)

    @admin.display(description=_("进度"))
    def shown_raters(self, row: Any) -> SafeString:
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

    @admin.display(description=_("谁不能评谁"))
    def shown_ties(self, row: Any) -> SafeString:
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


def _rated(row: PanelReview) -> models.QuerySet[PanelSubject]:
    return row.subjects.filter(outcome=PanelSubject.Outcome.RATED).select_related("member")


def _shown(member: Member, row: Any) -> str:
    """A person's name, masked unless the officer may see it whole."""
    return _with_village(member) if row.may_reveal else mask_name(member.name)


def _part(template: str, **context: Any) -> SafeString:
    return render_to_string(f"scoring/panel/{template}.html", context)
