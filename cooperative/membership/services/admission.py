"""From application to member: the ballot recorded by one officer and confirmed by another."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cooperative.membership.access import access_row, unions_where
from cooperative.membership.leaving import check_may_leave
from cooperative.membership.models import Ballot, Membership
from cooperative.membership.parameters import WAITING_MONTHS
from cooperative.membership.rules.joining import (
    Actor,
    BallotCount,
    MembershipState,
    ballot_problem,
    is_carried,
    may_move,
)
from cooperative.membership.services.telling import tell_membership
from core import audit
from core.dates import add_months, business_date
from core.dates import today as todays_date
from core.errors import Refused, refusing
from core.files import accept_upload
from core.models import StoredFile
from core.parameters import value_on

MINUTES_PURPOSE = "membership.minutes"


def record_ballot(
    *,
    membership_id: int,
    held_on: date,
    count: BallotCount,
    by: Any,
    at: datetime,
    minutes: UploadedFile[Any] | None = None,
) -> Ballot:
    """Record the members' meeting's vote on an application; a second officer confirms it.

    Raises:
        NotFound: out of reach of ``ballot.record``.
        Refused: ``wrong_state``, ``own_application``, ``ballot_date``, ``ballot_count_…``, or what
            ``core.files`` says of the minutes.
    Source: Farmers' Specialised Co-operatives Law (2018) arts. 24, 30.
    """
    today = business_date(at)
    with transaction.atomic():
        membership = _locked(membership_id, by, "ballot.record", today)
        _check_not_own(membership, by)
        _check_move(membership, MembershipState.BALLOTED, Actor.CONVENER)
        applied_on = business_date(membership.applied_at)
        if not applied_on <= held_on <= today:
            raise Refused(
                "ballot_date",
                _("表决日期要在申请日期 %(applied)s 和今天之间。") % {"applied": applied_on},
            )
        problem = ballot_problem(count)
        if problem is not None:
            raise Refused(f"ballot_count_{problem}", _COUNT_PROBLEMS[problem])
        kept = _keep_minutes(minutes, membership, by, at) if minutes else None
        with refusing({"membership_ballot_one_open": _already_recorded()}):
            ballot = Ballot.objects.create(
                membership=membership,
                held_on=held_on,
                entitled=count.entitled,
                present=count.present,
                votes_for=count.votes_for,
                votes_against=count.votes_against,
                abstained=count.abstained,
                minutes=kept,
                made_by=by,
                made_at=at,
            )
        membership.state = Membership.State.BALLOTED
        membership.save(update_fields=["state"])
        _record("ballot.recorded", membership, ballot, by, at)
    return ballot


def confirm_ballot(*, ballot_id: int, by: Any, at: datetime) -> Membership:
    """Confirm a recorded vote: a carried one admits from today, another one rejects.

    The day of admission is the day of confirmation, never an earlier date on paper, so that the
    waiting period cannot be shortened by back-dating a meeting.

    Raises:
        NotFound: out of reach of ``ballot.confirm``.
        Refused: ``same_person``, ``own_application``, ``already_confirmed``, ``wrong_state``.
    """
    today = business_date(at)
    with transaction.atomic():
        membership, ballot = _open_ballot(ballot_id, by, today)
        count = BallotCount(
            ballot.entitled,
            ballot.present,
            ballot.votes_for,
            ballot.votes_against,
            ballot.abstained,
        )
        carried = is_carried(count)
        target = MembershipState.ADMITTED if carried else MembershipState.REJECTED
        _check_move(membership, target, Actor.REVIEWER)
        membership.state = target
        if carried:
            months = int(value_on(WAITING_MONTHS, today, scope=membership.union.path))
            membership.admitted_on = today
            membership.waiting_ends_on = add_months(today, months)
        else:
            membership.ended_on = today
        membership.save()
        ballot.outcome = Ballot.Outcome.CARRIED if carried else Ballot.Outcome.NOT_CARRIED
        ballot.checked_by, ballot.checked_at = by, at
        ballot.save(update_fields=["outcome", "checked_by", "checked_at"])
        _record(f"membership.{target}", membership, ballot, by, at)
        tell_membership(membership, str(target), at=at)
    return membership


def return_ballot(*, ballot_id: int, remark: str, by: Any, at: datetime) -> Membership:
    """Send a recorded vote back to be recorded anew; the application waits again.

    Raises:
        NotFound: out of reach of ``ballot.confirm``.
        Refused: ``remark_missing``, ``same_person``, ``already_confirmed``, ``wrong_state``.
    """
    if not remark.strip():
        raise Refused("remark_missing", _("请写明退回的原因，好让经办人改。"))
    with transaction.atomic():
        membership, ballot = _open_ballot(ballot_id, by, business_date(at))
        _check_move(membership, MembershipState.APPLIED, Actor.REVIEWER)
        ballot.outcome = Ballot.Outcome.RETURNED
        ballot.remark = remark.strip()
        ballot.checked_by, ballot.checked_at = by, at
        ballot.save(update_fields=["outcome", "remark", "checked_by", "checked_at"])
        membership.state = Membership.State.APPLIED
        membership.save(update_fields=["state"])
        _record("ballot.returned", membership, ballot, by, at)
    return membership


def reject_application(*, membership_id: int, reason: str, by: Any, at: datetime) -> Membership:
    """Reject before any ballot, e.g. for a wrong union or no ground of eligibility.

    Raises:
        NotFound: out of reach of ``ballot.confirm``.
        Refused: ``reason_missing``, ``own_application``, ``wrong_state``.
    """
    return _move(
        membership_id, MembershipState.REJECTED, "ballot.confirm", reason=reason, by=by, at=at
    )


def suspend(*, membership_id: int, reason: str, by: Any, at: datetime) -> Membership:
    """Suspend a member: nothing new may be begun, what runs goes on. Raises as ``_move``."""
    return _move(
        membership_id, MembershipState.SUSPENDED, "membership.suspend", reason=reason, by=by, at=at
    )


def resume(*, membership_id: int, reason: str, by: Any, at: datetime) -> Membership:
    """End a suspension. Raises as ``_move``."""
    return _move(
        membership_id, MembershipState.ADMITTED, "membership.suspend", reason=reason, by=by, at=at
    )


def leave(*, membership_id: int, reason: str, by: Any, at: datetime) -> Membership:
    """Record that a member has left. Raises as ``_move``, and whatever a leave check refuses."""
    return _move(
        membership_id, MembershipState.LEFT, "membership.suspend", reason=reason, by=by, at=at
    )


def _move(
    membership_id: int,
    target: MembershipState,
    permission: str,
    *,
    reason: str,
    by: Any,
    at: datetime,
) -> Membership:
    if not reason.strip():
        raise Refused("reason_missing", _("请写明原因，成员会看到。"))
    today = business_date(at)
    with transaction.atomic():
        membership = _locked(membership_id, by, permission, today)
        _check_not_own(membership, by)
        _check_move(membership, target, Actor.REVIEWER)
        if target == MembershipState.LEFT:
            check_may_leave(membership)
        membership.state = target
        membership.reason = reason.strip()
        if target in (MembershipState.LEFT, MembershipState.REJECTED):
            membership.ended_on = today
        membership.save(update_fields=["state", "reason", "ended_on"])
        event = "resumed" if target == MembershipState.ADMITTED else str(target)
        audit.record(f"membership.{event}", membership, by=by, at=at, scope=membership.union.path)
        tell_membership(membership, event, at=at)
    return membership


def _locked(membership_id: int, by: Any, permission: str, today: date) -> Membership:
    return access_row(
        Membership.objects.locked().select_related("union", "member"),
        membership_id,
        by,
        permission,
        today,
        union="union",
    )


def _open_ballot(ballot_id: int, by: Any, today: date) -> tuple[Membership, Ballot]:
    """Lock membership, then ballot (the order of ``docs/locks.md``), and check the second person."""
    found = access_row(
        Ballot.objects.all(), ballot_id, by, "ballot.confirm", today, union="membership__union"
    )
    membership = _locked(found.membership_id, by, "ballot.confirm", today)
    ballot = Ballot.objects.locked().get(pk=ballot_id)
    _check_not_own(membership, by)
    if ballot.checked_at is not None:
        raise Refused("already_confirmed", _("这次表决已经复核过了。"))
    if ballot.made_by_id == by.pk:
        raise Refused(
            "same_person", _("您自己录入的表决不能由您复核。"), way_on=_("请另一位复核人员办理。")
        )
    return membership, ballot


def _keep_minutes(
    upload: UploadedFile[Any], membership: Membership, by: Any, at: datetime
) -> StoredFile:
    return accept_upload(
        upload,
        purpose=MINUTES_PURPOSE,
        kinds=("image", "pdf"),
        by=by,
        at=at,
        scope=membership.union.path,
    )


def may_see_minutes(user: Any, file: StoredFile) -> bool:
    """Officers of the union whose meeting it was."""
    reach = unions_where(user, "ballot.view", todays_date())
    return reach.filter(path=file.scope).exists()


def _record(action: str, membership: Membership, ballot: Ballot, by: Any, at: datetime) -> None:
    audit.record(action, membership, by=by, at=at, scope=membership.union.path, ballot=ballot.pk)


def _check_move(membership: Membership, target: MembershipState, actor: Actor) -> None:
    if not may_move(MembershipState(membership.state), target, actor):
        raise Refused(
            "wrong_state",
            _("这份会籍现在是“%(state)s”，不能这样办理。")
            % {"state": membership.get_state_display()},
            way_on=_("请刷新页面看最新的状态。"),
        )


def _check_not_own(membership: Membership, by: Any) -> None:
    if membership.member.user_id == by.pk:
        raise Refused("own_application", _("自己的会籍要请同事办理。"))


def _already_recorded() -> Refused:
    return Refused("already_recorded", _("这份申请已经录过表决结果。"))


_COUNT_PROBLEMS = {
    "negative": _("人数不能是负数。"),
    "present": _("实到人数至少一人，不能多于应到人数。"),
    "sum": _("赞成、反对、弃权相加要等于实到人数。"),
}
