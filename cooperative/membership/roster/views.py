"""How far a job is, for officers of its unions: asked again every two seconds by htmx."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cooperative.membership import roles
from cooperative.membership.access import officer_page, posts_of
from core.dates import today
from core.errors import NotFound
from core.jobs.kinds import job_title
from core.jobs.progress import progress_in
from core.models import JobRun


def jobs_in_reach(request: HttpRequest) -> QuerySet[JobRun]:
    """The runs of the officer's unions; those of the whole platform only for administrators."""
    wanted = Q(pk__in=[])
    for post in posts_of(request.user, today()):
        if roles.allows(post.role, "job.view"):
            wanted |= Q(scope__startswith=post.union.path)
        if post.role == roles.ADMINISTRATOR:
            wanted |= Q(scope="")
    return JobRun.objects.filter(wanted)


@officer_page("job.view")
def job_progress(request: HttpRequest, run_id: int) -> HttpResponse:
    """The progress as a fragment; once the run has ended, the page around it is loaded anew."""
    run = jobs_in_reach(request).with_progress().filter(pk=run_id).first()  # type: ignore[attr-defined]
    if run is None:
        raise NotFound()
    context = {"run": run, "progress": progress_in(run), "job_title": job_title(run.kind)}
    response = render(request, "membership/roster/progress.html", context)
    if run.finished_at is not None and request.headers.get("HX-Request"):
        response["HX-Refresh"] = "true"
    return response
