"""Consents and looks: read-only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from cooperative.consent.admin.base import STATE_COLOURS, ByMember
from cooperative.consent.models import Consent, Disclosure
from cooperative.consent.rules.lifetime import Standing
from cooperative.consent.rules.purposes import purpose_of
from cooperative.consent.shown import consent_view, look_of, titles


class StandingFilter(admin.SimpleListFilter):
    """Consents by how they stand now."""

    title = _("状态")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("live", _("有效")), ("past", _("已结束"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "live":
                return queryset.live(timezone.now())
            case "past":
                return queryset.past(timezone.now())
        return queryset


@admin.register(Consent)
class ConsentAdmin(ByMember):
    """What members agreed to: read-only."""

    view_permission = "consent.view"
    bounds = ("recipient__union__path",)
    list_display = (
        "shown_member",
        "shown_purpose",
        "recipient",
        "shown_standing",
        "given_at",
        "valid_until",
        "withdrawn_at",
    )
    list_filter = (StandingFilter, "purpose")
    fields = (
        "shown_member",
        "shown_purpose",
        "recipient",
        "text",
        "shown_categories",
        "plain_standing",
        "given_at",
        "given_channel",
        "valid_until",
        "withdrawn_at",
        "withdrawn_channel",
    )
    readonly_fields = ("shown_member", "shown_purpose", "shown_categories", "plain_standing")
    ordering = ("-given_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related("recipient", "text")

    @admin.display(description=_("用途"), ordering="purpose")
    def shown_purpose(self, row: Consent) -> str:
        return str(purpose_of(row.purpose).title)

    @admin.display(description=_("资料"))
    def shown_categories(self, row: Consent) -> str:
        return titles(row.categories)

    @admin.display(description=_("状态"))
    def plain_standing(self, row: Consent) -> str:
        """How it stands, in a word."""
        return consent_view(row, timezone.now()).standing

    @display(description=_("状态"), label=STATE_COLOURS)  # type: ignore[untyped-decorator]
    def shown_standing(self, row: Consent) -> tuple[str, str]:
        now = timezone.now()
        live = row.standing(now) == Standing.LIVE
        return "live" if live else "ended", consent_view(row, now).standing


@admin.register(Disclosure)
class DisclosureAdmin(ByMember):
    """Every look: read-only, for supervision."""

    view_permission = "disclosure.view"
    bounds = ("union__path", "recipient__union__path")
    list_display = ("at", "shown_member", "shown_who", "shown_what", "shown_why", "basis")
    list_filter = ("basis", ("at", admin.DateFieldListFilter))
    fields = (
        "at",
        "shown_member",
        "shown_who",
        "shown_what",
        "shown_why",
        "basis",
        "digest",
        "request_id",
    )
    readonly_fields = ("shown_member", "shown_who", "shown_what", "shown_why")
    ordering = ("-at", "-pk")
    shows_trail = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related("by", "union", "recipient")

    @admin.display(description=_("谁"))
    def shown_who(self, row: Disclosure) -> str:
        return str(_("成员本人")) if row.basis == Disclosure.Basis.OWN else look_of(row).who

    @admin.display(description=_("看了什么"))
    def shown_what(self, row: Disclosure) -> str:
        return titles(row.categories)

    @admin.display(description=_("为什么"))
    def shown_why(self, row: Disclosure) -> str:
        return str(purpose_of(row.purpose).title)
