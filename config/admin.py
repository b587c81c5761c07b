"""The officers' panel: one site, open to whoever holds a post in force and a second factor."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from unfold.sites import UnfoldAdminSite


class SanweiAdminConfig(AdminConfig):
    """Django admin with our site."""

    default_site = "config.admin.OfficerSite"


class OfficerSite(UnfoldAdminSite):
    """Admin site whose door is a post in force, not a staff flag."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the user holds a post and has signed in with a second factor."""
        from cooperative.membership.access import posts_of
        from core.dates import today

        return bool(posts_of(request.user, today()))

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Officers sign in on their own page."""
        return redirect("/officers/sign-in/?" + urlencode({"next": request.get_full_path()}))
