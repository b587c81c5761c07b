"""Every URL declares who may open it; a test walks the URLconf and fails for one that does not."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponse])


def declare(audience: str) -> Callable[[ViewT], ViewT]:
    """Write on a view for whom it is; the decorator that checks it calls this."""

    def mark(view: ViewT) -> ViewT:
        view.audience = audience  # type: ignore[attr-defined]
        return view

    return mark


def audience_of(view: Any) -> str | None:
    """For whom a view was declared, or None when nobody said."""
    return getattr(view, "audience", None)


public = declare("public")
"""Anybody may open it, signed in or not."""


def signed_in(view: ViewT) -> ViewT:
    """Whoever has signed in may open it; others are sent to sign in and come back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
        return view(request, *args, **kwargs)

    return declare("signed_in")(guarded)  # type: ignore[return-value]
