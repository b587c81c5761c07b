"""Error pages and the language switch."""

from __future__ import annotations

import sys

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core.access import public
from core.errors import is_away


@require_POST
@public
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language in the account or a cookie and go back to the page."""
    language = request.POST.get("language", "")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = "/"
    response = redirect(back)
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 24 * 3600,
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )
        if request.user.is_authenticated and request.user.language != language:
            request.user.language = language
            request.user.save(update_fields=["language"])
    return response


_RETRY_SECONDS = "60"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400"""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403"""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404"""
    return render(request, "404.html", status=404)


def being_updated(request: HttpRequest) -> HttpResponse:
    """The page for times when the server cannot answer; safe to ask again."""
    response = render(request, "503.html", status=503)
    response["Retry-After"] = _RETRY_SECONDS
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500: no context, no database. A server that is away is told as an update under way."""
    if is_away(sys.exc_info()[1]):
        return being_updated(request)
    return render(request, "500.html", status=500)
