"""The transfer from lender to borrower."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from cooperative.membership.access import member_page
from core.errors import NotFound


@member_page
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """Not open yet."""
    raise NotFound()


@member_page
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Not open yet."""
    raise NotFound()


@member_page
def arrival(request: HttpRequest, pk: int) -> HttpResponse:
    """Not open yet."""
    raise NotFound()


@member_page
def not_arrived(request: HttpRequest, pk: int) -> HttpResponse:
    """Not open yet."""
    raise NotFound()
