"""Which member may open which row: absent, foreign and excluded ones look the same."""

from __future__ import annotations

from datetime import datetime

from cooperative.membership.models import Member
from core.errors import NotFound
from credit.scoring.models import PanelReview, PanelSeat, PanelSubject
from credit.scoring.selectors.panels import Line, seats_of, sheet_of


def access_seat(member: Member, panel_id: int) -> PanelSeat:
    """The member's place on a panel that was opened.

    Raises:
        NotFound: absent, not opened, or without this member.
    """
    seat = seats_of(member).filter(panel=panel_id).first()
    if seat is None:
        raise NotFound()
    return seat


def access_line(member: Member, subject_id: int, at: datetime) -> tuple[PanelSeat, Line]:
    """A person whom the member is asked to rate on an open panel, with what they said so far.

    Raises:
        NotFound: absent, not open, no rater of the panel, or excluded by rule.
    """
    subject = PanelSubject.objects.filter(
        pk=subject_id, panel__state=PanelReview.State.OPEN
    ).first()
    if subject is None:
        raise NotFound()
    seat = access_seat(member, subject.panel_id)
    for line in sheet_of(seat, at):
        if line.subject.pk == subject_id:
            return seat, line
    raise NotFound()
