"""What officers do with a roster: upload, confirm or send back; and the nightly purge."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperative.membership.access import access_row, check_permission
from cooperative.membership.models import Roster, RosterRow, Union
from cooperative.membership.parameters import ROSTER_DAYS, WAITING_MONTHS
from cooperative.membership.roster import jobs
from cooperative.membership.roster.rules import RosterActor, RosterState, may_move
from core import audit
from core.dates import business_date
from core.errors import Refused, refusing
from core.files import accept_upload
from core.jobs import start_job
from core.parameters import value_on

FILE_PURPOSE = "membership.roster"
_BLOCK = 10_000


def upload_roster(*, union: Union, upload: UploadedFile[Any], by: Any, at: datetime) -> Roster:
    """Take a list of members of one grassroots union and start its dry run.

    Raises:
        Forbidden: ``no_permission``.
        Refused: ``not_grassroots``, ``roster_repeated``, or what ``core.files`` says of the file.
    """
    today = business_date(at)
    check_permission(by, "roster.upload", union, today)
    if union.level != Union.Level.GRASSROOTS or union.dissolved_on is not None:
        raise Refused(
            "not_grassroots", _("名册只能导入到基层工会。"), way_on=_("请选择成员所在的基层工会。")
        )
    with transaction.atomic():
        file = accept_upload(
            upload, purpose=FILE_PURPOSE, kinds=("xlsx", "csv"), by=by, at=at, scope=union.path
        )
        _check_not_waiting(union, file.sha256)
        roster = Roster.objects.create(
            union=union,
            file=file,
            file_name=file.original_name,
            sha256=file.sha256,
            made_by=by,
            made_at=at,
        )
        roster.check_run = start_job(
            kind=jobs.CHECK,
            key=str(roster.pk),
            by=by,
            at=at,
            scope=union.path,
            parameters=jobs.parameters_of(roster, today),
        )
        roster.save(update_fields=["check_run"])
        audit.record("roster.uploaded", roster, by=by, at=at, scope=union.path, size=file.size)
    return roster


def confirm_roster(*, roster_id: int, by: Any, at: datetime) -> Roster:
    """Confirm a checked roster as the second officer and start its import.

    Raises:
        NotFound: out of reach of ``roster.confirm``.
        Refused: ``wrong_state``, ``same_person``, ``nothing_to_import``, ``parameter_missing``.
    """
    today = business_date(at)
    with transaction.atomic():
        roster = _locked(roster_id, by, "roster.confirm", today)
        _check_move(roster, RosterState.IMPORTING, RosterActor.REVIEWER)
        if roster.made_by_id == by.pk:
            raise _same_person()
        if not importable(roster):
            raise Refused(
                "nothing_to_import",
                _("这份名册没有一行可以导入。"),
                way_on=_("请退回，改正后重新上传。"),
            )
        value_on(WAITING_MONTHS, today, scope=roster.union.path)
        roster.checked_by, roster.checked_at = by, at
        roster.state = Roster.State.IMPORTING
        roster.import_run = start_job(
            kind=jobs.IMPORT,
            key=str(roster.pk),
            by=by,
            at=at,
            scope=roster.union.path,
            parameters=jobs.parameters_of(roster, today),
        )
        with refusing({"membership_roster_maker_is_not_checker": _same_person()}):
            roster.save(update_fields=["checked_by", "checked_at", "state", "import_run"])
        audit.record("roster.confirmed", roster, by=by, at=at, scope=roster.union.path)
    return roster


def reject_roster(*, roster_id: int, reason: str, by: Any, at: datetime) -> Roster:
    """Send a checked roster back; nothing of it is imported.

    Raises:
        NotFound: out of reach of ``roster.confirm``.
        Refused: ``wrong_state``.
    """
    with transaction.atomic():
        roster = _locked(roster_id, by, "roster.confirm", business_date(at))
        _reject(roster, RosterActor.REVIEWER, reason, by, at)
    return roster


def withdraw_roster(*, roster_id: int, by: Any, at: datetime) -> Roster:
    """Take one's own side's checked roster back before it is confirmed.

    Raises:
        NotFound: out of reach of ``roster.upload``.
        Refused: ``wrong_state``.
    """
    with transaction.atomic():
        roster = _locked(roster_id, by, "roster.upload", business_date(at))
        _reject(roster, RosterActor.CONVENER, _("上传方撤回。"), by, at)
    return roster


def record_report(roster: Roster, *, by: Any, at: datetime) -> None:
    """Note who downloaded the rows with their problems."""
    audit.record("roster.report", roster, by=by, at=at, scope=roster.union.path)


def purge_rosters(*, now: datetime) -> int:
    """Remove the rows of rosters that ended, or that nobody confirmed, the days before that the
    parameter says; how many rosters there were.

    Source: Personal Information Protection Law art. 19, the shortest retention.
    """
    before = now - timedelta(days=int(value_on(ROSTER_DAYS, business_date(now))))
    for roster_id in _ids(state=Roster.State.CHECKED, made_at__lt=before):
        with transaction.atomic():
            roster = Roster.objects.locked().select_related("union").get(pk=roster_id)
            if roster.state == Roster.State.CHECKED:
                reason = _("到期没有复核，自动退回。")
                _reject(roster, RosterActor.JOB, reason, None, now)
    gone = _ids(ended_at__lt=before, purged_at__isnull=True)
    gone += _ids(state=Roster.State.REJECTED, made_at__lt=before, purged_at__isnull=True)
    for roster_id in dict.fromkeys(gone):
        _purge(roster_id, now)
    return len(set(gone))


def importable(roster: Roster) -> int:
    """How many rows of a checked roster will be new, updated or unchanged."""
    return sum(roster.counts.get(verdict, 0) for verdict in ("new", "updated", "same"))


def _purge(roster_id: int, now: datetime) -> None:
    """Remove the rows block by block, then say so."""
    while True:
        rows = RosterRow.objects.filter(roster_id=roster_id).order_by("pk")
        block = list(rows.values_list("pk", flat=True)[:_BLOCK])
        if not block:
            break
        RosterRow.objects.filter(pk__in=block).delete()
    Roster.objects.filter(pk=roster_id).update(purged_at=now)


def _ids(**conditions: Any) -> list[int]:
    return list(Roster.objects.filter(**conditions).order_by("pk").values_list("pk", flat=True))


def _locked(roster_id: int, by: Any, permission: str, today: date) -> Roster:
    rows = Roster.objects.locked().select_related("union")
    return access_row(rows, roster_id, by, permission, today, union="union")


def _reject(roster: Roster, actor: RosterActor, reason: str, by: Any, at: datetime) -> None:
    _check_move(roster, RosterState.REJECTED, actor)
    roster.state = Roster.State.REJECTED
    roster.reason = reason
    roster.ended_at = at
    roster.save(update_fields=["state", "reason", "ended_at"])
    audit.record("roster.rejected", roster, by=by, at=at, scope=roster.union.path)


def _check_move(roster: Roster, new: RosterState, actor: RosterActor) -> None:
    if not may_move(RosterState(roster.state), new, actor):
        raise Refused(
            "wrong_state",
            _("这份名册现在是“%(state)s”，不能办理这一步。")
            % {"state": roster.get_state_display()},
            way_on=_("请刷新页面看最新情况。"),
            state=roster.state,
        )


def _check_not_waiting(union: Union, sha256: str) -> None:
    open_states = [Roster.State.CHECKING, Roster.State.CHECKED, Roster.State.IMPORTING]
    if Roster.objects.filter(union=union, sha256=sha256, state__in=open_states).exists():
        raise Refused(
            "roster_repeated",
            _("这份文件已经上传过，正在等检查或复核。"),
            way_on=_("请在名册列表里找到它接着办理。"),
        )


def _same_person() -> Refused:
    return Refused(
        "same_person",
        gettext_lazy("您自己上传的名册不能由您复核。"),
        way_on=gettext_lazy("请另一位复核人员办理。"),
    )
