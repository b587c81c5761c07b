"""What the lists of this app share."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cooperative.membership.access import unions_where
from cooperative.membership.models import Membership
from cooperative.membership.panel import OfficerAdmin, reveals
from core.dates import today
from core.masking import mask_name

STATE_COLOURS = {
    "open": "warning",
    "proposed": "warning",
    "answered": "success",
    "refused": "danger",
    "live": "success",
    "ended": "info",
    "withdrawn": "info",
    "late": "danger",
    "soon": "warning",
    "published": "success",
    "draft": "warning",
}


def paths_around(request: HttpRequest, permission: str) -> set[str]:
    """The paths of the unions an officer reaches and of those above them."""
    within = set(unions_where(request.user, permission, today()).values_list("path", flat=True))
    above = {path[: at + 1] for path in within for at, sign in enumerate(path) if sign == "/"}
    return within | above


class ByMember(OfficerAdmin):
    """Rows of members who belong to the officer's unions.

    ``bounds``: lookups to the path of a union that takes part in the row. A member may belong to
    two unions; what is done in the one is not for the officers of the other.
    """

    bounds: tuple[str, ...] = ()

    union_lookup = None

    def bounded(self, rows: models.QuerySet[Any], request: HttpRequest) -> models.QuerySet[Any]:
        """Rows of a member with a membership in the officer's unions."""
        reach = unions_where(request.user, self.view_permission, today())
        belongs = Membership.objects.filter(member=OuterRef("member"), union__in=reach)
        rows = rows.filter(Exists(belongs))
        paths = paths_around(request, self.view_permission) if self.bounds else set()
        for path in self.bounds:
            rows = rows.filter(Q(**{f"{path}__in": paths}) | Q(**{f"{path}__isnull": True}))
        return rows

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request).select_related("member")
        return rows.annotate(may_reveal=reveals(request))

    @admin.display(description=_("成员"), ordering="member__name")
    def shown_member(self, row: Any) -> str:
        """The name, masked unless the officer may see it whole."""
        name = row.member.name or _("已删除")
        return name if row.may_reveal or not row.member.name else mask_name(name)
