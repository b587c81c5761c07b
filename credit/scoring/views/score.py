"""My score: what it is and why, what would change it, the report of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cooperative.consent.views.overview import hand_over, private
from cooperative.membership.access import member_page
from cooperative.membership.models import Member
from cooperative.membership.selectors.members import live_membership
from core.address import address_of
from core.dates import today
from core.errors import NotFound, Refused
from core.throttle import HOUR, Limit, take_all
from credit.scoring.forms import SupposeForm
from credit.scoring.pages.inputs import inputs_of
from credit.scoring.pages.score import score_page
from credit.scoring.pages.supposing import named_groups, quote_of
from credit.scoring.selectors.objections import open_objections
from credit.scoring.selectors.scores import (
    ReadScore,
    agrees_to_scoring,
    current_score,
    read_score,
    scores_of,
    scoring_offer,
)
from credit.scoring.selectors.standing import standings_of
from credit.scoring.services import reports, rescoring

_SHOWN = 12
_REPORTS = [Limit("score_report", 10, HOUR)]


@require_GET
@private
@member_page
def my_score(request: HttpRequest) -> HttpResponse:
    """The score and all that is to say about it; without one, what it takes to have one."""
    member = request.member  # type: ignore[attr-defined]
    rows = list(scores_of(member)[:_SHOWN])
    if not rows or rows[0].superseded_on is not None:
        return _without_score(request, member, len(rows))
    reads = [read_score(row) for row in rows]
    context = {
        "page": score_page(reads[0], reads[1:], today()),
        "inputs": inputs_of(reads[0]),
        "standing": standings_of([member.pk], today())[member.pk],
        "objections": list(open_objections(member)),
        "tab": "credit",
    }
    return render(request, "scoring/score.html", context)


def _without_score(request: HttpRequest, member: Member, earlier: int) -> HttpResponse:
    now = timezone.now()
    agrees = agrees_to_scoring(member, now)
    context = {
        "membership": live_membership(member),
        "agrees": agrees,
        "offer": None if agrees else scoring_offer(member, now),
        "earlier": earlier,
        "tab": "credit",
    }
    return render(request, "scoring/no_score.html", context)


@require_POST
@private
@member_page
def score_now(request: HttpRequest) -> HttpResponse:
    """Score a member who has agreed and need not wait for the night."""
    member = request.member  # type: ignore[attr-defined]
    try:
        found = rescoring.score_first(member=member, by=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        if found is None:
            messages.error(request, _("还没有同意评信用，或会籍还没有办好，评不了。"))
    return redirect("my_score")


@require_GET
@private
@member_page
def suppose(request: HttpRequest) -> HttpResponse:
    """The score as it would be; nothing is written."""
    read = _current(request)
    if read is None:
        return redirect("my_score")
    form = SupposeForm(read, request.GET if "quote" in request.GET or _live(request) else None)
    is_wrong = form.is_bound and not form.is_valid()
    rows = [] if is_wrong else quote_of(read, form.changes() if form.is_bound else {})
    context = {"form": form, "groups": named_groups(form), "rows": rows, "tab": "credit"}
    template = "scoring/_suppose_quote.html" if _live(request) else "scoring/suppose.html"
    return render(request, template, context)


def _live(request: HttpRequest) -> bool:
    return bool(request.htmx)  # type: ignore[attr-defined]


@require_POST
@private
@member_page
def report(request: HttpRequest) -> HttpResponse:
    """The whole report as a file, free of charge."""
    member = request.member  # type: ignore[attr-defined]
    make = {"json": reports.report_json, "pdf": reports.report_pdf}.get(
        request.POST.get("kind", "")
    )
    if make is None or current_score(member) is None:
        raise NotFound()
    now = timezone.now()
    take_all(_REPORTS, str(member.pk), at=now)
    return hand_over(make(member=member, by=request.user, at=now, address=address_of(request)))


def _current(request: HttpRequest) -> ReadScore | None:
    row = current_score(request.member)  # type: ignore[attr-defined]
    return read_score(row) if row else None
