"""All that a member borrows and lends."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from cooperative.membership.access import member_page
from core.errors import NotFound


@member_page
def my_lending(request: HttpRequest) -> HttpResponse:
    """Not open yet."""
    raise NotFound()
