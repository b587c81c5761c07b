"""Consents, which are only ever ended, and looks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db import models, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from cooperative.accounts.models import User
from cooperative.consent import services
from cooperative.consent.access import WITHDRAW
from cooperative.consent.admin.base import STATE_COLOURS, ByMember
from cooperative.consent.evidence import accept_sheet
from cooperative.consent.models import Consent, Disclosure
from cooperative.consent.panel import SaidForm
from cooperative.consent.rules.lifetime import Standing
from cooperative.consent.rules.purposes import purpose_of
from cooperative.consent.shown import consent_view, look_of, titles
from cooperative.membership.panel import Deed
from core.models import StoredFile


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


def _withdraw(row: Consent, answers: dict[str, Any], by: Any, at: datetime) -> Consent:
    """What the member wrote and the end of the consent, together or not at all."""
    upload = answers["evidence"]
    scope = row.recipient.union.path if row.recipient.union else ""
    with transaction.atomic():
        kept = accept_sheet(upload=upload, scope=scope, by=by, at=at) if upload else None
        return services.withdraw_for_member(
            consent_id=row.pk, reason=answers["reason"], evidence=kept, by=by, at=at
        )


def _who(user: User | None, row: Consent) -> Any:
    """An officer by name; the member, whose name not everybody may see, as themself."""
    if user is None:
        return "—"
    return _("本人") if user.pk == row.member.user_id else user


def link_to(file: StoredFile | None) -> str:
    """A file by its name; who may not see it is told so there."""
    if file is None:
        return "—"
    return format_html('<a href="{}">{}</a>', reverse("file", args=[file.pk]), file.original_name)


@admin.register(Consent)
class ConsentAdmin(ByMember):
    """What members agreed to; an officer ends one when the member says so."""

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
        "shown_giver",
        "shown_evidence",
        "valid_until",
        "withdrawn_at",
        "withdrawn_channel",
        "shown_ender",
        "withdrawn_reason",
        "shown_proof",
    )
    readonly_fields = (
        "shown_member",
        "shown_purpose",
        "shown_categories",
        "plain_standing",
        "shown_giver",
        "shown_ender",
        "shown_evidence",
        "shown_proof",
    )
    ordering = ("-given_at", "-pk")
    deeds = (
        Deed(
            "withdraw",
            _("替本人撤回"),
            WITHDRAW,
            what=lambda row: _(
                "成员当面、打电话或写字据说不给了，由您马上登记。登记了就生效，不用复核，成员会收到消息。"
            ),
            do=_withdraw,
            done=_("已经撤回，马上生效，成员会收到消息。"),
            form=SaidForm,
            offered=lambda row: row.standing(timezone.now()) == Standing.LIVE,
            dangerous=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.select_related(
            "recipient__union", "text", "evidence", "withdrawn_evidence", "withdrawn_by", "given_by"
        )

    def title_of(self, row: Consent) -> Any:
        return row.text.title

    @admin.display(description=_("谁给出"))
    def shown_giver(self, row: Consent) -> Any:
        return _who(row.given_by, row)

    @admin.display(description=_("谁撤回"))
    def shown_ender(self, row: Consent) -> Any:
        return _who(row.withdrawn_by, row)

    @admin.display(description=_("签字的纸"))
    def shown_evidence(self, row: Consent) -> str:
        return link_to(row.evidence)

    @admin.display(description=_("撤回的凭证"))
    def shown_proof(self, row: Consent) -> str:
        return link_to(row.withdrawn_evidence)

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
