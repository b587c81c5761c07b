"""A member scored again beside a night that is under way."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, models, transaction

from cooperative.membership.models import Member
from core.errors import Busy, Refused, violated_constraint
from core.jobs import run_job_now
from core.jobs.running import plan_job
from core.models import AuditRow, JobRun
from core.models.base import LockedQuerySet
from credit.scoring.models import Score
from credit.scoring.services import nightly, rescoring, statements
from tests.factories.accounts import UserFactory
from tests.factories.farming import PlotFactory
from tests.factories.scoring import DAY, ScorecardFactory, after, agreed_members
from tests.race import WAIT_SECONDS, meet, race

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
AT = after(DAY)
_GUARDS = (
    " AND scoring_score.superseded_on IS NULL",
    " AND (compared.old_id IS NULL OR superseded.member_id IS NOT NULL)",
)


def scored_and_changed() -> Member:
    """A member of 60 points whose land is not counted yet."""
    ScorecardFactory(active=True)
    (one,) = agreed_members("2020-05-20")
    night(planned())
    JobRun.objects.all().delete()
    PlotFactory(member=one.member, made_by=UserFactory(), confirmed=True, area_mu=Decimal("60"))
    return one.member


def planned() -> JobRun:
    run = nightly.score_members(on=DAY, full=True, at=AT)
    plan_job(run.pk)
    run.refresh_from_db()
    return run


def night(run: JobRun) -> None:
    """The night's one chunk, in a transaction of its own."""
    nightly.do_members(run, 0, run.size)


def beside_a_night() -> list[Any]:
    """Who scores again has written and commits only when the night waits for it, or has ended."""
    member, run = scored_and_changed(), planned()
    written = threading.Event()
    score = rescoring._score

    def then_meet(*args: Any) -> None:
        score(*args)
        written.set()
        meet()

    def late_night() -> None:
        assert written.wait(WAIT_SECONDS)
        night(run)

    with mock.patch.object(rescoring, "_score", then_meet):
        return race(
            late_night,
            lambda: rescoring.rescore(member=member, by=None, at=AT),
            errors=(Refused, IntegrityError),
        )


def test_a_night_that_waited_leaves_the_newer_score() -> None:
    night_answer, score = beside_a_night()
    assert night_answer is None
    assert Score.objects.current().get() == score
    assert [row.total for row in Score.objects.order_by("pk")] == [Decimal(60), Decimal(100)]


def test_without_the_guards_the_night_fails() -> None:
    bare = " ".join(statements._WRITE.split())
    for guard in _GUARDS:
        assert guard in bare
        bare = bare.replace(guard, "")
    statements.statement_of.cache_clear()
    with mock.patch.object(statements, "_WRITE", bare):
        night_answer, _score = beside_a_night()
    statements.statement_of.cache_clear()
    assert isinstance(night_answer, IntegrityError)
    assert violated_constraint(night_answer) == "scoring_score_one_current"


def score_twice() -> list[Any]:
    member = scored_and_changed()
    found = rescoring._lock_current

    def then_meet(one: Member) -> Score | None:
        row = found(one)
        meet()
        return row

    with mock.patch.object(rescoring, "_lock_current", then_meet):
        return race(*[lambda: rescoring.rescore(member=member, by=None, at=AT)] * 2)


def unlocked(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """``locked()`` without the lock: the twin that must show the fault."""
    return rows.order_by("pk")


def deeds() -> int:
    return AuditRow.objects.filter(action="scoring.rescored").count()


def test_two_who_score_again_at_once_do_it_once() -> None:
    first, second = score_twice()
    assert first == second == Score.objects.current().get()
    assert deeds() == 1


def test_without_the_locks_it_is_said_twice() -> None:
    with mock.patch.object(LockedQuerySet, "locked", unlocked):
        score_twice()
    assert deeds() == 2


def test_a_first_score_beside_a_nights_is_given_once() -> None:
    """The night has inserted it and not committed: whoever asks meanwhile is told to try again."""
    ScorecardFactory(active=True)
    (one,) = agreed_members("2020-05-20")
    run, asked = planned(), threading.Event()

    def night_that_waits() -> None:
        with transaction.atomic():
            night(run)
            asked.set()
            meet()

    def first_score() -> Score | None:
        assert asked.wait(WAIT_SECONDS)
        return rescoring.score_first(member=one.member, by=None, at=AT)

    _night, answer = race(night_that_waits, first_score)
    assert isinstance(answer, Busy)
    assert Score.objects.count() == 1
    assert rescoring.score_first(member=one.member, by=None, at=AT) == Score.objects.get()


def test_a_night_that_loses_the_first_score_does_its_chunk_again() -> None:
    ScorecardFactory(active=True)
    members = [one.member for one in agreed_members("2020-05-20", "2025-01-01")]
    run = planned()
    written = threading.Event()
    score = rescoring._score

    def then_meet(*args: Any) -> None:
        score(*args)
        written.set()
        meet()

    def whole_night() -> None:
        assert written.wait(WAIT_SECONDS)
        run_job_now(run)

    with mock.patch.object(rescoring, "_score", then_meet):
        _night, first = race(
            whole_night,
            lambda: rescoring.score_first(member=members[0], by=None, at=AT),
        )
    run.refresh_from_db()
    assert (run.state, run.failures.count()) == ("done", 0)
    assert Score.objects.current().get(member=members[0]) == first
    assert Score.objects.current().count() == 2
