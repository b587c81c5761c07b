"""Confirming and returning facts: four eyes, reach, successors, plans that follow their land."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from cooperative.farming import services
from cooperative.farming.models import Fact, Plot
from cooperative.farming.selectors import farm_of, trails_of
from cooperative.farming.statements import STATEMENTS, PlotStatement
from cooperative.notices.models import Notice
from core.errors import Forbidden, Refused
from tests.factories.farming import (
    AT,
    FACTORIES,
    TODAY,
    FarmerFactory,
    PlotFactory,
    SeasonPlanFactory,
    YearlyIncomeFactory,
    officer,
    township_union,
)
from tests.integration.farming.test_stating import state_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", FACTORIES)
def test_a_fact_is_confirmed_by_an_officer_in_reach(kind: str) -> None:
    fact = FACTORIES[kind]()
    checker = officer("convener")
    services.confirm_fact(fact=fact, by=checker, at=AT + timedelta(days=1))
    now = state_of(fact)
    assert (now["state"], now["checked_by_id"]) == ("confirmed", checker.pk)
    assert [deed.action for deed in trails_of(fact)] == ["fact.confirmed"]


@pytest.mark.parametrize("kind", FACTORIES)
def test_nobody_else_confirms_or_returns(kind: str) -> None:
    fact = FACTORIES[kind]()
    before = state_of(fact)
    strangers = [officer("auditor"), officer("administrator"), fact.member.user]
    for stranger in [*strangers, officer("reviewer", township_union(2))]:
        with pytest.raises(Forbidden):
            services.confirm_fact(fact=fact, by=stranger, at=AT)
        with pytest.raises(Forbidden):
            services.refuse_fact(fact=fact, reason="不对", by=stranger, at=AT)
    assert state_of(fact) == before


def test_who_stated_a_fact_does_not_confirm_it() -> None:
    convener = officer("convener")
    fact = services.state_fact(
        member=FarmerFactory(),
        statement=PlotStatement(
            local_name="东甸子", area_mu=Decimal(5), tenure="contracted", land="dry"
        ),
        by=convener,
        at=AT,
    )
    with pytest.raises(Refused) as refused:
        services.confirm_fact(fact=fact, by=convener, at=AT)
    assert refused.value.code == "own_statement"
    assert services.confirm_fact(fact=fact, by=officer("convener"), at=AT).state == "confirmed"


def test_an_officer_does_not_confirm_their_own_farm_whoever_entered_it() -> None:
    convener = officer("convener")
    fact = PlotFactory(member=FarmerFactory(user=convener), made_by=officer("convener"))
    with pytest.raises(Forbidden) as refused:
        services.confirm_fact(fact=fact, by=convener, at=AT)
    assert refused.value.code == "own_fact"


def test_an_officer_of_either_union_of_a_member_confirms() -> None:
    member = FarmerFactory(unions=[township_union(1), township_union(2)])
    fact = PlotFactory(member=member)
    services.confirm_fact(fact=fact, by=officer("reviewer", township_union(2)), at=AT)
    assert state_of(fact)["state"] == "confirmed"


def test_a_returned_fact_says_why_and_the_member_is_told_each_time() -> None:
    fact = PlotFactory()
    checker = officer("reviewer")
    with pytest.raises(Refused) as refused:
        services.refuse_fact(fact=fact, reason=" ", by=checker, at=AT)
    assert refused.value.code == "reason_missing"
    services.refuse_fact(fact=fact, reason="请补承包证。", by=checker, at=AT)
    assert state_of(fact)["reason"] == "请补承包证。"
    statement = STATEMENTS["plot"].of(fact)
    services.edit_fact(fact=fact, statement=statement, by=fact.member.user, at=AT)
    services.refuse_fact(fact=fact, reason="照片看不清。", by=checker, at=AT)
    told = Notice.objects.order_by("pk").values_list("body", flat=True)
    assert list(told) == ["请补承包证。", "照片看不清。"]


def test_a_day_of_confirmations_is_told_once() -> None:
    first = PlotFactory()
    checker = officer("reviewer")
    services.confirm_facts(facts=[first, PlotFactory(member=first.member)], by=checker, at=AT)
    assert Notice.objects.count() == 1


def test_a_confirmed_correction_takes_the_place_and_the_plans() -> None:
    old = PlotFactory(confirmed=True)
    planned = SeasonPlanFactory(member=old.member, plot=old, confirmed=True)
    larger = replace(PlotStatement.of(old), area_mu=Decimal(12))
    new = services.correct_fact(fact=old, statement=larger, by=old.member.user, at=AT)
    services.confirm_fact(fact=new, by=officer("reviewer"), at=AT)
    old.refresh_from_db()
    planned.refresh_from_db()
    assert (old.state, old.replaced_by_id, planned.plot_id) == ("replaced", new.pk, new.pk)
    assert [deed.action for deed in trails_of(new)] == [
        "fact.confirmed",
        "fact.replaced",
        "fact.corrected",
    ]
    farm = farm_of(old.member, TODAY)
    assert (farm.totals.total, farm.confirmed_mu) == (Decimal(12), Decimal(12))


def test_a_smaller_correction_is_not_confirmed_over_a_later_plan() -> None:
    old = PlotFactory(confirmed=True)
    smaller = replace(PlotStatement.of(old), area_mu=Decimal(5))
    new = services.correct_fact(fact=old, statement=smaller, by=old.member.user, at=AT)
    SeasonPlanFactory(member=old.member, plot=old, area_mu=Decimal(9))
    with pytest.raises(Refused) as refused:
        services.confirm_fact(fact=new, by=officer("reviewer"), at=AT)
    assert refused.value.code == "plot_too_small"
    assert (state_of(old)["state"], state_of(new)["state"]) == ("confirmed", "stated")


def test_a_correction_sent_again_after_another_was_confirmed_is_refused() -> None:
    old = PlotFactory(confirmed=True)
    checker = officer("reviewer")
    first = PlotFactory(member=old.member, corrects=old, refused=True)
    second = PlotFactory(member=old.member, corrects=old)
    services.confirm_fact(fact=second, by=checker, at=AT)
    with pytest.raises(Refused) as refused:
        services.edit_fact(fact=first, statement=PlotStatement.of(first), by=old.member.user, at=AT)
    assert refused.value.code == "corrected_meanwhile"


def test_land_is_confirmed_before_what_grows_on_it() -> None:
    plot = PlotFactory()
    planned = SeasonPlanFactory(member=plot.member, plot=plot)
    checker = officer("reviewer")
    with pytest.raises(Refused) as refused:
        services.confirm_fact(fact=planned, by=checker, at=AT)
    assert refused.value.code == "plot_first"
    outcome = services.confirm_facts(facts=[planned, plot], by=checker, at=AT)
    assert ([fact.KIND for fact in outcome.done], outcome.refused) == (["plot", "plan"], [])


def test_many_are_decided_each_alone() -> None:
    checker = officer("reviewer")
    own = YearlyIncomeFactory(made_by=checker)
    facts: list[Fact] = [PlotFactory(), own, PlotFactory(confirmed=True)]
    outcome = services.confirm_facts(facts=facts, by=checker, at=AT)
    assert len(outcome.done) == 1
    assert [refused.code for _fact, refused in outcome.refused] == ["wrong_state", "own_statement"]
    assert Plot.objects.filter(state="confirmed").count() == 2
