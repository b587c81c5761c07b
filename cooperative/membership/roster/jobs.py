"""The two jobs of a roster, the dry run and the import, as core.jobs runs them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperative.membership.models import Roster, RosterRow
from cooperative.membership.roster.importing import import_rows
from cooperative.membership.roster.judging import compare_with_stored, read_rows
from cooperative.membership.roster.problems import Problem
from cooperative.membership.roster.reading import open_roster
from cooperative.membership.roster.staging import (
    Ruling,
    stage_rows,
    staged_between,
    surroundings_of,
    tally,
    tally_of_problems,
    write_outcomes,
    write_verdicts,
)
from core import audit, files
from core.errors import Refused
from core.jobs import JobKind, register_job
from core.jobs.faults import passes_by_itself, told
from core.models import JobFailure, JobRun

CHECK = "membership.roster_check"
IMPORT = "membership.roster_import"
CHUNK_SIZE = 500


def parameters_of(roster: Roster, today: date) -> dict[str, Any]:
    """What a run needs to know, so that a resumed one works as on the first day."""
    return {"roster": roster.pk, "today": today.isoformat()}


def _roster(run: JobRun) -> Roster:
    return Roster.objects.select_related("union", "file").get(pk=run.parameters["roster"])


def _today(run: JobRun) -> date:
    return date.fromisoformat(run.parameters["today"])


def _plan_check(run: JobRun) -> int:
    """Read the file into sealed rows and forget it; a file that cannot be read ends the roster."""
    roster = _roster(run)
    file = roster.file
    assert file is not None
    try:
        with transaction.atomic(), open_roster(files.path_of(file)) as sheet:
            roster.titles = list(sheet.header.titles)
            roster.fields = {name.value: at for name, at in sheet.header.fields.items()}
            roster.extra = list(sheet.header.extra)
            roster.row_count = stage_rows(roster, sheet.lines, sheet.header.fields, _today(run))
            roster.passed_over = len(sheet.footers)
            if not roster.row_count:
                raise Refused(
                    "roster_empty", _("表头下面没有成员。"), way_on=_("请核对后重新上传。")
                )
    except Exception as error:  # what a strange file raises is logged and told, like a refusal
        if passes_by_itself(error):
            raise
        roster.state = Roster.State.UNREADABLE
        roster.reason = told(error).reason
        roster.row_count = 0
        roster.ended_at = timezone.now()
    roster.file = None
    roster.save()
    files.remove_file(file)
    return roster.row_count


def _check(run: JobRun, first: int, last: int) -> None:
    """Judge the rows of a chunk; nothing but the rows themselves is written."""
    roster = _roster(run)
    rows = staged_between(roster.pk, first, last)
    judged = read_rows(roster, rows, surroundings_of(roster, _today(run)))
    compare_with_stored(roster, judged)
    write_verdicts([Ruling(item.row.pk, item.verdict, item.problems) for item in judged])


def _end_check(run: JobRun) -> None:
    """Count, and hand the roster to the second officer."""
    roster = Roster.objects.locked().get(pk=run.parameters["roster"])
    if roster.state != Roster.State.CHECKING:
        return
    write_verdicts(_failed_rows(run, roster, RosterRow.Verdict.BAD))
    roster.counts = tally(roster, "verdict") | {"problems": tally_of_problems(roster)}
    roster.state = Roster.State.CHECKED
    roster.save(update_fields=["counts", "state"])


def _plan_import(run: JobRun) -> int:
    return _roster(run).row_count


def _import(run: JobRun, first: int, last: int) -> None:
    import_rows(_roster(run), first, last, at=_at(run), today=_today(run))


def _at(run: JobRun) -> datetime:
    """The moment the second officer said yes: the same for every chunk and every resumption."""
    return run.queued_at


def _end_import(run: JobRun) -> None:
    """Tell what became of each row, once."""
    roster = Roster.objects.locked().get(pk=run.parameters["roster"])
    write_outcomes(_failed_rows(run, roster, RosterRow.Outcome.LEFT_OUT))
    RosterRow.objects.filter(roster=roster, outcome=RosterRow.Outcome.NONE).update(
        outcome=RosterRow.Outcome.LEFT_OUT
    )
    roster.outcome = tally(roster, "outcome") | {"problems": tally_of_problems(roster)}
    roster.state = Roster.State.IMPORTED
    roster.ended_at = timezone.now()
    roster.save(update_fields=["outcome", "state", "ended_at"])
    audit.record(
        "roster.imported",
        roster,
        by=roster.checked_by,
        at=roster.ended_at,
        scope=run.scope,
        **tally(roster, "outcome"),
    )


def _failed_rows(run: JobRun, roster: Roster, verdict: str) -> list[Ruling]:
    """Rows the engine left out because the program failed at them."""
    items = JobFailure.objects.filter(run=run).order_by("item").values_list("item", flat=True)
    rows = RosterRow.objects.filter(roster=roster, position__in=list(items)).order_by("pk")
    return [Ruling(row.pk, verdict, [Problem("", "error")]) for row in rows]


def _row_number(run: JobRun, item: int) -> str:
    row = RosterRow.objects.filter(roster_id=run.parameters["roster"], position=item).first()
    return _("第 %(row)s 行") % {"row": row.number if row is not None else item + 1}


def register() -> None:
    """Declare both kinds; called once from ``AppConfig.ready``."""
    check_title, import_title = gettext_lazy("名册检查"), gettext_lazy("名册导入")
    register_job(
        JobKind(CHECK, check_title, CHUNK_SIZE, _plan_check, _check, _end_check, _row_number)
    )
    register_job(
        JobKind(IMPORT, import_title, CHUNK_SIZE, _plan_import, _import, _end_import, _row_number)
    )
