"""The first page of the officers' panel."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from cooperative.membership.access import posts_of
from cooperative.membership.desk import last_jobs, union_figures, waiting_for
from core.dates import today

_SHOWN_UNIONS = 12
_SHOWN_JOBS = 5


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What waits for me, my posts, my unions in figures, the last jobs."""
    now = today()
    return {
        **context,
        "posts": posts_of(request.user, now),
        "waiting": waiting_for(request.user, now),
        "unions": union_figures(request.user, now)[:_SHOWN_UNIONS],
        "jobs": last_jobs(request.user, now)[:_SHOWN_JOBS],
    }
