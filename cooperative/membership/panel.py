"""Base of every page in the officers' panel: read-only, bounded by union and role.

The admin is a door, not a rule: changes are actions or small forms that call a service.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpRequest
from unfold.admin import ModelAdmin, StackedInline, TabularInline

from cooperative.membership.access import can_anywhere, unions_where
from core.dates import today
from core.errors import Refused


def request_can(request: HttpRequest, permission: str) -> bool:
    """Whether the signed-in officer holds the permission anywhere; posts are read once a request."""
    return can_anywhere(request.user, permission, today())


class _ReadOnly:
    """Nobody adds, changes or deletes through the admin's own forms."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OfficerAdmin(_ReadOnly, ModelAdmin):  # type: ignore[misc]
    """A list and a read-only page, showing only what belongs to the officer's unions.

    ``view_permission``: the role permission that opens it. ``union_lookup``: the way from a row to
    its union, e.g. ``"membership__union"``; None for rows without a union (override ``bounded``).
    """

    view_permission: str
    union_lookup: str | None = "union"
    list_fullwidth = True
    list_filter_submit = True
    show_full_result_count = False
    list_per_page = 50
    actions: Any = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request_can(request, self.view_permission)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request_can(request, self.view_permission)

    def bounded(self, rows: models.QuerySet[Any], request: HttpRequest) -> models.QuerySet[Any]:
        """The rows of the officer's unions."""
        if self.union_lookup is None:
            return rows
        unions = unions_where(request.user, self.view_permission, today())
        return rows.filter(**{f"{self.union_lookup}__in": unions})

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return self.bounded(super().get_queryset(request), request)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        return [], {}, {"delete"}, []


class OfficerTabularInline(_ReadOnly, TabularInline):  # type: ignore[misc]
    """Read-only rows under a row the officer may see."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


class OfficerStackedInline(_ReadOnly, StackedInline):  # type: ignore[misc]
    """Read-only rows under a row the officer may see."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


def say(request: HttpRequest, refused: Refused) -> None:
    """Show a refusal as the admin's message."""
    messages.error(request, str(refused))
