"""Rosters side by side: confirmed once, nobody doubled, a killed import ends as if nothing had been."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.db.models import Count

from cooperative.membership.models import Household, Member, Membership, Roster, RosterRow
from cooperative.membership.roster import extras, jobs, sample, services
from cooperative.membership.roster.services import confirm_roster
from core.errors import Refused
from core.jobs import job_kind, kinds, progress_of, run_job_now
from core.jobs.running import plan_job
from core.models import AuditRow, JobRun
from tests.factories.membership import NOON, officer, resident_id
from tests.factories.roster import Place, checked, imported, place, workbook
from tests.killed_worker import kill_in_the_middle
from tests.race import meet, race

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def here(settings: Any, tmp_path: Path, transactional_db: None) -> Iterator[Place]:
    settings.PRIVATE_ROOT = tmp_path
    small = replace(job_kind(jobs.IMPORT), chunk_size=20)
    with (
        mock.patch.object(extras, "_KEEPERS", []),
        mock.patch.dict(kinds._KINDS, {jobs.IMPORT: small}),
    ):
        yield place()


def rows(numbers: range, *, step: int = 1) -> list[list[Any]]:
    return [
        [
            "王秋实",
            resident_id(n),
            f"1380000{n:04d}",
            "大房村",
            sample.COOPERATIVES[n % 4],
            "2021-03-05",
            f"H{n // 2}",
            12.5,
            None,
            "玉米",
        ]
        for n in list(numbers)[::step]
    ]


def confirmed(where: Place, upload: Any) -> JobRun:
    roster = checked(where, upload)
    roster = confirm_roster(roster_id=roster.pk, by=where.reviewer, at=NOON)
    assert roster.import_run is not None
    return roster.import_run


def state() -> list[Any]:
    """What is stored of people, without keys, in a fixed order."""
    return [
        sorted(
            Member.objects.values_list("name", "identity_index", "phone_index", "household__number")
        ),
        sorted(Membership.objects.values_list("member__identity_index", "state", "admitted_on")),
        sorted(Household.objects.values_list("number", "division")),
        AuditRow.objects.filter(action="membership.imported").count(),
        sorted(RosterRow.objects.values_list("number", "outcome")),
    ]


def confirm_twice(where: Place, read: Any) -> list[Any]:
    """Two reviewers confirm one roster; neither writes before both have read it, if they can."""
    roster = checked(where, workbook(rows(range(1, 4))))
    other = officer("reviewer", where.union)

    def read_and_meet(*args: Any) -> Roster:
        found: Roster = read(*args)
        meet()
        return found

    def confirm(by: Any) -> Any:
        return lambda: confirm_roster(roster_id=roster.pk, by=by, at=NOON)

    with mock.patch.object(services, "_locked", read_and_meet):
        return race(confirm(where.reviewer), confirm(other))


def test_two_reviewers_at_once_confirm_once(here: Place) -> None:
    answers = confirm_twice(here, services._locked)
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert [answer.code for answer in refused] == ["wrong_state"]
    assert AuditRow.objects.filter(action="roster.confirmed").count() == 1


def test_without_the_lock_both_would_confirm(here: Place) -> None:
    """The twin."""

    def unlocked(roster_id: int, *_args: Any) -> Roster:
        return Roster.objects.select_related("union").get(pk=roster_id)

    answers = confirm_twice(here, unlocked)
    assert [type(answer) for answer in answers] == [Roster, Roster]
    assert AuditRow.objects.filter(action="roster.confirmed").count() == 2


def test_overlapping_rosters_at_once_double_nobody(here: Place) -> None:
    first = confirmed(here, workbook(rows(range(1, 121))))
    second = confirmed(here, workbook(rows(range(180, 60, -1))))
    answers = race(
        lambda: run_job_now(first), lambda: run_job_now(second), lambda: run_job_now(first)
    )
    assert [answer.failed for answer in answers] == [0, 0, 0]
    assert Member.objects.count() == Membership.objects.count() == 180
    outcomes = RosterRow.objects.values_list("outcome").annotate(n=Count("pk")).order_by("outcome")
    assert dict(outcomes) == {"new": 180, "same": 60}


def test_one_person_in_two_unions_at_once_is_admitted_in_one(here: Place) -> None:
    there = place("OTHER")
    first = confirmed(here, workbook(rows(range(1, 61))))
    second = confirmed(there, workbook(rows(range(60, 0, -1))))
    race(lambda: run_job_now(first), lambda: run_job_now(second))
    assert Member.objects.count() == Membership.objects.count() == 60
    left_out = RosterRow.objects.filter(outcome="left_out")
    assert left_out.count() == 60
    assert {row.problems[-1]["code"] for row in left_out} == {"member_elsewhere"}


@pytest.mark.slow
def test_a_killed_import_ends_as_if_it_had_not_been_killed(here: Place) -> None:
    """kill -9 of a process in the middle of a chunk, then the rest in another (I15)."""
    upload = workbook(rows(range(1, 301)))
    run = confirmed(here, upload)
    plan_job(run.pk)
    kill_in_the_middle(run.pk, done=40)
    assert (progress_of(run.pk).done, Member.objects.count()) == (40, 40)
    run_job_now(run)
    after_kill = state()
    RosterRow.objects.all().delete()
    assert after_kill[3] == 300
    again = imported(here, workbook([*rows(range(1, 301)), *rows(range(301, 302))]))
    assert (again.outcome["same"], again.outcome["new"]) == (300, 1)


def test_the_state_after_pieces_in_any_order_is_the_same(here: Place) -> None:
    """Two workers and one worker give the same people."""
    run = confirmed(here, workbook(rows(range(1, 101))))
    race(lambda: run_job_now(run), lambda: run_job_now(run))
    together = state()
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE membership_rosterrow, membership_roster, membership_membership,"
            " membership_member, membership_household, core_auditrow, core_jobrun CASCADE"
        )
    run_job_now(confirmed(here, workbook(rows(range(1, 101)))))
    assert state() == together
