"""Nights of scoring at once, and killed in the middle (I15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from core.jobs import kinds, progress_of, run_job_now
from core.jobs.running import plan_job
from core.models import JobRun
from credit.scoring.models import Score
from credit.scoring.selectors.nights import SCORE
from credit.scoring.services import nightly
from tests.factories.accounts import UserFactory
from tests.factories.farming import PlotFactory
from tests.factories.scoring import DAY, ScorecardFactory, after, agreed_members
from tests.killed_worker import kill_in_the_middle
from tests.race import race

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[3]


def book() -> None:
    """Thirty members on the small card, every third with land."""
    ScorecardFactory(active=True)
    for number, one in enumerate(agreed_members(*["2020-05-19", "2025-02-03", "2022-01-01"] * 10)):
        if number % 3 == 0:
            PlotFactory(
                member=one.member,
                made_by=UserFactory(),
                confirmed=True,
                area_mu=Decimal(40 + number),
            )


def scores() -> list[tuple[Any, ...]]:
    columns = ("member", "as_of", "confirmed_on", "inputs", "points", "total", "grade")
    return list(Score.objects.order_by("member").values_list(*columns))


def planned(chunk: int) -> JobRun:
    run = nightly.score_members(on=DAY, at=after(DAY))
    with mock.patch.dict(kinds._KINDS, {SCORE: replace(nightly.KIND, chunk_size=chunk)}):
        plan_job(run.pk)
    run.refresh_from_db()
    return run


def undisturbed() -> list[tuple[Any, ...]]:
    """What a night writes in peace, forgotten again."""
    run_job_now(planned(chunk=100))
    found = scores()
    Score.objects.all().delete()
    JobRun.objects.all().delete()
    assert len(found) == 30
    return found


def test_two_workers_share_a_night() -> None:
    book()
    whole = undisturbed()
    run = planned(chunk=4)
    race(lambda: run_job_now(run), lambda: run_job_now(run))
    assert scores() == whole


def test_two_who_start_a_night_at_once_start_one() -> None:
    book()
    whole = undisturbed()
    first, second = race(*[lambda: nightly.score_members(on=DAY, at=after(DAY))] * 2)
    assert first.pk == second.pk
    nightly.work_off()
    assert scores() == whole


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_leaves_the_same_scores() -> None:
    book()
    whole = undisturbed()
    run = planned(chunk=10)
    kill_in_the_middle(run.pk, done=10)
    assert progress_of(run.pk).done == 10
    assert scores() != whole
    nightly.work_off()
    assert scores() == whole
    assert progress_of(run.pk).state == "done"


def test_scoring_again_a_day_later_writes_nothing_new() -> None:
    book()
    run_job_now(planned(chunk=100))
    before = list(Score.objects.order_by("pk").values_list("pk", "inputs"))
    run = nightly.score_members(
        on=DAY + timedelta(days=1), full=True, at=after(DAY + timedelta(days=1))
    )
    run_job_now(run)
    assert list(Score.objects.order_by("pk").values_list("pk", "inputs")) == before
