"""Asking for money, one question a screen."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from cooperative.membership.access import member_page
from core.errors import NotFound


@member_page
def ask_for_money(request: HttpRequest) -> HttpResponse:
    """Not open yet."""
    raise NotFound()


@member_page
def ask_check(request: HttpRequest) -> HttpResponse:
    """Not open yet."""
    raise NotFound()


@member_page
def ask_step(request: HttpRequest, step: str) -> HttpResponse:
    """Not open yet."""
    raise NotFound()
