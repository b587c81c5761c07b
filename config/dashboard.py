"""The first page of the officers' panel."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from cooperative.membership.access import posts_of
from cooperative.membership.desk import desk_tables, last_jobs, union_figures, waiting_for
from core.dates import today
from core.jobs.kinds import job_title

_SHOWN_UNIONS = 12
_SHOWN_JOBS = 5


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What waits for me, my posts, my unions in figures, the last jobs."""
    now = today()
    return {
        **context,
        "title": _("今天要办的事"),
        "posts": posts_of(request.user, now),
        "waiting": waiting_for(request.user, now),
        "tables": desk_tables(request.user, now),
        "unions": union_figures(request.user, now)[:_SHOWN_UNIONS],
        "jobs": [(job_title(job.kind), job) for job in last_jobs(request.user, now)[:_SHOWN_JOBS]],
    }
