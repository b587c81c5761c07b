"""Each constraint of the database refuses by its name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from cooperative.farming.models import KINDS, Crop
from core.errors import violated_constraint
from tests.factories.farming import (
    FACTORIES,
    AccountFactory,
    CropFactory,
    PlotFactory,
)

pytestmark = pytest.mark.django_db


def violate(constraint: str, kind: str, **values: Any) -> str:
    """Insert a row of the kind with these values; the name of the constraint that refused."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        FACTORIES[kind](**values)
    return violated_constraint(error.value)


def prefix(kind: str) -> str:
    """How the names of a table's constraints begin."""
    return f"farming_{KINDS[kind]._meta.model_name}"


@pytest.mark.parametrize("kind", FACTORIES)
def test_who_states_is_not_who_checks(kind: str) -> None:
    same = AccountFactory()
    name = f"{prefix(kind)}_maker_is_not_checker"
    assert violate(name, kind, made_by=same, confirmed=True, checked_by=same) == name


@pytest.mark.parametrize("kind", FACTORIES)
def test_a_check_has_a_time_and_a_name(kind: str) -> None:
    name = f"{prefix(kind)}_checked_by_paired"
    assert violate(name, kind, confirmed=True, checked_by=None) == name


@pytest.mark.parametrize("kind", FACTORIES)
@pytest.mark.parametrize("values", [{"state": "confirmed"}, {"confirmed": True, "state": "stated"}])
def test_only_decided_facts_are_checked(kind: str, values: dict[str, Any]) -> None:
    name = f"{prefix(kind)}_checked_when_decided"
    assert violate(name, kind, **values) == name


@pytest.mark.parametrize("kind", FACTORIES)
@pytest.mark.parametrize("values", [{"refused": True, "reason": ""}, {"reason": "不对"}])
def test_a_reason_goes_with_a_return(kind: str, values: dict[str, Any]) -> None:
    name = f"{prefix(kind)}_reason_when_refused"
    assert violate(name, kind, **values) == name


@pytest.mark.parametrize("kind", FACTORIES)
def test_a_replaced_fact_has_a_successor_and_no_other_has(kind: str) -> None:
    name = f"{prefix(kind)}_replaced_has_successor"
    assert violate(name, kind, confirmed=True, state="replaced") == name
    other = FACTORIES[kind]()
    assert violate(name, kind, replaced_by=other) == name


@pytest.mark.parametrize("kind", FACTORIES)
@pytest.mark.parametrize("field", ["replaced_by", "corrects"])
def test_a_fact_does_not_follow_itself(kind: str, field: str) -> None:
    fact = FACTORIES[kind](confirmed=True)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        type(fact).objects.filter(pk=fact.pk).update(state="replaced", **{field: fact.pk})  # type: ignore[attr-defined]
    allowed = {f"{prefix(kind)}_not_own_successor", f"{prefix(kind)}_replaced_has_successor"}
    assert violated_constraint(error.value) in allowed


@pytest.mark.parametrize("kind", FACTORIES)
def test_one_successor_takes_one_place(kind: str) -> None:
    new = FACTORIES[kind]()
    old = {"member": new.member, "confirmed": True, "state": "replaced", "replaced_by": new}
    FACTORIES[kind](**old)
    name = f"{prefix(kind)}_one_successor"
    assert violate(name, kind, **old) == name


@pytest.mark.parametrize("kind", FACTORIES)
def test_one_correction_waits_at_a_time(kind: str) -> None:
    old = FACTORIES[kind](confirmed=True)
    new = FACTORIES[kind](member=old.member, corrects=old)
    values = {"year": new.year + 1} if hasattr(new, "year") else {}
    name = f"{prefix(kind)}_one_open_correction"
    assert violate(name, kind, member=old.member, corrects=old, **values) == name


@pytest.mark.parametrize(
    ("name", "kind", "values"),
    [
        ("farming_plot_area_positive", "plot", {"area_mu": Decimal(0)}),
        ("farming_plot_named", "plot", {"local_name": ""}),
        ("farming_plot_until_only_rented", "plot", {"rented_until": date(2027, 1, 1)}),
        ("farming_seasonplan_area_positive", "plan", {"area_mu": Decimal("-0.01")}),
        ("farming_seasonplan_year_in_range", "plan", {"year": 1999}),
        ("farming_asset_named", "asset", {"name": ""}),
        ("farming_asset_quantity_positive", "asset", {"quantity": 0}),
        ("farming_asset_value_not_negative", "asset", {"value": Decimal("-0.01")}),
        (
            "farming_asset_end_after_acquired",
            "asset",
            {"acquired_on": date(2026, 1, 2), "ended_on": date(2026, 1, 1)},
        ),
        ("farming_yearlyincome_year_in_range", "income", {"year": 2101}),
        ("farming_yearlyincome_amounts_not_negative", "income", {"amount": Decimal(-1)}),
        ("farming_yearlyincome_amounts_not_negative", "income", {"costs": Decimal(-1)}),
    ],
)
def test_values_have_bounds(name: str, kind: str, values: dict[str, Any]) -> None:
    assert violate(name, kind, **values) == name


def test_a_roster_gives_a_member_one_plot_of_a_tenure() -> None:
    plot = PlotFactory(origin="roster")
    name = "farming_plot_roster_once"
    assert violate(name, "plot", member=plot.member, origin="roster") == name


@pytest.mark.parametrize("kind", ["plan", "income"])
@pytest.mark.parametrize("confirmed", [False, True])
def test_the_same_thing_stands_once(kind: str, confirmed: bool) -> None:
    fact = FACTORIES[kind](confirmed=confirmed)
    name = f"{prefix(kind)}_{'confirmed' if confirmed else 'stated'}_once"
    assert violate(name, kind, member=fact.member, confirmed=confirmed) == name


def test_every_constraint_of_this_app_is_tried_here() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    named = {
        constraint.name.removeprefix(f"farming_{model._meta.model_name}_")
        for model in KINDS.values()
        for constraint in model._meta.constraints
        if isinstance(constraint, models.BaseConstraint)
    }
    assert not {
        name
        for name in named
        if name not in source and name not in {"stated_once", "confirmed_once"}
    }


def test_the_crops_are_there_once() -> None:
    from cooperative.farming.services import load_crops

    count = load_crops()
    assert load_crops() == count == Crop.objects.count()
    assert CropFactory().name == "玉米"
