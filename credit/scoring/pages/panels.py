"""Panels as a rater and as an assessed member see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from cooperative.membership.models import Member
from core.dates import business_date
from core.formats import format_day, format_number
from credit.scoring.forms import GRADES
from credit.scoring.models import PanelReview, PanelSeat, PanelSubject
from credit.scoring.selectors.panels import Line, results_of, seats_of, sheet_of

HINTS = {str(points): hint for points, _name, hint in GRADES}


@dataclass(frozen=True)
class Asked:
    """A panel on which the member rates."""

    url: str
    title: str
    note: str
    state: str
    tone: str


@dataclass(frozen=True)
class Result:
    """What a panel found about the member; no word about who rated."""

    title: str
    mean: str
    counted: int
    sentence: str


@dataclass(frozen=True)
class PanelsPage:
    """Where the member is asked, and what was found about them."""

    asked: list[Asked]
    results: list[Result]


def panels_page(member: Member, at: datetime) -> PanelsPage:
    """The member's panels, those that wait first."""
    today = business_date(at)
    seats = sorted(seats_of(member), key=lambda seat: not _waits(seat, today))
    return PanelsPage(
        asked=[_asked(seat, today) for seat in seats],
        results=[_result(row) for row in results_of(member)],
    )


@dataclass(frozen=True)
class Person:
    """One of those whom the rater is asked about."""

    name: str
    village: str
    url: str
    state: str
    tone: str


@dataclass(frozen=True)
class SheetPage:
    """A panel as its rater sees it. ``next_url`` leads to the first who is still to be rated."""

    panel: PanelReview
    people: list[Person]
    answered: int
    open: bool
    next_url: str


def sheet_page(seat: PanelSeat, at: datetime) -> SheetPage:
    """Everybody the rater is asked about, as long as the panel is open; else nobody."""
    open_ = _is_open(seat.panel, business_date(at))
    lines = sheet_of(seat, at) if open_ else []
    return SheetPage(
        panel=seat.panel,
        people=[_person(line) for line in lines],
        answered=sum(line.rating is not None for line in lines),
        open=open_,
        next_url=next_url(lines),
    )


def next_url(lines: Sequence[Line], after: int = 0) -> str:
    """The page of the first who is not answered for, from a person on; empty when all are."""
    left = [line.subject.pk for line in lines if line.rating is None]
    later = [pk for pk in left if pk > after] or left
    return reverse("panel_person", args=[later[0]]) if later else ""


@dataclass(frozen=True)
class PersonPage:
    """One person to be rated: name and village, nothing else is known here."""

    panel: PanelReview
    subject_id: int
    name: str
    village: str
    place: int
    total: int
    recused: bool
    points: int | None


def person_page(seat: PanelSeat, line: Line, at: datetime) -> PersonPage:
    """The person, and which of how many it is."""
    pks = [one.subject.pk for one in sheet_of(seat, at)]
    return PersonPage(
        panel=seat.panel,
        subject_id=line.subject.pk,
        name=line.subject.member.name,
        village=_village(line.subject),
        place=pks.index(line.subject.pk) + 1,
        total=len(pks),
        recused=line.rating is not None and line.rating.recused,
        points=line.rating.points if line.rating else None,
    )


def _is_open(panel: PanelReview, today: date) -> bool:
    return panel.state == PanelReview.State.OPEN and today <= panel.closes_on


def _waits(seat: PanelSeat, today: date) -> bool:
    return _is_open(seat.panel, today) and seat.finished_at is None


def _asked(seat: PanelSeat, today: date) -> Asked:
    panel = seat.panel
    if _waits(seat, today):
        state, tone = _("等您打分"), "wheat"
    elif panel.state == PanelReview.State.CANCELLED:
        state, tone = _("已取消"), "soft"
    elif seat.finished_at is not None:
        state, tone = _("都评完了"), "field"
    else:
        state, tone = _("已经结束"), "soft"
    return Asked(
        url=reverse("panel_review", args=[panel.pk]),
        title=panel.union.name,
        note=_("评到%(day)s") % {"day": format_day(panel.closes_on, today)},
        state=state,
        tone=tone,
    )


def _result(row: PanelSubject) -> Result:
    until = format_day(row.holds_until) if row.holds_until else ""
    said = {
        PanelSubject.Outcome.RATED: _(
            "去掉最高和最低的分再平均，算进信用评分，%(day)s以前都算数。谁打了几分，不告诉任何人。"
        )
        % {"day": until},
        PanelSubject.Outcome.TOO_FEW: _("打分的人不够，这次没有结果，不影响您的信用评分。"),
        PanelSubject.Outcome.NO_CONSENT: _("您当时没有同意信用评议，所以没有算。"),
    }
    return Result(
        title=format_day(row.decided_on) if row.decided_on else "",
        mean=format_number(row.mean) if row.mean is not None else "",
        counted=row.counted or 0,
        sentence=said[PanelSubject.Outcome(row.outcome)],
    )


def _person(line: Line) -> Person:
    if line.rating is None:
        state, tone = _("还没评"), "wheat"
    elif line.rating.recused:
        state, tone = _("有关系，不评"), "soft"
    else:
        state, tone = _("已评"), "field"
    return Person(
        name=line.subject.member.name,
        village=_village(line.subject),
        url=reverse("panel_person", args=[line.subject.pk]),
        state=state,
        tone=tone,
    )


def _village(subject: PanelSubject) -> str:
    division = subject.member.division
    return division.short_name if division else ""
