"""What every page may show."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from core.dates import today


def site(request: HttpRequest) -> dict[str, Any]:
    """Whether this is the demo, the office's phone, today's business date."""
    return {
        "DEMO": settings.DEMO,
        "OFFICE_PHONE": settings.OFFICE_PHONE,
        "today": today(),
    }
