"""Pledges and spare money in the officers' panel."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cooperative.membership.models import Member
from cooperative.membership.panel import Deed, reveals
from credit.lending.admin.columns import StateColumns
from credit.lending.admin.parts import (
    PartyAdmin,
    by_id,
    shown_name,
    yuan,
)
from credit.lending.models import Pledge, SpareMoney
from credit.lending.services import convening


@admin.register(Pledge)
class PledgeAdmin(StateColumns, PartyAdmin):
    """Invitations and what was answered."""

    view_permission = "loan.view"
    union_lookup = "membership__union"
    list_display = ("shown_member", "request", "shown_state", "shown_amount", "invited_at")
    list_filter = ("state",)
    search_fields = ("membership__member__name",)
    search_help_text = _("按出借人姓名查找")
    fields = (
        "shown_member",
        "request",
        "shown_state_words",
        "shown_amount",
        "note",
        "invited_by",
        "invited_at",
        "answered_at",
    )
    readonly_fields = ("shown_member", "shown_state_words", "shown_amount")
    deeds = (
        Deed(
            "cancel",
            _("取消邀请"),
            "loan.convene",
            what=lambda row: _("取消以后，这位成员不再参加这笔借款。本人会收到消息。"),
            do=by_id(convening.cancel_invitation, "pledge_id"),
            done=_("已取消邀请。"),
            offered=lambda row: row.state in (Pledge.State.INVITED, Pledge.State.PLEDGED),
            dangerous=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        rows = rows.select_related("membership__member", "request", "invited_by")
        return rows.annotate(may_reveal=reveals(request, "membership__member"))

    def parties(self, row: Pledge) -> list[Member]:
        return [row.membership.member]

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return ["-invited_at", "-pk"]

    def title_of(self, row: Pledge) -> str:
        return shown_name(row.membership, row)

    @admin.display(description=_("出借人"), ordering="membership__member__name")
    def shown_member(self, row: Pledge) -> str:
        return shown_name(row.membership, row)

    @admin.display(description=_("答应的金额（元）"), ordering="amount")
    def shown_amount(self, row: Pledge) -> str:
        return yuan(row.amount)


@admin.register(SpareMoney)
class SpareMoneyAdmin(StateColumns, PartyAdmin):
    """Who has said that money lies idle. It lies with them: nothing is held here."""

    view_permission = "loan.view"
    union_lookup = "membership__union"
    list_display = (
        "shown_member",
        "shown_union",
        "shown_amount",
        "available_from",
        "available_until",
        "registered_at",
        "ended_at",
    )
    list_filter = (("ended_at", admin.EmptyFieldListFilter),)
    search_fields = ("membership__member__name",)
    search_help_text = _("按姓名查找")
    fields = (
        "shown_member",
        "shown_union",
        "shown_amount",
        "available_from",
        "available_until",
        "own_funds_declared_at",
        "registered_at",
        "ended_at",
    )
    readonly_fields = ("shown_member", "shown_union", "shown_amount")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        rows = rows.select_related("membership__member", "membership__union")
        return rows.annotate(may_reveal=reveals(request, "membership__member"))

    def parties(self, row: SpareMoney) -> list[Member]:
        return [row.membership.member]

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        open_first = models.Case(models.When(ended_at__isnull=True, then=0), default=1)
        return [open_first, "-registered_at", "-pk"]

    def title_of(self, row: SpareMoney) -> str:
        return shown_name(row.membership, row)

    @admin.display(description=_("成员"), ordering="membership__member__name")
    def shown_member(self, row: SpareMoney) -> str:
        return shown_name(row.membership, row)

    @admin.display(description=_("工会"))
    def shown_union(self, row: SpareMoney) -> str:
        return row.membership.union.name

    @admin.display(description=_("金额（元）"), ordering="amount")
    def shown_amount(self, row: SpareMoney) -> str:
        return yuan(row.amount)
