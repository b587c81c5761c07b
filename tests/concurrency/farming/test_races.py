"""Two at once: plans on one plot, two confirmations, a confirmation and an edit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.db import models, transaction

from cooperative.farming import services
from cooperative.farming.models import Plot, SeasonPlan
from cooperative.farming.services import checks
from cooperative.farming.services.personal import erase_farm
from cooperative.farming.statements import PlanStatement, PlotStatement
from cooperative.membership.models import Member
from core.errors import Refused
from core.models import AuditRow
from core.models.base import LockedQuerySet
from tests.factories.farming import AT, CropFactory, PlotFactory, officer
from tests.race import WAIT_SECONDS, meet, race

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def checked_before_written() -> Iterator[None]:
    """Nobody writes before each has checked, unless a lock keeps them from it."""

    def then_meet(check: Any) -> Any:
        def checked(*args: Any) -> None:
            check(*args)
            meet()

        return checked

    with (
        mock.patch.object(checks, "check_plan_fits", then_meet(checks.check_plan_fits)),
        mock.patch.object(checks, "check_move", then_meet(checks.check_move)),
    ):
        yield


def unlocked(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """``locked()`` without the lock: the twin that must show the fault."""
    return rows.order_by("pk")


def plan_twice() -> tuple[list[Any], Decimal]:
    """Two plans of six mu on a plot of ten, stated at once; the answers and what is planned."""
    plot = PlotFactory(area_mu=Decimal(10))
    crops = [CropFactory(), CropFactory(code="rice", name="水稻")]

    def state(crop: Any) -> Any:
        statement = PlanStatement(year=2026, crop=crop, plot=plot, area_mu=Decimal(6))
        return services.state_fact(
            member=plot.member, statement=statement, by=plot.member.user, at=AT
        )

    answers = race(*(lambda crop=crop: state(crop) for crop in crops))
    total = SeasonPlan.objects.live().aggregate(total=models.Sum("area_mu"))["total"]
    return answers, total


@pytest.mark.usefixtures("checked_before_written")
def test_two_plans_at_once_never_exceed_the_plot() -> None:
    answers, total = plan_twice()
    assert total == Decimal(6)
    assert [answer.code for answer in answers if isinstance(answer, Refused)] == [
        "plot_overplanned"
    ]


@pytest.mark.usefixtures("checked_before_written")
def test_without_the_lock_two_plans_do_exceed_it() -> None:
    with mock.patch.object(LockedQuerySet, "locked", unlocked):
        _answers, total = plan_twice()
    assert total == Decimal(12)


def confirm_twice() -> tuple[list[Any], int]:
    """Two officers confirm one fact at once; the answers and how often it was written down."""
    fact = PlotFactory()
    officers = [officer("reviewer"), officer("convener")]
    answers = race(
        *(lambda by=by: services.confirm_fact(fact=fact, by=by, at=AT) for by in officers)
    )
    return answers, AuditRow.objects.filter(action="fact.confirmed").count()


@pytest.mark.usefixtures("checked_before_written")
def test_a_fact_is_confirmed_by_one_of_two() -> None:
    answers, deeds = confirm_twice()
    assert deeds == 1
    assert [answer.code for answer in answers if isinstance(answer, Refused)] == ["wrong_state"]


@pytest.mark.usefixtures("checked_before_written")
def test_without_the_lock_both_would_confirm() -> None:
    with mock.patch.object(LockedQuerySet, "locked", unlocked):
        _answers, deeds = confirm_twice()
    assert deeds == 2


@pytest.mark.usefixtures("checked_before_written")
def test_what_an_officer_confirms_is_what_they_saw_or_is_refused() -> None:
    fact = PlotFactory(area_mu=Decimal(10))
    larger = PlotStatement(
        local_name="东甸子", area_mu=Decimal(90), tenure="contracted", land="dry"
    )
    checker = officer("reviewer")
    answers = race(
        lambda: services.confirm_fact(fact=fact, by=checker, at=AT),
        lambda: services.edit_fact(
            fact=fact, statement=larger, by=fact.member.user, at=AT + timedelta(minutes=1)
        ),
    )
    fact.refresh_from_db()
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert len(refused) == 1
    assert (fact.state, fact.area_mu) in [("confirmed", Decimal(10)), ("stated", Decimal(90))]


def test_a_fact_stated_beside_an_erasure_does_not_survive_it() -> None:
    plot = PlotFactory(area_mu=Decimal(10))
    member, crop = plot.member, CropFactory()
    statement = PlanStatement(year=2026, crop=crop, plot=None, area_mu=Decimal(1))
    locked = threading.Event()

    def erase() -> None:
        with transaction.atomic():
            Member.objects.locked().get(pk=member.pk)
            locked.set()
            meet()  # the fact is being stated meanwhile, and has to wait
            erase_farm(member=member, by=member.user, at=AT)
            Member.objects.filter(pk=member.pk).update(erased_at=AT)

    def state() -> Any:
        assert locked.wait(WAIT_SECONDS)
        return services.state_fact(member=member, statement=statement, by=member.user, at=AT)

    _erased, answer = race(erase, state)
    assert isinstance(answer, Refused)
    assert answer.code == "member_erased"
    assert not SeasonPlan.objects.exists()
    assert not Plot.objects.exists()
