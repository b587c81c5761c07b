"""Outer ring of pages: maintenance, refusals as pages, a database that is away."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.errors import Busy, Refused, is_away
from core.views import being_updated

logger = logging.getLogger(__name__)


class Maintenance:
    """While the file MAINTENANCE_FILE exists, every page says that the server is being updated."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.MAINTENANCE_FILE.exists() and not request.path.startswith("/static/"):
            return being_updated(request)
        return self.get_response(request)


class RefusalPages:
    """A ``Refused`` that no view caught becomes a page that says the rule and the way on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Translate; None leaves the error to Django."""
        if is_away(error):
            logger.error("database or Redis is away", exc_info=error)
            return being_updated(request)
        if isinstance(error, OperationalError):
            error = Busy()
        if not isinstance(error, Refused):
            return None
        template = {403: "403.html", 404: "404.html"}.get(error.status, "refused.html")
        return render(request, template, {"refused": error}, status=error.status)
