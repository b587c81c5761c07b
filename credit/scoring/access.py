"""Who may see and decide what of a member's score: the member, raters, officers of their unions.

A score is one per member, for all unions; an officer reaches it by a union to which the member
belongs today. Absent, foreign and excluded rows look the same.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeVar

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from cooperative.farming.selectors import scope_of
from cooperative.membership.access import unions_where
from cooperative.membership.models import Member, Membership
from cooperative.membership.rules.joining import MembershipState
from core.errors import NotFound, Refused
from credit.scoring.models import Objection, PanelReview, PanelSeat, PanelSubject
from credit.scoring.selectors.panels import Line, seats_of, sheet_of

RowT = TypeVar("RowT", bound=models.Model)

VIEW = "score.view"
PROPOSE = "override.propose"
CONFIRM = "override.confirm"
ANSWER = "objection.answer"

BELONGS = (MembershipState.ADMITTED, MembershipState.SUSPENDED)
# Whoever has left is still owed an answer.
BELONGED = (*BELONGS, MembershipState.LEFT)


def in_reach(
    rows: models.QuerySet[RowT],
    user: Any,
    permission: str,
    today: date,
    *,
    member: str = "member",
    states: tuple[MembershipState, ...] = BELONGS,
) -> models.QuerySet[RowT]:
    """Rows of members who belong to a union where the user holds the permission.

    ``member`` is the way from the row to the member.
    """
    unions = unions_where(user, permission, today)
    memberships = Membership.objects.filter(
        member=OuterRef(member), union__in=unions, state__in=states
    )
    return rows.filter(Exists(memberships))


def access_member_score(member_id: int, user: Any, permission: str, today: date) -> Member:
    """A member about whose score an officer decides; never their own.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``own_matter``.
    """
    rows = Member.objects.filter(pk=member_id, erased_at__isnull=True)
    member = in_reach(rows, user, permission, today, member="pk").first()
    if member is None:
        raise NotFound()
    check_not_own(member, user)
    return member


def access_of_member(
    rows: models.QuerySet[RowT],
    pk: int,
    user: Any,
    permission: str,
    today: date,
    *,
    states: tuple[MembershipState, ...] = BELONGS,
) -> RowT:
    """An officer's row that has a ``member``; never one about themselves.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``own_matter``.
    """
    row = in_reach(rows.filter(pk=pk), user, permission, today, states=states).first()
    if row is None:
        raise NotFound()
    check_not_own(row.member, user)  # type: ignore[attr-defined]
    return row


def scope_for(member: Member) -> str:
    """The path of the union that deals with a member's score: as for facts, or the last they left."""
    path = scope_of(member)
    if path:
        return path
    left = Membership.objects.filter(member=member, state=MembershipState.LEFT)
    return left.order_by("-ended_on", "-pk").values_list("union__path", flat=True).first() or ""


def check_not_own(member: Member, user: Any) -> None:
    """Nobody decides about their own score (I17).

    Raises:
        Refused: ``own_matter``.
    """
    if member.user_id is not None and member.user_id == user.pk:
        raise Refused(
            "own_matter",
            _("这是您自己的信用分，不能由您办理。"),
            way_on=_("请另一位同事办理。"),
        )


def access_own_objection(member: Member, pk: int) -> Objection:
    """A member's own objection with its scores and their cards.

    Raises:
        NotFound: absent, or another member's.
    """
    rows = Objection.objects.filter(member=member, pk=pk)
    row = rows.select_related("score__scorecard", "new_score__scorecard", "evidence").first()
    if row is None:
        raise NotFound()
    return row


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
