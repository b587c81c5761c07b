"""Sums, doubts and the table of states."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooperative.farming import rules
from cooperative.farming.rules import Actor, Doubt, FactState, PlannedArea, PlotArea, Tenure

DAY = date(2026, 4, 1)
areas = st.decimals("0.01", "99999.99", places=2)
days = st.dates(date(2020, 1, 1), date(2032, 12, 31))
plots = st.builds(
    PlotArea,
    tenure=st.sampled_from(Tenure),
    area_mu=areas,
    rented_until=st.none() | days,
    ended_on=st.none() | days,
)


def test_every_state_has_its_row_in_the_table() -> None:
    assert set(rules.TRANSITIONS) == set(FactState)
    assert all(set(row) <= set(FactState) for row in rules.TRANSITIONS.values())


@pytest.mark.parametrize("actor", Actor)
@pytest.mark.parametrize("state", [FactState.REPLACED, FactState.WITHDRAWN])
def test_nothing_leaves_an_end_state(state: FactState, actor: Actor) -> None:
    assert not any(rules.may_move(state, new, actor) for new in FactState)


def test_only_a_checker_confirms_and_only_the_stater_withdraws() -> None:
    assert rules.may_move(FactState.STATED, FactState.CONFIRMED, Actor.CHECKER)
    assert not rules.may_move(FactState.STATED, FactState.CONFIRMED, Actor.STATER)
    assert rules.may_move(FactState.REFUSED, FactState.WITHDRAWN, Actor.STATER)
    assert not rules.may_move(FactState.CONFIRMED, FactState.WITHDRAWN, Actor.STATER)
    assert not rules.may_move(FactState.CONFIRMED, FactState.STATED, Actor.STATER)


@given(st.lists(plots), days)
def test_totals_are_the_sum_of_what_is_worked(rows: list[PlotArea], day: date) -> None:
    totals = rules.totals_by_tenure(rows, day)
    assert totals.total == sum((p.area_mu for p in rows if p.is_worked_on(day)), Decimal(0))
    assert totals.contracted >= 0
    assert totals.rented_in >= 0


@given(plots, days)
def test_a_plot_once_left_is_not_worked_again(plot: PlotArea, day: date) -> None:
    if not plot.is_worked_on(day):
        assert not plot.is_worked_on(day + timedelta(days=1))


def test_the_last_day_of_a_lease_still_counts() -> None:
    plot = PlotArea(Tenure.RENTED_IN, Decimal(30), rented_until=DAY)
    assert plot.is_worked_on(DAY)
    assert not plot.is_worked_on(DAY + timedelta(days=1))


@given(st.lists(st.tuples(st.sampled_from(["玉米", "水稻", "大豆"]), areas)))
def test_crops_keep_the_whole_area_and_come_largest_first(rows: list[tuple[str, Decimal]]) -> None:
    sums = rules.by_crop(rows)
    assert sum((area for _crop, area in sums), Decimal(0)) == sum((a for _c, a in rows), Decimal(0))
    assert [area for _crop, area in sums] == sorted((area for _crop, area in sums), reverse=True)


@given(st.lists(areas), st.lists(areas))
def test_planned_area_lies_between_what_is_and_what_might_be(
    kept: list[Decimal], corrections: list[Decimal]
) -> None:
    confirmed = [PlannedArea(n, area) for n, area in enumerate(kept)]
    waiting = [
        PlannedArea(f"new{n}", area, corrects=n) for n, area in enumerate(corrections[: len(kept)])
    ]
    planned = rules.planned_mu([*confirmed, *waiting])
    after = [waiting[n].area_mu if n < len(waiting) else area for n, area in enumerate(kept)]
    assert planned >= sum(kept, Decimal(0))
    assert planned >= sum(after, Decimal(0))
    assert planned <= sum(kept, Decimal(0)) + sum((w.area_mu for w in waiting), Decimal(0))
    assert planned == rules.planned_mu([*waiting, *confirmed])


@given(areas, st.lists(areas))
def test_missing_area_is_zero_exactly_when_plans_fit(area: Decimal, plans: list[Decimal]) -> None:
    rows = [PlannedArea(n, planned) for n, planned in enumerate(plans)]
    missing = rules.missing_mu(area, rows)
    assert missing >= 0
    assert (missing == 0) == (rules.planned_mu(rows) <= area)


@pytest.mark.parametrize(
    ("area", "usual", "same", "expected"),
    [
        ("40", "10", 0, []),
        ("40.01", "10", 0, [Doubt.AREA_FAR_ABOVE_VILLAGE]),
        ("400", None, 0, []),
        ("10", "10", 2, [Doubt.SAME_PLOT_NAME]),
    ],
)
def test_doubts_of_a_plot(area: str, usual: str | None, same: int, expected: list[Doubt]) -> None:
    plot = PlotArea(Tenure.CONTRACTED, Decimal(area))
    norm = None if usual is None else Decimal(usual)
    found = rules.doubts_of_plot(plot, usual_mu=norm, same_name=same, today=DAY)
    assert [finding.doubt for finding in found] == expected


def test_a_lease_that_is_over_is_doubted_the_day_after() -> None:
    plot = PlotArea(Tenure.RENTED_IN, Decimal(5), rented_until=DAY)
    assert rules.doubts_of_plot(plot, usual_mu=None, same_name=0, today=DAY) == []
    later = rules.doubts_of_plot(plot, usual_mu=None, same_name=0, today=DAY + timedelta(days=1))
    assert [finding.doubt for finding in later] == [Doubt.RENT_OVER]


@pytest.mark.parametrize(
    ("amount", "before", "mu", "expected"),
    [
        ("20000", "10000", None, []),
        ("20000.01", "10000", None, [Doubt.INCOME_JUMP]),
        ("4999.99", "10000", None, [Doubt.INCOME_DROP]),
        ("9000", "1", None, []),
        ("24000", None, "10", []),
        ("24000.01", None, "10", [Doubt.GRAIN_ABOVE_LAND]),
        ("1", None, "0", [Doubt.GRAIN_ABOVE_LAND]),
    ],
)
def test_doubts_of_an_income(
    amount: str, before: str | None, mu: str | None, expected: list[Doubt]
) -> None:
    found = rules.doubts_of_income(
        Decimal(amount),
        year_before=None if before is None else Decimal(before),
        grain_mu=None if mu is None else Decimal(mu),
    )
    assert [finding.doubt for finding in found] == expected
