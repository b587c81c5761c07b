"""What an officer fills in to call a panel: whom to assess, who rates, until when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelect2MultipleWidget, UnfoldAdminTextareaWidget

from cooperative.membership.access import unions_where
from cooperative.membership.models import Member, Membership, Union
from cooperative.membership.panel import DayInput, OfficerForm
from core.dates import today
from core.parameters import value_on
from core.sentences import listed
from credit.scoring.models import PanelReview
from credit.scoring.parameters import PANEL_RATERS
from credit.scoring.selectors.panels import Candidate, assessable, candidates_for, suggested
from credit.scoring.services.panels.checks import CALL

_A_WEEK = timedelta(days=7)


class SearchSelect(UnfoldAdminSelect2MultipleWidget):  # type: ignore[misc]
    """Many people chosen by typing their names; a plain list without scripts."""

    class Media:
        # Its words must be there before Django takes jQuery's global name away.
        extend = False
        js = (
            "admin/js/vendor/jquery/jquery.min.js",
            "admin/js/vendor/select2/select2.full.js",
            "admin/js/vendor/select2/i18n/zh-CN.js",
            "admin/js/jquery.init.js",
            "unfold/js/select2.init.js",
        )
        css: ClassVar[dict[str, tuple[str, ...]]] = {
            "screen": ("admin/css/vendor/select2/select2.css", "admin/css/autocomplete.css")
        }

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

    def offer_raters(self, union: Union, subjects: list[int], caller: Any) -> list[int]:
        """Fill in who could rate these members; the keys of those who are suggested."""
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
        return [one.membership.member_id for one in suggested(found, subjects, least)]


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
            self.suggestion = self.offer_raters(chosen[0].union, members, user)
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
        groups.setdefault(row.union.name, []).append((row.pk, with_village(row.member)))
    return sorted(groups.items())


def with_village(member: Member) -> str:
    """A name with the village, as people tell namesakes apart."""
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
    return gettext("%(name)s：%(words)s") % {
        "name": with_village(one.membership.member),
        "words": gettext("，").join(words),
    }
