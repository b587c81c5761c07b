"""Scores in the officers' panel: who stands where, and how each score came about."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from cooperative.membership.marks import marks_of
from cooperative.membership.panel import once
from core.dates import today
from core.formats import format_number
from core.sentences import listed
from credit.scoring.admin.figures import figures_page
from credit.scoring.admin.overrides import PROPOSE_OVERRIDE
from credit.scoring.admin.parts import COLOURS, OfMemberAdmin, shown, yuan
from credit.scoring.models import Objection, Override, Score, Scorecard
from credit.scoring.pages.panel import panel_score
from credit.scoring.rules import card_from_json
from credit.scoring.selectors.objections import statements_of
from credit.scoring.selectors.overrides import override_in_force
from credit.scoring.selectors.scores import read_score, scores_of
from credit.scoring.services.telling_overrides import grade_title

_EARLIER = 12


def _is_marked() -> Exists:
    """Whether an objection of a score's member waits."""
    return Exists(Objection.objects.open().filter(member=OuterRef("member")))


class _YesFilter(admin.SimpleListFilter):
    """Rows for which something annotated, or a condition, is true."""

    condition: models.Q

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("有")), ("no", _("没有"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "yes":
            return queryset.filter(self.condition)
        return queryset.exclude(self.condition) if self.value() == "no" else queryset


class VetoFilter(_YesFilter):
    """Scores under a veto."""

    title = _("否决项")
    parameter_name = "veto"
    condition = models.Q(vetoes__len__gt=0)


class ObjectionFilter(_YesFilter):
    """Scores that carry the mark."""

    title = _("在办的异议")
    parameter_name = "objection"
    condition = models.Q(is_marked=True)


class OverrideFilter(_YesFilter):
    """Scores with an override in force."""

    title = _("有效的人工调整")
    parameter_name = "override"
    condition = models.Q(is_overridden=True)


class GradeFilter(admin.SimpleListFilter):
    """The grades of the card in force."""

    title = _("等级")
    parameter_name = "grade"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        card = Scorecard.objects.active().first()
        if card is None:
            return []
        return [(one.code, one.title) for one in card_from_json(card.definition).grades]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(grade=self.value()) if self.value() else queryset


@admin.register(Score)
class ScoreAdmin(OfMemberAdmin):
    """The current scores of members of the officer's unions."""

    list_display = (
        "shown_member",
        "total_score",
        "shown_grade",
        "limit_amount_yuan",
        "shown_notes",
        "as_of",
        "confirmed_on",
    )
    list_filter = (GradeFilter, VetoFilter, ObjectionFilter, OverrideFilter)
    list_before_template = "scoring/panel/score_deeds.html"
    fields = ("shown_member", "shown_marks", "shown_score")
    readonly_fields = fields
    deeds = (PROPOSE_OVERRIDE,)

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "figures/", self.admin_site.admin_view(self.figures), name="scoring_score_figures"
        )
        return [own, *super().get_urls()]

    def figures(self, request: HttpRequest) -> HttpResponse:
        """How the scores of the officer's unions are spread, and how they moved."""
        return figures_page(self, request)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request).current().select_related("scorecard")  # type: ignore[attr-defined]
        overrides = Override.objects.in_force(today()).filter(member=OuterRef("member"))
        return rows.annotate(is_marked=_is_marked(), is_overridden=Exists(overrides))

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return [_is_marked().desc(), "-total", "pk"]

    @admin.display(description=_("信用分"), ordering="total")
    def total_score(self, row: Score) -> str:
        return format_number(row.total)

    @admin.display(description=_("等级"), ordering="grade")
    def shown_grade(self, row: Score) -> str:
        return grade_title(row, row.grade)

    @admin.display(description=_("额度（元）"), ordering="limit_amount")
    def limit_amount_yuan(self, row: Score) -> str:
        return yuan(row.limit_amount)

    @display(description=_("请留意"), label=COLOURS)  # type: ignore[untyped-decorator]
    def shown_notes(self, row: Any) -> tuple[str, str] | str:
        """What an officer should know before anything else, the gravest in the colour."""
        found = [
            (key, word)
            for key, word, is_so in (
                ("late", _("否决"), bool(row.vetoes)),
                ("soon", _("异议"), row.is_marked),
                ("open", _("人工调整"), row.is_overridden),
            )
            if is_so
        ]
        return (found[0][0], listed(word for _key, word in found)) if found else "—"

    @admin.display(description=_("标记"))
    def shown_marks(self, row: Score) -> str:
        return listed(once(row, "marks", lambda: marks_of(row.member))) or "—"

    @admin.display(description=_("评分"))
    def shown_score(self, row: Score) -> SafeString:
        found: SafeString = once(row, "score", lambda: _shown_score(row))
        return found


def _shown_score(row: Score) -> SafeString:
    read = read_score(row)
    earlier = scores_of(row.member).exclude(pk=row.pk)[:_EARLIER]
    page = panel_score(
        read,
        [read_score(one) for one in earlier],
        override_in_force([row.member], today()).get(row.member_id),
        list(statements_of(row.member)),
        today(),
    )
    return shown("score", page=page, today=today())
