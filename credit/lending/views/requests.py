"""A member's own request."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from cooperative.membership.access import member_page
from core.errors import NotFound


@member_page
def my_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Not open yet."""
    raise NotFound()


@member_page
def edit_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Not open yet."""
    raise NotFound()


@member_page
def withdraw_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Not open yet."""
    raise NotFound()
