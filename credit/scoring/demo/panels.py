"""The demo's panels: one closed with results, one open on which farmer and lender still have to rate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from cooperative.accounts.models import phone_index
from cooperative.membership.models import Member, Membership, Union
from core.dates import business_date
from credit.scoring.models import PanelReview, PanelSeat
from credit.scoring.selectors.panels import assessable, candidates_for, sheet_of, suggested
from credit.scoring.services import panels

FARMER, LENDER = "13900000001", "13900000011"
_LEAST = 5
_PEOPLE = 6
# Grades of neighbours who know each other; the last rater is hard on everybody.
_GRADES = ((5, 5, 6, 4, 5, 6), (4, 5, 4, 4, 5, 4), (6, 5, 5, 6, 6, 5), (3, 4, 4, 2, 3, 4))
_KIN = 17  # every so many answers somebody says that they are kin


def load_panels(*, union: Union, convener: Any, at: datetime) -> int:
    """A panel of last month and one of this week, through the services; how many there are."""
    farmer, lender = (
        Member.objects.get(user__phone_index=phone_index(phone)) for phone in (FARMER, LENDER)
    )
    past = at - timedelta(days=20)
    first = _subjects(union, past, lambda row: row.member_id in (farmer.pk, lender.pk))
    panel = _opened(union, first, [], convener, past, days=7)
    for seat in _seats(panel):
        _answer(seat, past + timedelta(days=2))
    panels.close_panel(panel_id=panel.pk, by=convener, at=past + timedelta(days=3))
    now = at - timedelta(days=2)
    others = _subjects(union, now, lambda row: False, but={*first, farmer.pk, lender.pk})
    panel = _opened(union, others, [farmer.pk, lender.pk], convener, now, days=7)
    waiting = {farmer.pk, lender.pk}
    for seat in [seat for seat in _seats(panel) if seat.member_id not in waiting][:-1]:
        _answer(seat, now + timedelta(days=1))
    return PanelReview.objects.filter(union=union).count()


def _subjects(
    union: Union,
    at: datetime,
    first: Callable[[Membership], bool],
    but: Sequence[int] | set[int] = (),
) -> list[int]:
    """Members to be assessed, some first."""
    unions = Union.objects.filter(pk=union.pk)
    day = business_date(at)
    rows = [
        row
        for row in assessable(unions, at)
        if row.member_id not in but and (row.admitted_on or day) < day
    ]
    rows.sort(key=lambda row: (not first(row), row.pk))
    return [row.member_id for row in rows[:_PEOPLE]]


def _opened(
    union: Union, subjects: list[int], wanted: list[int], by: Any, at: datetime, *, days: int
) -> PanelReview:
    """Called with the raters that the rules suggest, and some who are wanted, and opened."""
    day = business_date(at)
    found = candidates_for(union, subjects, at, but=by.pk)
    members = [one for one in found if (one.membership.admitted_on or day) < day]
    chosen = suggested(members, subjects, _LEAST)
    raters = {*wanted, *(one.membership.member_id for one in chosen)}
    panel = panels.call_panel(
        union_id=union.pk,
        subjects=subjects,
        raters=raters,
        closes_on=day + timedelta(days=days),
        by=by,
        at=at,
    )
    return panels.open_panel(panel_id=panel.pk, by=by, at=at + timedelta(hours=1))


def _seats(panel: PanelReview) -> list[PanelSeat]:
    rows = panel.seats.select_related("panel", "member__user")
    return list(rows.order_by("pk"))


def _answer(seat: PanelSeat, at: datetime) -> None:
    """A rater answers for everybody; the last one of a panel is harder than the rest."""
    place = seat.panel.seats.filter(pk__lt=seat.pk).count()
    is_last = not seat.panel.seats.filter(pk__gt=seat.pk).exists()
    grades = _GRADES[-1] if is_last else _GRADES[place % (len(_GRADES) - 1)]
    for number, line in enumerate(sheet_of(seat, at)):
        asked = {"subject_id": line.subject.pk, "by": seat.member.user, "at": at}
        if (place * _PEOPLE + number) % _KIN == _KIN - 1:
            panels.recuse(**asked)
        else:
            panels.rate(points=grades[(place + number) % len(grades)], **asked)
