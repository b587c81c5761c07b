"""Closing a panel: the grades are summed up, once, and nothing about them changes any more."""

from __future__ import annotations

import logging
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.dates import add_months, business_date
from core.errors import Refused, busy_is_refused
from core.formats import format_day
from core.parameters import values_on
from credit.scoring.models import PanelRating, PanelReview, PanelSeat, PanelSubject
from credit.scoring.parameters import (
    PANEL_MONTHS,
    PANEL_OUTLIER_POINTS,
    PANEL_OUTLIER_SUBJECTS,
    PANEL_RATERS,
    PANEL_TRIM_PERCENT,
)
from credit.scoring.rules.panel import assess, leanings
from credit.scoring.rules.panel_states import PanelActor, PanelState
from credit.scoring.selectors.panels import agreed_among, is_due, ties_of
from credit.scoring.services.panels.checks import (
    check_move,
    lock_panel,
    officers_panel,
    record,
)
from credit.scoring.services.panels.telling import tell_result

logger = logging.getLogger(__name__)
_CODES = [
    PANEL_RATERS,
    PANEL_TRIM_PERCENT,
    PANEL_MONTHS,
    PANEL_OUTLIER_POINTS,
    PANEL_OUTLIER_SUBJECTS,
]
Grades = dict[int, dict[int, int]]  # by subject, then seat


def close_panel(*, panel_id: int, by: Any, at: datetime) -> PanelReview:
    """An officer closes a panel that all have answered, or whose last day has passed.

    Raises:
        NotFound: absent, or out of reach.
        Refused: ``own_matter``, ``wrong_state`` or ``panel_running``.
    """
    return _close(officers_panel(panel_id, by, at).pk, PanelActor.CONVENER, by, at)


def close_due_panels(*, at: datetime) -> int:
    """The night closes what is past its last day, each in a transaction of its own; how many.

    May run twice, or late; what somebody moved meanwhile is left alone.
    """
    rows = PanelReview.objects.filter(state=PanelReview.State.OPEN, closes_on__lt=business_date(at))
    done = 0
    for pk in list(rows.order_by("pk").values_list("pk", flat=True)):
        try:
            _close(pk, PanelActor.NIGHT, None, at)
        except Refused as refused:
            logger.info("panel %s was left alone: %s", pk, refused.code)
        else:
            done += 1
    return done


def _close(panel_id: int, actor: PanelActor, by: Any, at: datetime) -> PanelReview:
    with busy_is_refused(), transaction.atomic():
        panel = lock_panel(panel_id)
        check_move(panel, PanelState.CLOSED, actor)
        # Who rates holds their seat: what is counted below is what will stay.
        seats = list(PanelSeat.objects.locked().filter(panel=panel))
        _check_due(panel, seats, at)
        figures = values_on(_CODES, business_date(at), scope=panel.union.path)
        grades = _grades(panel)
        subjects = _decide(panel, grades, figures, at)
        rated = {row.pk: grades[row.pk] for row in subjects if row.mean is not None}
        _measure(seats, rated, figures)
        panel.state, panel.ended_at = PanelReview.State.CLOSED, at
        panel.save(update_fields=["state", "ended_at"])
        record("closed", panel, by, at, rated=len(rated), people=len(subjects))
        for subject in subjects:
            tell_result(subject, least=int(figures[PANEL_RATERS]), at=at)
    return panel


def _check_due(panel: PanelReview, seats: list[PanelSeat], at: datetime) -> None:
    if is_due(panel, business_date(at)):
        return
    missing = sum(seat.finished_at is None for seat in seats)
    raise Refused(
        "panel_running",
        _("还有 %(missing)s 位没有评完，一共 %(raters)s 位；打分到%(day)s为止。")
        % {
            "missing": missing,
            "raters": len(seats),
            "day": format_day(panel.closes_on),
        },
        way_on=_("等大家评完，或者过了那天，就可以出结果。"),
        missing=missing,
    )


def _decide(
    panel: PanelReview, grades: Grades, figures: dict[str, Decimal], at: datetime
) -> list[PanelSubject]:
    """Write what became of each member."""
    day = business_date(at)
    rows = panel.subjects.filter(outcome=PanelSubject.Outcome.WAITING)  # one may be erased
    subjects = list(rows.select_related("member__user").order_by("pk"))
    agreed = agreed_among([row.member_id for row in subjects], at)
    for row in subjects:
        row.panel = panel
        row.decided_on = day
        found = assess(
            list(grades.get(row.pk, {}).values()),
            least=int(figures[PANEL_RATERS]),
            fraction=figures[PANEL_TRIM_PERCENT] / 100,
        )
        if row.member_id not in agreed:
            row.outcome = PanelSubject.Outcome.NO_CONSENT
        elif found is None:
            row.outcome = PanelSubject.Outcome.TOO_FEW
        else:
            row.outcome = PanelSubject.Outcome.RATED
            row.mean, row.counted = found.mean, found.counted
            row.spread, row.deviation = found.spread, found.deviation
            row.holds_until = add_months(day, int(figures[PANEL_MONTHS]))
        row.save()
    return subjects


def _grades(panel: PanelReview) -> Grades:
    """The grades that count: not of those who recused, nor of pairs that are tied by now."""
    ties = ties_of(panel)
    found: Grades = {}
    rows = PanelRating.objects.filter(seat__panel=panel, recused=False).order_by("pk")
    for subject, seat, points, rated, rater in rows.values_list(
        "subject", "seat", "points", "subject__member", "seat__member"
    ):
        if points is not None and (rater, rated) not in ties:
            found.setdefault(subject, {})[seat] = points
    return found


def _measure(seats: list[PanelSeat], rated: Grades, figures: dict[str, Decimal]) -> None:
    """How each rater's grades lay to the others'."""
    found = leanings(
        rated,
        threshold=figures[PANEL_OUTLIER_POINTS],
        least_subjects=int(figures[PANEL_OUTLIER_SUBJECTS]),
    )
    for seat in seats:
        if seat.pk in found:
            seat.deviation = found[seat.pk].deviation
            seat.is_outlier = found[seat.pk].is_outlier
            seat.save(update_fields=["deviation", "is_outlier"])
