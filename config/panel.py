"""The officers' panel: one site, open to whoever holds a post in force and gave a second factor."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from unfold.sites import UnfoldAdminSite

from cooperative.accounts import second_factor
from cooperative.accounts.views.sign_in import sign_out
from cooperative.membership.access import posts_of, remember_posts
from cooperative.membership.panel import OfficerAdmin
from core.access import declare, public
from core.dates import today
from core.errors import NotFound

_UNUSED = frozenset({"autocomplete", "password_change_done", "view_on_site"})


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

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only pages that are bounded by unions; packages bring lists that know none."""
        if admin_class is not None and issubclass(admin_class, OfficerAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self) -> list[Any]:
        """Without the addresses that we do not use and that know no unions."""
        return [found for found in super().get_urls() if getattr(found, "name", "") not in _UNUSED]

    def search(self, request: HttpRequest, extra_context: Any = None) -> NoReturn:
        """Never: the side bar has no search, and unfold's knows no unions."""
        raise NotFound()

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Officers change their password where everybody does."""
        return redirect("password")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """By the house's own door, which says goodbye in its own words."""
        return sign_out(request)

    @public
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Officers sign in on their own page and come back to where they wanted."""
        wanted = request.GET.get("next", request.get_full_path())
        return redirect(f"{reverse('officer_sign_in')}?{urlencode({'next': wanted})}")
