"""What the pages of a roster ask: its rows with problems, its figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from cooperative.membership.models import Roster, RosterRow
from cooperative.membership.roster.columns import Field
from cooperative.membership.roster.problems import KINDS, Problem, problems_from
from cooperative.membership.roster.staging import cells_of, fields_of
from core.masking import mask_name
from core.models import StoredFile


@dataclass(frozen=True)
class ShownRow:
    """A row as the report page shows it: its number, whose it is (masked), what is wrong."""

    number: int
    name: str
    verdict: str
    outcome: str
    problems: list[Problem]


@dataclass(frozen=True)
class ProblemCount:
    """How many rows have a problem."""

    code: str
    title: str
    stops: bool
    count: int


def rows_with(roster: Roster, *, problem: str = "", verdict: str = "") -> QuerySet[RosterRow]:
    """The rows of a roster, by kind of problem (any: ``any``) and by verdict, in file order."""
    rows = RosterRow.objects.filter(roster=roster)
    if problem == "any":
        rows = rows.exclude(problems=[])
    elif problem:
        rows = rows.filter(problems__contains=[{"code": problem}])
    if verdict:
        rows = rows.filter(verdict=verdict)
    return rows.order_by("position")


def shown(roster: Roster, rows: Iterable[RosterRow]) -> list[ShownRow]:
    """Rows for the page, names masked."""
    return [_shown(row, fields_of(roster)) for row in rows]


def _shown(row: RosterRow, fields: dict[Field, int]) -> ShownRow:
    cells = cells_of(row)
    at = fields.get(Field.NAME, -1)
    name = cells[at].text if 0 <= at < len(cells) else ""
    return ShownRow(
        number=row.number,
        name=mask_name(name),
        verdict=row.get_verdict_display(),
        outcome=row.get_outcome_display() if row.outcome else "",
        problems=problems_from(row.problems),
    )


def problem_counts(counts: dict[str, Any]) -> list[ProblemCount]:
    """The kinds of problems of a roster, those that stop first, then the most frequent."""
    found = [
        ProblemCount(code, str(KINDS[code].title), KINDS[code].stops, number)
        for code, number in counts.get("problems", {}).items()
        if code in KINDS
    ]
    return sorted(found, key=lambda item: (not item.stops, -item.count, item.code))


def rows_with_problems(roster: Roster) -> Iterator[tuple[RosterRow, list[Problem]]]:
    """Every row with a problem, in file order, streamed."""
    for row in rows_with(roster, problem="any").iterator(chunk_size=2000):
        yield row, problems_from(row.problems)


def may_see_file(user: Any, file: StoredFile) -> bool:
    """Nobody fetches an uploaded roster: it is removed as soon as it is read."""
    return False
