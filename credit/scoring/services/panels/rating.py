"""Rating: what one neighbour says of another, changed at will until the panel closes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cooperative.membership.access import member_of
from cooperative.membership.models import Membership
from core import audit
from core.dates import business_date
from core.errors import NotFound, Refused, busy_is_refused
from core.formats import format_day
from credit.scoring.models import PanelRating, PanelReview, PanelSeat, PanelSubject
from credit.scoring.rules.panel import HIGHEST, LOWEST
from credit.scoring.selectors.panels import Line, sheet_of


def rate(*, subject_id: int, points: int, by: Any, at: datetime) -> PanelRating:
    """Give a member a grade from 1 to 6, or another one than before.

    Raises:
        NotFound: no such person on an opened panel of this rater, or excluded by rule.
        Refused: ``points_wrong``, ``panel_over``, ``panel_cancelled`` or ``not_admitted``.
    """
    if not LOWEST <= points <= HIGHEST:
        raise Refused("points_wrong", _("请从六档里选一档。"), points=points)
    return _answer(subject_id, points, by, at)


def recuse(*, subject_id: int, by: Any, at: datetime) -> PanelRating:
    """Declare that the member is kin or that there are dealings: no grade, and none that was given.

    Raises:
        NotFound: as ``rate``.
        Refused: ``panel_over``, ``panel_cancelled`` or ``not_admitted``.
    """
    return _answer(subject_id, None, by, at)


def _answer(subject_id: int, points: int | None, by: Any, at: datetime) -> PanelRating:
    found = _seat_for(subject_id, by)
    with busy_is_refused(), transaction.atomic():
        seat = PanelSeat.objects.locked().get(pk=found.pk)
        # Read after the lock: who closes the panel holds all seats.
        seat.panel = PanelReview.objects.select_related("union").get(pk=seat.panel_id)
        _check_open(seat.panel, at)
        _check_admitted(seat)
        sheet = sheet_of(seat, at)
        line = next((line for line in sheet if line.subject.pk == subject_id), None)
        if line is None:
            raise NotFound()
        rating = line.rating or PanelRating(seat=seat, subject=line.subject)
        rating.points, rating.recused, rating.given_at = points, points is None, at
        rating.save()
        _note_finished(seat, sheet, line, at)
        audit.record(
            "scoring.panel_recused" if points is None else "scoring.panel_rated",
            seat,
            by=by,
            at=at,
            scope=seat.panel.union.path,
            panel=seat.panel_id,
            person=subject_id,
        )
    return rating


def _seat_for(subject_id: int, by: Any) -> PanelSeat:
    member = member_of(by)
    subject = PanelSubject.objects.filter(pk=subject_id).first()
    if member is None or subject is None:
        raise NotFound()
    seat = PanelSeat.objects.filter(
        panel=subject.panel_id, member=member, panel__opened_at__isnull=False
    ).first()
    if seat is None:
        raise NotFound()
    return seat


def _check_open(panel: PanelReview, at: datetime) -> None:
    if panel.state == PanelReview.State.OPEN and business_date(at) <= panel.closes_on:
        return
    if panel.state == PanelReview.State.CANCELLED:
        raise Refused("panel_cancelled", _("这次评议已经取消，不用再打分。"), state=panel.state)
    raise Refused(
        "panel_over",
        _("这次评议打分到%(day)s为止，现在已经结束，不能再打分，也不能再改。")
        % {"day": format_day(min(panel.closes_on, business_date(panel.ended_at or at)))},
        way_on=_("已经打的分照样算数，谢谢您。"),
        state=panel.state,
    )


def _check_admitted(seat: PanelSeat) -> None:
    rows = Membership.objects.filter(member=seat.member_id, union=seat.panel.union_id)
    if not rows.filter(state=Membership.State.ADMITTED).exists():
        raise Refused(
            "not_admitted",
            _("您现在不是本会的正式成员，不能打分。"),
            way_on=_("有疑问请到工会办公室问。"),
        )


def _note_finished(seat: PanelSeat, sheet: list[Line], now: Line, at: datetime) -> None:
    """The moment when the last person was answered for."""
    if seat.finished_at is None and all(line.rating or line is now for line in sheet):
        seat.finished_at = at
        seat.save(update_fields=["finished_at"])
