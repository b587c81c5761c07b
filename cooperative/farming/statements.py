"""What somebody says about a fact, before it is a row: the values of one kind, checked as words."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from cooperative.farming.models import Asset, Crop, Fact, Plot, SeasonPlan, YearlyIncome
from cooperative.membership.models import Division


@dataclass(frozen=True, kw_only=True)
class Statement:
    """Values of one kind of fact; ``MODEL`` says of which."""

    MODEL: ClassVar[type[Fact]]

    def values(self) -> dict[str, Any]:
        """The values by field name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def of(cls, fact: Fact) -> Statement:
        """What a stored fact says."""
        return cls(**{field.name: getattr(fact, field.name) for field in fields(cls)})


@dataclass(frozen=True, kw_only=True)
class PlotStatement(Statement):
    """A plot; ``area_mu`` in mu, ``rented_until`` the last day of a lease."""

    MODEL = Plot

    local_name: str
    area_mu: Decimal
    tenure: str
    land: str
    division: Division | None = None
    rented_until: date | None = None
    main_crop: Crop | None = None


@dataclass(frozen=True, kw_only=True)
class PlanStatement(Statement):
    """A crop of a year on ``area_mu`` mu, on one plot or on none in particular."""

    MODEL = SeasonPlan

    year: int
    crop: Crop
    area_mu: Decimal
    plot: Plot | None = None


@dataclass(frozen=True, kw_only=True)
class AssetStatement(Statement):
    """A thing owned; ``value`` in yuan for all pieces together."""

    MODEL = Asset

    kind: str
    name: str
    value: Decimal
    quantity: int = 1
    acquired_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class IncomeStatement(Statement):
    """Income of one source in a year, in yuan; ``costs`` None when not told."""

    MODEL = YearlyIncome

    year: int
    source: str
    amount: Decimal
    costs: Decimal | None = None


STATEMENTS: dict[str, type[Statement]] = {
    statement.MODEL.KIND: statement
    for statement in (PlotStatement, PlanStatement, AssetStatement, IncomeStatement)
}
