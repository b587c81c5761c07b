"""Calling a panel: whom to assess, who rates; opening it, calling it off."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from cooperative.membership.access import access_row
from cooperative.membership.models import Union
from core.dates import business_date
from core.errors import busy_is_refused
from credit.scoring.models import PanelReview, PanelSeat, PanelSubject
from credit.scoring.rules.panel_states import PanelActor, PanelState
from credit.scoring.services.panels.checks import (
    CALL,
    check_closing_day,
    check_enough,
    check_move,
    check_raters,
    check_subjects,
    clean_reason,
    least_raters,
    lock_members,
    lock_panel,
    officers_panel,
    people_of,
    record,
)
from credit.scoring.services.panels.telling import tell_rater


def call_panel(
    *,
    union_id: int,
    subjects: Iterable[int],
    raters: Iterable[int],
    closes_on: date,
    by: Any,
    at: datetime,
) -> PanelReview:
    """Name the members to be assessed and those who rate; nobody is asked before it is opened.

    ``subjects`` and ``raters`` are keys of members; a member may be both, never of themself.

    Raises:
        NotFound: a union out of reach of ``panel_review.call``, or no member of it.
        Refused: ``nobody_named``, ``not_admitted``, ``own_matter``, ``own_panel``, ``no_consent``,
            ``in_another_panel``, ``rater_without_account``, ``too_few_raters``,
            ``rater_without_subjects`` or ``closing_day_wrong``.
    """
    subjects, raters = sorted(set(subjects)), sorted(set(raters))
    union = access_row(Union.objects.all(), union_id, by, CALL, business_date(at), union="pk")
    check_closing_day(closes_on, union, at)
    with busy_is_refused(), transaction.atomic():
        lock_members({*subjects, *raters})
        people = people_of(union, {*subjects, *raters})
        check_subjects(people, subjects, by, at)
        check_raters(people, raters, by)
        check_enough(people, subjects, raters, least_raters(union, at))
        panel = PanelReview.objects.create(
            union=union, called_by=by, called_at=at, closes_on=closes_on
        )
        PanelSubject.objects.bulk_create(
            PanelSubject(panel=panel, member_id=member) for member in subjects
        )
        _seat(panel, raters)
        record("called", panel, by, at, subjects=subjects, raters=raters)
    return panel


def change_panel(
    *, panel_id: int, raters: Iterable[int], closes_on: date, by: Any, at: datetime
) -> PanelReview:
    """Other raters or another last day, as long as nobody has been asked.

    Raises:
        NotFound: absent, or out of reach.
        Refused: ``wrong_state``, and as ``call_panel``.
    """
    raters = sorted(set(raters))
    found = officers_panel(panel_id, by, at)
    check_closing_day(closes_on, found.union, at)
    with busy_is_refused(), transaction.atomic():
        panel, subjects = _lock(found, raters)
        check_move(panel, PanelState.OPEN, PanelActor.CONVENER)
        _check_people(panel, subjects, raters, by, at)
        panel.closes_on = closes_on
        panel.save(update_fields=["closes_on"])
        panel.seats.exclude(member__in=raters).delete()
        seated = set(panel.seats.values_list("member", flat=True))
        _seat(panel, [rater for rater in raters if rater not in seated])
        record("changed", panel, by, at, raters=raters)
    return panel


def open_panel(*, panel_id: int, by: Any, at: datetime) -> PanelReview:
    """Ask the raters; everything is checked again, for days may have passed.

    Raises:
        NotFound: absent, or out of reach.
        Refused: ``wrong_state``, and as ``call_panel``.
    """
    found = officers_panel(panel_id, by, at)
    with busy_is_refused(), transaction.atomic():
        raters = sorted(found.seats.values_list("member", flat=True))
        panel, subjects = _lock(found, raters)
        check_move(panel, PanelState.OPEN, PanelActor.CONVENER)
        check_closing_day(panel.closes_on, panel.union, at)
        _check_people(panel, subjects, raters, by, at)
        panel.state, panel.opened_at = PanelReview.State.OPEN, at
        panel.save(update_fields=["state", "opened_at"])
        record("opened", panel, by, at)
        for seat in _seats(panel):
            tell_rater(seat, "scoring.panel_opened", at=at)
    return panel


def cancel_panel(*, panel_id: int, reason: str, by: Any, at: datetime) -> PanelReview:
    """Call it off before it has a result; raters who were asked are told why.

    Raises:
        NotFound: absent, or out of reach.
        Refused: ``own_matter``, ``wrong_state``, ``reason_missing`` or ``reason_too_long``.
    """
    reason = clean_reason(reason)
    found = officers_panel(panel_id, by, at)
    with busy_is_refused(), transaction.atomic():
        panel = lock_panel(found.pk)
        check_move(panel, PanelState.CANCELLED, PanelActor.CONVENER)
        panel.state, panel.reason = PanelReview.State.CANCELLED, reason
        panel.ended_at = at
        panel.save(update_fields=["state", "reason", "ended_at"])
        record("cancelled", panel, by, at)
        if panel.opened_at is not None:
            for seat in _seats(panel):
                tell_rater(seat, "scoring.panel_cancelled", at=at, reason=reason)
    return panel


def _lock(found: PanelReview, raters: Collection[int]) -> tuple[PanelReview, list[int]]:
    """The people, then the panel."""
    rows = found.subjects.filter(outcome=PanelSubject.Outcome.WAITING)  # one may be erased
    subjects = sorted(rows.values_list("member", flat=True))
    lock_members({*subjects, *raters})
    return lock_panel(found.pk), subjects


def _check_people(
    panel: PanelReview, subjects: list[int], raters: list[int], by: Any, at: datetime
) -> None:
    people = people_of(panel.union, {*subjects, *raters})
    check_subjects(people, subjects, by, at, called=True)
    check_raters(people, raters, panel.called_by)
    check_raters(people, raters, by)
    check_enough(people, subjects, raters, least_raters(panel.union, at))


def _seat(panel: PanelReview, raters: Iterable[int]) -> None:
    PanelSeat.objects.bulk_create(PanelSeat(panel=panel, member_id=member) for member in raters)


def _seats(panel: PanelReview) -> list[PanelSeat]:
    seats = list(panel.seats.select_related("member__user").order_by("pk"))
    for seat in seats:
        seat.panel = panel
    return seats
