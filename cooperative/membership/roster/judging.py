"""Rows against what is stored: who is new, who changes, who must not be imported. By chunk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cooperative.membership.models import Member, Membership, Roster, RosterRow
from cooperative.membership.roster.checking import Entry, Surroundings, check_row
from cooperative.membership.roster.columns import Field
from cooperative.membership.roster.problems import Problem
from cooperative.membership.roster.staging import cells_of, fields_of
from cooperative.membership.rules.joining import LIVE_STATES

Verdict = RosterRow.Verdict
_APPLYING = {"applied", "balloted"}


@dataclass
class Judged:
    """A row with what it says, what is wrong, and what it would change."""

    row: RosterRow
    entry: Entry
    problems: list[Problem]
    repeats: bool = False
    member: Member | None = None
    membership: Membership | None = None
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def is_bad(self) -> bool:
        """Whether the row is left out."""
        return any(problem.stops for problem in self.problems)

    @property
    def verdict(self) -> str:
        """New, updated, unchanged, or left out."""
        if self.is_bad:
            return Verdict.BAD
        if self.repeats:
            return Verdict.SAME
        if self.membership is None:
            return Verdict.NEW
        return Verdict.UPDATED if self.changes else Verdict.SAME

    def note(self, column: Field | None, code: str, **facts: Any) -> None:
        """Add a problem."""
        self.problems.append(Problem(column.value if column else "", code, facts))


def read_rows(roster: Roster, rows: Iterable[RosterRow], around: Surroundings) -> list[Judged]:
    """Each row by itself and against the other rows of its roster."""
    fields = fields_of(roster)
    judged = []
    for row in rows:
        entry, problems = check_row(cells_of(row), fields, around)
        judged.append(Judged(row, entry, problems))
    _compare_with_each_other(roster, judged, around)
    return judged


def _compare_with_each_other(
    roster: Roster, judged: Sequence[Judged], around: Surroundings
) -> None:
    """Note rows of one person: the first counts; all are bad when the names differ."""
    indexes = {item.row.identity_index for item in judged if item.row.identity_index}
    twins: dict[str, list[tuple[int, int]]] = {}
    same_person = RosterRow.objects.filter(roster=roster, identity_index__in=indexes)
    places = same_person.order_by("position").values_list("identity_index", "position", "number")
    for index, position, number in places:
        twins.setdefault(index, []).append((position, number))
    repeated = {index for index, places in twins.items() if len(places) > 1}
    if not repeated:
        return
    entries = _entries(roster, repeated, around)
    for item in judged:
        if item.row.identity_index in repeated:
            _note_twins(item, entries[item.row.identity_index])


def _entries(
    roster: Roster, indexes: set[str], around: Surroundings
) -> Mapping[str, list[tuple[RosterRow, Entry]]]:
    fields = fields_of(roster)
    found: dict[str, list[tuple[RosterRow, Entry]]] = {}
    rows = RosterRow.objects.filter(roster=roster, identity_index__in=indexes)
    for row in rows.order_by("position"):
        entry, _problems = check_row(cells_of(row), fields, around)
        found.setdefault(row.identity_index, []).append((row, entry))
    return found


def _note_twins(item: Judged, twins: Sequence[tuple[RosterRow, Entry]]) -> None:
    for row, entry in twins:
        if entry.name != item.entry.name:
            item.note(Field.IDENTITY, "repeated_other_name", row=row.number)
            return
    first_row, first = twins[0]
    if first_row.pk == item.row.pk:
        return
    if first == item.entry:
        item.repeats = True
        item.note(None, "repeated", row=first_row.number)
    else:
        item.note(Field.IDENTITY, "repeated_differs", row=first_row.number)


def compare_with_stored(roster: Roster, judged: Sequence[Judged], *, lock: bool = False) -> None:
    """Find each row's member and membership, and note what forbids or changes something.

    With ``lock`` the members stay locked until the transaction ends.
    """
    wanted = {item.row.identity_index: item for item in judged if item.row.identity_index}
    members = Member.objects.filter(identity_index__in=list(wanted))
    if lock:
        members = members.locked()
    found = {m.identity_index: m for m in members.select_related("household").order_by("pk")}
    memberships = _memberships(found.values())
    for item in judged:
        member = found.get(item.row.identity_index)
        if member is None or item.is_bad or item.repeats:
            continue
        item.member = member
        _compare_with_memberships(roster, item, memberships.get(member.pk, []))
        if not item.is_bad:
            _compare_with_member(item, member)


def _memberships(members: Iterable[Member]) -> dict[int, list[Membership]]:
    found: dict[int, list[Membership]] = {}
    rows = Membership.objects.filter(member__in=list(members)).order_by("pk")
    for membership in rows:
        found.setdefault(membership.member_id, []).append(membership)
    return found


def _compare_with_memberships(
    roster: Roster, item: Judged, memberships: Sequence[Membership]
) -> None:
    admitted_on = item.entry.admitted_on
    for membership in memberships:
        live = membership.state in LIVE_STATES
        if membership.union_id != roster.union_id:
            if live:
                item.note(Field.IDENTITY, "member_elsewhere")
        elif membership.state in _APPLYING:
            item.note(Field.IDENTITY, "applying")
        elif live:
            item.membership = membership
        elif membership.state == "left" and _not_before(membership.ended_on, admitted_on):
            item.note(Field.ADMITTED_ON, "left")


def _not_before(ended_on: date | None, admitted_on: date | None) -> bool:
    """Whether a membership ended on or after the admission that the list speaks of."""
    return ended_on is not None and admitted_on is not None and ended_on >= admitted_on


def _compare_with_member(item: Judged, member: Member) -> None:
    """Blank cells change nothing; a name, a date and a claimed phone are never overwritten."""
    entry = item.entry
    if member.erased_at is not None:
        item.note(Field.IDENTITY, "erased")
        return
    if member.name != entry.name:
        item.note(Field.NAME, "name_differs")
        return
    if entry.phone and entry.phone != member.phone:
        if member.user_id is None:
            item.changes["phone"] = entry.phone
        else:
            item.note(Field.PHONE, "phone_kept")
    if entry.division and entry.division != member.division_id:
        item.changes["division"] = entry.division
    if entry.household and entry.household != (member.household and member.household.number):
        item.changes["household"] = entry.household
    membership = item.membership
    if membership is None:
        return
    if entry.cooperative and entry.cooperative != membership.cooperative_id:
        item.changes["cooperative"] = entry.cooperative
    if membership.admitted_on != entry.admitted_on and membership.admitted_on:
        item.note(Field.ADMITTED_ON, "admitted_differs", day=membership.admitted_on.isoformat())
