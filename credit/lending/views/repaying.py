"""Repayments: declared by one side, confirmed by the other."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from cooperative.membership.access import member_page
from core.errors import NotFound


@member_page
def repay(request: HttpRequest, pk: int) -> HttpResponse:
    """Not open yet."""
    raise NotFound()


@member_page
def received(request: HttpRequest, pk: int) -> HttpResponse:
    """Not open yet."""
    raise NotFound()


@member_page
def repayment(request: HttpRequest, pk: int) -> HttpResponse:
    """Not open yet."""
    raise NotFound()


@member_page
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Not open yet."""
    raise NotFound()


@member_page
def dispute(request: HttpRequest, pk: int) -> HttpResponse:
    """Not open yet."""
    raise NotFound()


@member_page
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Not open yet."""
    raise NotFound()


@member_page
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """Not open yet."""
    raise NotFound()
