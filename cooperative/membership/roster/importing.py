"""The import of one chunk: each row whole or not at all, a second time without effect.

Everything is set-based. Lock order: households by number, members by identity (the insert waits
for a concurrent one and then finds its row), then members by key. So overlapping imports may wait
for each other, never deadlock, and never double anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType

from cooperative.membership.models import Household, Member, Membership, Roster, RosterRow
from cooperative.membership.parameters import WAITING_MONTHS
from cooperative.membership.roster import extras
from cooperative.membership.roster.checking import BUSINESS, Entry
from cooperative.membership.roster.judging import Judged, compare_with_stored, read_rows
from cooperative.membership.roster.staging import (
    Ruling,
    staged_between,
    surroundings_of,
    write_outcomes,
)
from core.crypto import blind_index
from core.dates import add_months
from core.models import AuditRow
from core.parameters import value_on

Outcome = RosterRow.Outcome
_LEFT_OUT = {RosterRow.Verdict.BAD: Outcome.LEFT_OUT}


def import_rows(roster: Roster, first: int, last: int, *, at: datetime, today: date) -> None:
    """Import the rows at positions ``[first, last)``; the caller's transaction holds it together.

    Raises:
        Refused: ``parameter_missing`` when no waiting period is in force today.
    """
    months = int(value_on(WAITING_MONTHS, today, scope=roster.union.path))
    rows = [
        row
        for row in staged_between(roster.pk, first, last)
        if row.verdict not in (RosterRow.Verdict.BAD, RosterRow.Verdict.WAITING)
    ]
    judged = read_rows(roster, rows, surroundings_of(roster, today))
    taken = [item for item in judged if not item.is_bad and not item.repeats]
    households = _households(roster, taken)
    _ensure_members(taken, households, at)
    compare_with_stored(roster, judged, lock=True)
    taken = [item for item in taken if not item.is_bad]
    admitted = [item for item in taken if item.membership is None]
    changed = [item for item in taken if item.membership is not None and item.changes]
    created = _admit(roster, admitted, months)
    _update(taken, households)
    _record(roster, created, changed, at)
    _keep_facts(roster, taken, at)
    write_outcomes([_ruling(item, admitted) for item in judged])


def _households(roster: Roster, items: Iterable[Judged]) -> dict[str, int]:
    """Keys of the households the rows name, made where they are missing."""
    villages: dict[str, str | None] = {}
    for item in items:
        if item.entry.household:
            villages.setdefault(item.entry.household, item.entry.division)
    if not villages:
        return {}
    known = Household.objects.filter(union=roster.union, number__in=villages).order_by("number")
    found = dict(known.values_list("number", "pk"))
    Household.objects.bulk_create(
        [
            Household(number=number, union=roster.union, division_id=villages[number])
            for number in sorted(villages.keys() - found.keys())
        ],
        ignore_conflicts=True,
    )
    return dict(known.all().values_list("number", "pk"))


def _ensure_members(items: Iterable[Judged], households: dict[str, int], at: datetime) -> None:
    """Insert who is not there, in order of identity; a concurrent insert of the same is waited for."""
    wanted = {item.row.identity_index: item.entry for item in items}
    there = Member.objects.filter(identity_index__in=list(wanted)).order_by("pk")
    missing = wanted.keys() - set(there.values_list("identity_index", flat=True))
    Member.objects.bulk_create(
        [_member(index, wanted[index], households, at) for index in sorted(missing)],
        ignore_conflicts=True,
    )


def _member(index: str, entry: Entry, households: dict[str, int], at: datetime) -> Member:
    return Member(
        kind=entry.kind,
        name=entry.name,
        identity_number=entry.identity,
        identity_index=index,
        phone=entry.phone,
        phone_index=_phone_index(entry.phone),
        division_id=entry.division,
        household_id=households.get(entry.household),
        created_at=at,
    )


def _phone_index(phone: str) -> str | None:
    return blind_index("phone", phone) if phone else None


def _admit(roster: Roster, items: Sequence[Judged], months: int) -> list[Membership]:
    """Memberships of those who have none here; the waiting period counts from the admission."""
    rows = []
    for item in items:
        assert item.member is not None
        assert item.entry.admitted_on is not None
        day = item.entry.admitted_on
        business = item.entry.kind == BUSINESS
        ground = Membership.Ground.BUSINESS_OWNER if business else _PERSONS_GROUND
        rows.append(
            Membership(
                member=item.member,
                union=roster.union,
                cooperative_id=item.entry.cooperative,
                ground=ground,
                source=Membership.Source.ROSTER,
                state=Membership.State.ADMITTED,
                applied_at=roster.made_at,
                admitted_on=day,
                waiting_ends_on=add_months(day, months),
            )
        )
    return Membership.objects.bulk_create(rows)


_PERSONS_GROUND = Membership.Ground.COOPERATIVE_MEMBER


def _update(items: Iterable[Judged], households: dict[str, int]) -> None:
    """Write the changed fields of members and memberships."""
    members: list[Member] = []
    memberships: list[Membership] = []
    for item in items:
        member, changes = item.member, item.changes
        assert member is not None
        if changes.keys() & {"phone", "division", "household"}:
            if "phone" in changes:
                member.set_phone(changes["phone"])
            member.division_id = changes.get("division", member.division_id)
            if "household" in changes:
                member.household_id = households[changes["household"]]
            members.append(member)
        if "cooperative" in changes and item.membership is not None:
            item.membership.cooperative_id = changes["cooperative"]
            memberships.append(item.membership)
    if members:
        fields = ["phone", "phone_index", "division", "household"]
        Member.objects.bulk_update(members, fields, batch_size=200)
    if memberships:
        Membership.objects.bulk_update(memberships, ["cooperative"], batch_size=500)


def _record(
    roster: Roster, created: Iterable[Membership], changed: Iterable[Judged], at: datetime
) -> None:
    """One audit row for each membership that came, and for each member that changed."""
    about = {model: ContentType.objects.get_for_model(model) for model in (Membership, Member)}

    def row(action: str, subject: Any, **facts: Any) -> AuditRow:
        return AuditRow(
            action=action,
            subject_type=about[type(subject)],
            subject_id=subject.pk,
            scope=roster.union.path,
            facts={"roster": roster.pk, **facts},
            by_id=roster.checked_by_id,
            at=at,
        )

    rows = [row("membership.imported", membership) for membership in created]
    rows += [
        row("member.updated_by_roster", item.member, fields=sorted(item.changes))
        for item in changed
    ]
    AuditRow.objects.bulk_create(rows)


def _keep_facts(roster: Roster, items: Iterable[Judged], at: datetime) -> None:
    extras.keep_facts(
        [
            extras.RosterFacts(
                member_id=item.member.pk,
                union_id=roster.union_id,
                contracted_mu=item.entry.contracted_mu,
                rented_mu=item.entry.rented_mu,
                crop=item.entry.crop,
                by=roster.checked_by,
                at=at,
            )
            for item in items
            if item.member is not None
        ]
    )


def _ruling(item: Judged, admitted: Sequence[Judged]) -> Ruling:
    outcome = _LEFT_OUT.get(item.verdict, item.verdict)  # type: ignore[call-overload]
    member_id = item.member.pk if item.member is not None and not item.is_bad else None
    return Ruling(item.row.pk, outcome, item.problems, member_id)
