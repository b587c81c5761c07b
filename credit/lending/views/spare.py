"""Spare money: say that some lies idle, change it, take it back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from cooperative.membership.access import member_page
from core.errors import NotFound


@member_page
def spare_money(request: HttpRequest) -> HttpResponse:
    """Not open yet."""
    raise NotFound()


@member_page
def change_spare_money(request: HttpRequest) -> HttpResponse:
    """Not open yet."""
    raise NotFound()


@member_page
def withdraw_spare_money(request: HttpRequest) -> HttpResponse:
    """Not open yet."""
    raise NotFound()
