"""The running loan as each side sees it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from cooperative.membership.access import member_page
from core.errors import NotFound


@member_page
def loan(request: HttpRequest, pk: int) -> HttpResponse:
    """Not open yet."""
    raise NotFound()


@member_page
def loan_line(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Not open yet."""
    raise NotFound()


@member_page
def payoff(request: HttpRequest, pk: int) -> HttpResponse:
    """Not open yet."""
    raise NotFound()


@member_page
def lent_share(request: HttpRequest, pk: int) -> HttpResponse:
    """Not open yet."""
    raise NotFound()


@member_page
def share_line(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Not open yet."""
    raise NotFound()
