"""What the frame of every page may show of notices."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from cooperative.notices.selectors import unread_count


def unread(request: HttpRequest) -> dict[str, Any]:
    """``unread_messages``: asked of the database only when a full page shows it, once."""
    user = getattr(request, "user", None)
    if user is None or getattr(request, "htmx", False):
        return {"unread_messages": 0}
    return {"unread_messages": SimpleLazyObject(lambda: unread_count(user))}
