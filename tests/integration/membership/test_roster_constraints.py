"""What the database refuses of rosters, jobs and files, whoever writes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.errors import violated_constraint
from core.models import JobChunk, JobFailure
from tests.factories.core import JobRunFactory, StoredFileFactory
from tests.factories.membership import NOON, OfficerUserFactory
from tests.factories.roster import (
    RosterFactory,
    RosterRowFactory,
)

pytestmark = pytest.mark.django_db


def same_person() -> None:
    officer = OfficerUserFactory()
    RosterFactory(made_by=officer, checked_by=officer, checked_at=NOON)


def row_twice() -> None:
    roster = RosterFactory()
    RosterRowFactory(roster=roster, position=1)
    RosterRowFactory(roster=roster, position=1)


def run_twice() -> None:
    JobRunFactory(key="same")
    JobRunFactory(key="same")


def failure_twice() -> None:
    run = JobRunFactory()
    for _time in range(2):
        JobFailure.objects.create(run=run, item=1, code="error", reason="x", at=NOON)


@pytest.mark.parametrize(
    ("constraint", "write"),
    [
        ("membership_roster_maker_is_not_checker", same_person),
        ("membership_roster_checked_by_paired", lambda: RosterFactory(checked_at=NOON)),
        ("membership_roster_imported_when_checked", lambda: RosterFactory(state="importing")),
        ("membership_roster_end_dated", lambda: RosterFactory(ended_at=NOON)),
        ("membership_rosterrow_position_once", row_twice),
        ("core_jobrun_once", run_twice),
        ("core_jobrun_finished_when_ended", lambda: JobRunFactory(state="done")),
        (
            "core_jobchunk_range_forward",
            lambda: JobChunk.objects.create(run=JobRunFactory(), first=3, last=3),
        ),
        ("core_jobfailure_once", failure_twice),
        ("core_storedfile_not_empty", lambda: StoredFileFactory(size=0)),
    ],
)
def test_the_database_refuses(constraint: str, write: Any) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        write()
    assert violated_constraint(refused.value) == constraint
