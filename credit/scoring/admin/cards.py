"""Scorecards in the officers' panel: written by one officer, approved and put in force by another."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from cooperative.membership.panel import Deed, OfficerAdmin
from credit.scoring.models import Scorecard
from credit.scoring.pages.cards import card_view
from credit.scoring.rules import card_from_json
from credit.scoring.services import cards

S = Scorecard.State
COLOURS = {S.DRAFT: "warning", S.APPROVED: "info", S.ACTIVE: "success", S.RETIRED: ""}


@admin.register(Scorecard)
class ScorecardAdmin(OfficerAdmin):
    """Versions of the card, those that wait first. One card for the whole federation."""

    view_permission = "score.view"
    union_lookup = None
    list_display = ("number", "title", "shown_state", "made_by", "checked_by", "activated_at")
    list_display_links = ("number", "title")
    fields = (
        "number",
        "title",
        "shown_state_words",
        "source",
        "made_by",
        "made_at",
        "checked_by",
        "checked_at",
        "activated_at",
        "retired_at",
        "shown_card",
    )
    readonly_fields = ("shown_state_words", "shown_card")
    deeds = (
        Deed(
            "approve",
            _("批准"),
            "scorecard.approve",
            what=lambda row: (
                _("批准第 %(number)s 版评分卡。批准以后谁也不能再改；启用是另一步。")
                % {"number": row.number}
            ),
            do=lambda row, answers, by, at: cards.approve_card(card_id=row.pk, by=by, at=at),
            done=_("已批准，可以启用。"),
            offered=lambda row: row.state == S.DRAFT,
        ),
        Deed(
            "activate",
            _("启用"),
            "scorecard.approve",
            what=lambda row: (
                _("从下一次夜里评分起，全部成员改用第 %(number)s 版；在用的那一版停用。")
                % {"number": row.number}
            ),
            do=lambda row, answers, by, at: cards.activate_card(card_id=row.pk, by=by, at=at),
            done=_("已启用，今天夜里起用它评分。"),
            offered=lambda row: row.state == S.APPROVED,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related("made_by", "checked_by")

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        waits = [S.DRAFT, S.APPROVED, S.ACTIVE]
        places = [models.When(state=state, then=place) for place, state in enumerate(waits)]
        return [models.Case(*places, default=len(waits)), "-number"]

    @display(description=_("状态"), ordering="state", label=COLOURS)  # type: ignore[untyped-decorator]
    def shown_state(self, row: Scorecard) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @admin.display(description=_("状态"))
    def shown_state_words(self, row: Scorecard) -> str:
        return row.get_state_display()

    @admin.display(description=_("内容"))
    def shown_card(self, row: Scorecard) -> SafeString:
        shown = card_view(card_from_json(row.definition))
        return render_to_string("scoring/panel/card.html", {"card": shown})
