"""Statements as page, PDF and xlsx."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from cooperative.membership.access import member_page
from core.errors import NotFound


@member_page
def lending_statement(request: HttpRequest) -> HttpResponse:
    """Not open yet."""
    raise NotFound()


@member_page
def lending_statement_file(request: HttpRequest) -> HttpResponse:
    """Not open yet."""
    raise NotFound()


@member_page
def loan_statement(request: HttpRequest, pk: int) -> HttpResponse:
    """Not open yet."""
    raise NotFound()


@member_page
def loan_statement_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Not open yet."""
    raise NotFound()
