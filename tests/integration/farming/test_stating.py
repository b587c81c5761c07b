"""Stating, editing, correcting, ending and withdrawing facts; a refusal changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cooperative.farming import services
from cooperative.farming.models import Asset, Fact, Plot, SeasonPlan
from cooperative.farming.statements import (
    STATEMENTS,
    AssetStatement,
    IncomeStatement,
    PlanStatement,
    PlotStatement,
    Statement,
)
from core.errors import Forbidden, NotFound, Refused
from core.models import AuditRow
from tests.factories.farming import (
    AT,
    FACTORIES,
    AssetFactory,
    CropFactory,
    FarmerFactory,
    PlotFactory,
    SeasonPlanFactory,
    YearlyIncomeFactory,
    officer,
    township_union,
)

pytestmark = pytest.mark.django_db
PLOT = PlotStatement(local_name="东甸子", area_mu=Decimal("12.50"), tenure="contracted", land="dry")


def plan(**changes: Any) -> PlanStatement:
    """Four mu of corn in 2026."""
    values = {"year": 2026, "crop": CropFactory(), "area_mu": Decimal(4), **changes}
    return PlanStatement(**values)


def state_of(fact: Fact) -> dict[str, Any]:
    """Everything stored of a fact."""
    return type(fact).objects.filter(pk=fact.pk).values().get()  # type: ignore[attr-defined,no-any-return]


def test_a_member_states_a_plot_that_waits() -> None:
    member = FarmerFactory()
    fact = services.state_fact(member=member, statement=PLOT, by=member.user, at=AT)
    assert (fact.state, fact.origin, fact.made_by, fact.made_at) == (
        "stated",
        "member",
        member.user,
        AT,
    )
    deed = AuditRow.objects.get()
    assert (deed.action, deed.scope) == ("fact.stated", "T1/")
    assert deed.facts == {"area_mu": "12.50", "tenure": "contracted", "land": "dry"}


def test_an_officer_may_enter_a_fact_only_with_the_permission_and_in_reach() -> None:
    member = FarmerFactory()
    convener = officer("convener")
    fact = services.state_fact(member=member, statement=PLOT, by=convener, at=AT)
    assert fact.origin == "officer"
    others = [officer("auditor"), officer("reviewer"), officer("convener", township_union(2))]
    for stranger in [*others, FarmerFactory().user]:
        with pytest.raises(Forbidden):
            services.state_fact(member=member, statement=PLOT, by=stranger, at=AT)
    assert Plot.objects.count() == 1


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        (replace(PLOT, area_mu=Decimal(0)), "area_wrong"),
        (replace(PLOT, area_mu=Decimal("1.005")), "area_wrong"),
        (replace(PLOT, local_name="  "), "plot_unnamed"),
        (replace(PLOT, rented_until=date(2027, 1, 1)), "until_only_rented"),
        (AssetStatement(kind="machine", name="车", value=Decimal(-1)), "asset_amounts"),
        (AssetStatement(kind="machine", name="", value=Decimal(1)), "asset_unnamed"),
        (
            AssetStatement(
                kind="machine", name="车", value=Decimal(1), acquired_on=date(2026, 4, 2)
            ),
            "date_ahead",
        ),
        (IncomeStatement(year=2027, source="grain", amount=Decimal(1)), "year_wrong"),
        (IncomeStatement(year=1999, source="grain", amount=Decimal(1)), "year_wrong"),
        (IncomeStatement(year=2025, source="grain", amount=Decimal(-1)), "income_amounts"),
    ],
)
def test_values_out_of_bounds_are_refused(statement: Statement, code: str) -> None:
    member = FarmerFactory()
    with pytest.raises(Refused) as refused:
        services.state_fact(member=member, statement=statement, by=member.user, at=AT)
    assert refused.value.code == code
    assert not statement.MODEL.objects.exists()  # type: ignore[attr-defined]
    assert not AuditRow.objects.exists()


def test_a_plan_on_somebody_elses_plot_is_not_found() -> None:
    member = FarmerFactory()
    with pytest.raises(NotFound):
        services.state_fact(
            member=member, statement=plan(plot=PlotFactory()), by=member.user, at=AT
        )


def test_plans_fill_a_plot_to_the_last_hundredth_and_no_further() -> None:
    plot = PlotFactory(area_mu=Decimal("10.00"))
    member = plot.member
    services.state_fact(member=member, statement=plan(plot=plot), by=member.user, at=AT)
    rice = CropFactory(code="rice", name="水稻")
    with pytest.raises(Refused) as refused:
        services.state_fact(
            member=member,
            statement=plan(plot=plot, crop=rice, area_mu=Decimal("6.01")),
            by=member.user,
            at=AT,
        )
    assert refused.value.code == "plot_overplanned"
    assert refused.value.facts["left"] == Decimal("6.00")
    assert "还能安排 6 亩" in str(refused.value)
    services.state_fact(
        member=member,
        statement=plan(plot=plot, crop=rice, area_mu=Decimal("6.00")),
        by=member.user,
        at=AT,
    )
    services.state_fact(
        member=member,
        statement=plan(plot=plot, year=2025, area_mu=Decimal(10)),
        by=member.user,
        at=AT,
    )


def test_the_same_plan_and_the_same_income_are_stated_once() -> None:
    member = FarmerFactory()
    income = IncomeStatement(year=2025, source="grain", amount=Decimal(1))
    for statement in (plan(), income):
        services.state_fact(member=member, statement=statement, by=member.user, at=AT)
        with pytest.raises(Refused) as refused:
            services.state_fact(member=member, statement=statement, by=member.user, at=AT)
        assert refused.value.code == "fact_twice"


def test_a_returned_fact_waits_again_once_edited() -> None:
    fact = PlotFactory(refused=True)
    later = AT + timedelta(days=1)
    now = services.edit_fact(fact=fact, statement=PLOT, by=fact.member.user, at=later)
    assert (now.state, now.reason, now.checked_by, now.checked_at) == ("stated", "", None, None)
    assert (now.area_mu, now.made_at) == (Decimal("12.50"), later)


@pytest.mark.parametrize("kind", FACTORIES)
def test_a_confirmed_fact_is_neither_edited_nor_withdrawn(kind: str) -> None:
    fact = FACTORIES[kind](confirmed=True)
    before = state_of(fact)
    statement = STATEMENTS[kind].of(fact)
    for attempt in (
        lambda: services.edit_fact(fact=fact, statement=statement, by=fact.made_by, at=AT),
        lambda: services.withdraw_fact(fact=fact, by=fact.made_by, at=AT),
    ):
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "wrong_state"
    assert state_of(fact) == before


def test_a_plot_cannot_shrink_below_what_is_planned_on_it() -> None:
    plot = PlotFactory()
    SeasonPlanFactory(member=plot.member, plot=plot, area_mu=Decimal(8))
    small = replace(PLOT, area_mu=Decimal("7.99"))
    with pytest.raises(Refused) as refused:
        services.edit_fact(fact=plot, statement=small, by=plot.made_by, at=AT)
    assert refused.value.code == "plot_too_small"
    assert state_of(plot)["area_mu"] == Decimal(10)


def test_a_correction_waits_beside_what_it_corrects_and_only_one_does() -> None:
    plot = PlotFactory(confirmed=True)
    new = services.correct_fact(fact=plot, statement=PLOT, by=plot.member.user, at=AT)
    plot.refresh_from_db()
    assert (plot.state, new.state, new.corrects_id) == ("confirmed", "stated", plot.pk)
    with pytest.raises(Refused) as refused:
        services.correct_fact(
            fact=plot,
            statement=replace(PLOT, area_mu=Decimal(1)),
            by=plot.member.user,
            at=AT,
        )
    assert refused.value.code == "correction_open"
    assert Plot.objects.count() == 2


def test_a_correction_that_changes_nothing_is_refused() -> None:
    plot = PlotFactory(confirmed=True)
    with pytest.raises(Refused) as refused:
        services.correct_fact(
            fact=plot, statement=PlotStatement.of(plot), by=plot.member.user, at=AT
        )
    assert refused.value.code == "nothing_changed"


def test_the_correction_of_a_plan_does_not_count_twice() -> None:
    plot = PlotFactory(confirmed=True)
    old = SeasonPlanFactory(member=plot.member, plot=plot, area_mu=Decimal(8), confirmed=True)
    new = services.correct_fact(
        fact=old, statement=plan(plot=plot, area_mu=Decimal(10)), by=plot.member.user, at=AT
    )
    assert new.area_mu == Decimal(10)
    with pytest.raises(Refused):
        services.state_fact(
            member=plot.member,
            statement=plan(
                plot=plot, crop=CropFactory(code="rice", name="水稻"), area_mu=Decimal("0.01")
            ),
            by=plot.member.user,
            at=AT,
        )


def test_a_thing_sold_ends_by_a_correction() -> None:
    asset = AssetFactory(confirmed=True, acquired_on=date(2020, 1, 1))
    for day, code in [(date(2026, 4, 2), "date_ahead"), (date(2019, 12, 31), "end_too_early")]:
        with pytest.raises(Refused) as refused:
            services.end_fact(fact=asset, ended_on=day, by=asset.member.user, at=AT)
        assert refused.value.code == code
    new = services.end_fact(fact=asset, ended_on=date(2026, 3, 1), by=asset.member.user, at=AT)
    assert (new.ended_on, new.corrects_id, new.name) == (date(2026, 3, 1), asset.pk, "拖拉机")
    assert Asset.objects.count() == 2


def test_a_plot_with_plans_is_not_withdrawn() -> None:
    plot = PlotFactory()
    planned = SeasonPlanFactory(member=plot.member, plot=plot)
    with pytest.raises(Refused) as refused:
        services.withdraw_fact(fact=plot, by=plot.made_by, at=AT)
    assert refused.value.code == "plot_has_plans"
    services.withdraw_fact(fact=planned, by=plot.made_by, at=AT)
    services.withdraw_fact(fact=plot, by=plot.made_by, at=AT)
    assert state_of(plot)["state"] == "withdrawn"
    assert SeasonPlan.objects.get().state == "withdrawn"


def test_erasing_a_farm_leaves_nothing_but_that_it_was_erased() -> None:
    plot = PlotFactory(confirmed=True)
    member = plot.member
    new = services.correct_fact(fact=plot, statement=PLOT, by=member.user, at=AT)
    services.confirm_fact(fact=new, by=officer("reviewer"), at=AT)
    SeasonPlanFactory(member=member, plot=new)
    YearlyIncomeFactory(member=member)
    other = PlotFactory()
    services.erase_farm(member=member, by=None, at=AT)
    assert list(Plot.objects.values_list("pk", flat=True)) == [other.pk]
    assert not SeasonPlan.objects.exists()
    deed = AuditRow.objects.get(action="farm.erased")
    assert deed.facts == {"plot": 2, "plan": 1, "asset": 0, "income": 1}
