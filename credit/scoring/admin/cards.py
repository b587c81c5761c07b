"""Scorecards in the officers' panel: written by one officer, approved and put in force by another."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from cooperative.membership.access import can_everywhere, unions_where
from cooperative.membership.panel import Deed, OfficerAdmin, request_can
from core.dates import today
from core.errors import NotFound, Refused
from credit.scoring.admin.card_forms import CardEditor
from credit.scoring.models import Scorecard
from credit.scoring.pages.cards import card_view
from credit.scoring.pages.effects import effect_view
from credit.scoring.rules import card_from_json
from credit.scoring.services import cards
from credit.scoring.services.comparing import effect_of

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

    change_form_outer_before_template = "scoring/panel/card_deeds.html"

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<path:object_id>/{name}/",
                self.admin_site.admin_view(view),
                name=f"scoring_scorecard_{name}",
            )
            for name, view in (("edit", self.edit), ("effect", self.effect))
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {
            **(extra_context or {}),
            "may_edit": can_everywhere(request.user, cards.PROPOSE, today()),
            "card_row": self.get_object(request, object_id),
        }
        return super().change_view(request, object_id, form_url, context)

    def edit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Write a draft anew, or a new version that begins as this one."""
        row = self._row(request, object_id)
        if not can_everywhere(request.user, cards.PROPOSE, today()):
            raise NotFound()
        posted = request.POST if request.method == "POST" else None
        editor = CardEditor(row.definition, posted)
        refused = None
        if posted is not None and editor.is_valid():
            try:
                saved = _save(row, editor.definition(), request.user)
            except Refused as refusal:
                refused = refusal
            else:
                messages.success(request, str(_("草稿存好了。看看它会让谁升级、谁降级。")))
                return redirect("admin:scoring_scorecard_effect", saved.pk)
        context = {
            **self._context(request, row, _("改评分卡")),
            "editor": editor,
            "refused": refused,
            "faults": refused.facts.get("faults", []) if refused else [],
            "is_own_draft": _is_own_draft(row, request.user),
        }
        status = 422 if posted is not None else 200
        return render(request, "scoring/panel/edit.html", context, status=status)

    def effect(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """How the card would move today's members of the officer's unions between grades."""
        row = self._row(request, object_id)
        unions = unions_where(request.user, self.view_permission, today())
        card = card_from_json(row.definition)
        found = effect_of(card, unions=list(unions.values_list("pk", flat=True)), at=timezone.now())
        now = Scorecard.objects.active().first()
        context = {
            **self._context(request, row, _("会让谁升级、谁降级")),
            "effect": effect_view(found, card, card_from_json(now.definition) if now else card),
            "active": now,
        }
        return render(request, "scoring/panel/effect.html", context)

    def may_do(self, request: HttpRequest, deed: Deed, row: Any) -> bool:
        """Only officers of the root: the card is one for every union."""
        return can_everywhere(request.user, deed.permission, today())

    def _row(self, request: HttpRequest, object_id: str) -> Scorecard:
        row: Scorecard | None = self.get_object(request, object_id)
        if row is None or not request_can(request, self.view_permission):
            raise NotFound()
        return row

    def _context(self, request: HttpRequest, row: Scorecard, title: Any) -> dict[str, Any]:
        url = reverse("admin:scoring_scorecard_change", args=[row.pk])
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "row": row,
            "row_title": self.title_of(row),
            "row_url": url,
            "opts": self.opts,
            "back": url,
        }

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


def _is_own_draft(row: Scorecard, user: Any) -> bool:
    return row.state == S.DRAFT and row.made_by_id == user.pk


def _save(row: Scorecard, definition: dict[str, Any], by: Any) -> Scorecard:
    """The officer's own draft is written anew; from any other card a new version is made."""
    at = timezone.now()
    if _is_own_draft(row, by):
        return cards.change_card(card_id=row.pk, definition=definition, by=by, at=at)
    return cards.propose_card(definition=definition, by=by, at=at)
