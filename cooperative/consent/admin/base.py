"""What the lists of this app share."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cooperative.membership.access import unions_where
from cooperative.membership.models import Membership
from cooperative.membership.panel import OfficerAdmin, request_can
from core.dates import today
from core.masking import mask_name

STATE_COLOURS = {
    "open": "warning",
    "proposed": "warning",
    "answered": "success",
    "refused": "danger",
    "live": "success",
    "late": "danger",
    "soon": "warning",
    "published": "success",
    "draft": "warning",
}


class ByMember(OfficerAdmin):
    """Rows of members who belong to the officer's unions."""

    union_lookup = None

    def bounded(self, rows: models.QuerySet[Any], request: HttpRequest) -> models.QuerySet[Any]:
        """Rows of a member with a membership in the officer's unions."""
        reach = unions_where(request.user, self.view_permission, today())
        belongs = Membership.objects.filter(member=OuterRef("member"), union__in=reach)
        return rows.filter(Exists(belongs))

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request).select_related("member")
        return rows.annotate(may_reveal=models.Value(request_can(request, "member.reveal")))

    @admin.display(description=_("成员"), ordering="member__name")
    def shown_member(self, row: Any) -> str:
        """The name, masked unless the officer may see it whole."""
        name = row.member.name or _("已删除")
        return name if row.may_reveal or not row.member.name else mask_name(name)
