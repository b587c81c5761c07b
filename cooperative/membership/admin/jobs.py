"""Long work in the officers' panel: how far it is, and what could not be done."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from cooperative.membership.panel import OfficerAdmin
from cooperative.membership.roster.views import jobs_in_reach
from core.jobs.kinds import job_kind, job_title
from core.jobs.progress import progress_of
from core.models import JobRun

_SHOWN_FAILURES = 200
_STATE_COLOURS = {
    "queued": "info",
    "running": "warning",
    "done": "success",
    "done_with_failures": "danger",
    "failed": "danger",
}


@admin.register(JobRun)
class JobRunAdmin(OfficerAdmin):
    """Runs of the officer's unions, the newest first."""

    view_permission = "job.view"
    union_lookup = None
    list_display = ("shown_kind", "shown_progress", "shown_state", "requested_by", "queued_at")
    list_filter = ("state",)
    fields = ("shown_kind", "requested_by", "queued_at", "started_at", "finished_at")
    readonly_fields = ("shown_kind",)
    ordering = ("-queued_at", "-pk")
    list_select_related = ("requested_by",)
    change_form_outer_before_template = "membership/roster/job.html"
    shows_trail = False

    def bounded(self, rows: models.QuerySet[Any], request: HttpRequest) -> models.QuerySet[Any]:
        return rows.filter(pk__in=jobs_in_reach(request).order_by().values("pk"))

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        return rows.with_progress()  # type: ignore[no-any-return]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        run = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if run is not None:
            context["job"] = _job(run)
        return super().change_view(request, object_id, form_url, context)

    @admin.display(description=_("任务"), ordering="kind")
    def shown_kind(self, run: JobRun) -> str:
        return job_title(run.kind)

    @admin.display(description=_("进度"))
    def shown_progress(self, run: JobRun) -> str:
        done = run.items_done + run.items_failed  # type: ignore[attr-defined]
        return format_html(
            '<progress class="panel-progress" max="{}" value="{}"></progress>'
            ' <span class="num">{} / {}</span>',
            run.size or 1,
            done,
            done,
            run.size,
        )

    @display(description=_("状态"), ordering="state", label=_STATE_COLOURS)  # type: ignore[untyped-decorator]
    def shown_state(self, run: JobRun) -> tuple[str, str]:
        return run.state, run.get_state_display()


def _job(run: JobRun) -> dict[str, Any]:
    """The run with its first failures in words."""
    failures = list(run.failures.order_by("item")[:_SHOWN_FAILURES])
    return {
        "run": run,
        "progress": progress_of(run.pk),
        "title": job_title(run.kind),
        "failures": [{"what": _item(run, f.item), "reason": f.reason} for f in failures],
        "more": run.failures.count() - len(failures),
    }


def _item(run: JobRun, item: int) -> str:
    try:
        return job_kind(run.kind).describe_item(run, item)
    except KeyError:
        return str(item + 1)
