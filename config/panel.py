"""The officers' panel: one site, open to whoever holds a post in force and gave a second factor."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from unfold.sites import UnfoldAdminSite

from cooperative.accounts import second_factor
from cooperative.membership.access import posts_of, remember_posts
from core.access import declare
from core.dates import today


class OfficerSite(UnfoldAdminSite):
    """Admin site whose door is a post in force and a second factor, not a staff flag."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the user holds a post and this session gave a second factor."""
        return bool(posts_of(request.user, today())) and second_factor.passed(request)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """Every page of the panel: unfold's Alpine needs eval and inline style, ours do not."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def with_posts(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            remember_posts(request.user)
            return guarded(request, *args, **kwargs)

        relaxed = csp_update({"script-src": [UNSAFE_EVAL], "style-src": [UNSAFE_INLINE]})
        return declare("officer")(relaxed(with_posts))

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Officers sign in on their own page and come back to where they wanted."""
        wanted = request.GET.get("next", request.get_full_path())
        return redirect(f"{reverse('officer_sign_in')}?{urlencode({'next': wanted})}")
