"""Rows between file and members: written sealed, read back as cells, their verdicts kept."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Count

from cooperative.membership.models import Cooperative, Division, Roster, RosterRow
from cooperative.membership.models.members import identity_index
from cooperative.membership.roster.cells import Cell, unpacked
from cooperative.membership.roster.checking import (
    Names,
    Surroundings,
    identity_of,
    normal_cooperative,
    normal_village,
)
from cooperative.membership.roster.columns import Field
from cooperative.membership.roster.problems import Problem
from cooperative.membership.roster.reading import Line
from core.crypto import seal

_BATCH = 5_000


def stage_rows(
    roster: Roster, lines: Iterable[Line], fields: Mapping[Field, int], today: date
) -> int:
    """Write the rows of a roster, sealed, by COPY; how many there were."""
    count = 0
    rows = iter(lines)
    while batch := list(islice(rows, _BATCH)):
        text = io.StringIO()
        writer = csv.writer(text)
        for number, cells in batch:
            writer.writerow(_staged(roster, count, number, cells, fields, today))
            count += 1
        text.seek(0)
        with connection.cursor() as cursor:
            cursor.copy_expert(
                "COPY membership_rosterrow (roster_id, position, number, cells, identity_index,"
                " verdict, outcome, problems) FROM STDIN (FORMAT csv, FORCE_NOT_NULL (outcome))",
                text,
            )
    return count


def _staged(
    roster: Roster,
    position: int,
    number: int,
    cells: Sequence[Cell],
    fields: Mapping[Field, int],
    today: date,
) -> list[Any]:
    packed = json.dumps([cell.packed() for cell in cells], ensure_ascii=False)
    identity = identity_of(cells, fields, today)
    index = identity_index(identity) if identity else ""
    verdict = RosterRow.Verdict.WAITING.value
    return [roster.pk, position, number, seal(packed), index, verdict, "", "[]"]


def fields_of(roster: Roster) -> dict[Field, int]:
    """The columns of a roster as they were found."""
    return {Field(name): position for name, position in roster.fields.items()}


def cells_of(row: RosterRow) -> list[Cell]:
    """The cells of a staged row."""
    return [unpacked(packed) for packed in json.loads(row.cells)]


def surroundings_of(roster: Roster, today: date) -> Surroundings:
    """The villages and co-operatives a row of this roster may name; three queries."""
    villages, townships = _divisions_below(roster.union.division_id)
    known: list[tuple[str, Any]] = []
    for village in villages:
        township = townships.get(village.parent_id or "", "")
        known += [(village.short_name, village.pk), (township + village.short_name, village.pk)]
    cooperatives = Cooperative.objects.filter(union=roster.union).order_by("pk")
    return Surroundings(
        today=today,
        villages=Names(known, normal_village),
        cooperatives=Names(cooperatives.values_list("name", "pk"), normal_cooperative),
    )


def _divisions_below(code: str) -> tuple[list[Division], dict[str, str]]:
    """The villages in a division, and the names of their townships. A code begins with its parent's."""
    below = Division.objects.filter(pk__startswith=code).order_by("pk")
    villages = [division for division in below if division.level == Division.Level.VILLAGE]
    parents = Division.objects.filter(pk__in={v.parent_id for v in villages}).order_by("pk")
    return villages, {parent.pk: parent.name for parent in parents}


@dataclass(frozen=True)
class Ruling:
    """What is written back to a staged row."""

    row_id: int
    verdict: str
    problems: Sequence[Problem]
    member_id: int | None = None


def write_verdicts(rulings: Sequence[Ruling]) -> None:
    """Keep what the dry run found."""
    _write("verdict", rulings)


def write_outcomes(rulings: Sequence[Ruling]) -> None:
    """Keep what the import did."""
    _write("outcome", rulings)


def _write(column: str, rulings: Sequence[Ruling]) -> None:
    if not rulings:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE membership_rosterrow AS r SET {column} = v.verdict,"  # noqa: S608 - two names
            " problems = v.problems::jsonb, member_id = v.member"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[])"
            " AS v(id, verdict, problems, member) WHERE r.id = v.id",
            [
                [ruling.row_id for ruling in rulings],
                [str(ruling.verdict) for ruling in rulings],
                [_as_json(ruling.problems) for ruling in rulings],
                [ruling.member_id for ruling in rulings],
            ],
        )


def _as_json(problems: Sequence[Problem]) -> str:
    return json.dumps([p.stored() for p in problems], cls=DjangoJSONEncoder, ensure_ascii=False)


def tally(roster: Roster, column: str) -> dict[str, int]:
    """Rows by verdict or outcome."""
    rows = RosterRow.objects.filter(roster=roster).values(column).order_by(column)
    return dict(rows.annotate(n=Count("pk")).values_list(column, "n"))


def tally_of_problems(roster: Roster) -> dict[str, int]:
    """Problems by code, most frequent first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p->>'code', count(*) FROM membership_rosterrow,"
            " jsonb_array_elements(problems) AS p WHERE roster_id = %s"
            " GROUP BY 1 ORDER BY 2 DESC, 1",
            [roster.pk],
        )
        return dict(cursor.fetchall())


def staged_between(roster_id: int, first: int, last: int) -> list[RosterRow]:
    """The rows at positions ``[first, last)``, in order."""
    rows = RosterRow.objects.filter(roster_id=roster_id, position__gte=first, position__lt=last)
    return list(rows.order_by("position"))
