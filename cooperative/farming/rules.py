"""What may become of a stated fact, what facts add up to, and what an officer should look at twice.

Areas are in mu (1 mu = 666.67 m²) to two decimals, amounts in yuan to the fen.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

MU = Decimal("0.01")
NO_AREA = Decimal("0.00")
FIRST_YEAR = 2000
LAST_YEAR = 2100
YEARS_AHEAD = 1
"""A season may be planned up to this many years ahead."""


class FactState(StrEnum):
    """Where a fact stands."""

    STATED = "stated"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class Actor(StrEnum):
    """Who moves a fact: the side that states it, or an officer who checks it."""

    STATER = "stater"
    CHECKER = "checker"


S = FactState
TRANSITIONS: Mapping[FactState, Mapping[FactState, frozenset[Actor]]] = {
    S.STATED: {
        S.STATED: frozenset({Actor.STATER}),
        S.CONFIRMED: frozenset({Actor.CHECKER}),
        S.REFUSED: frozenset({Actor.CHECKER}),
        S.WITHDRAWN: frozenset({Actor.STATER}),
    },
    S.REFUSED: {
        S.STATED: frozenset({Actor.STATER}),
        S.WITHDRAWN: frozenset({Actor.STATER}),
    },
    S.CONFIRMED: {S.REPLACED: frozenset({Actor.CHECKER})},
    S.REPLACED: {},
    S.WITHDRAWN: {},
}
LIVE_STATES = frozenset({S.STATED, S.CONFIRMED})


def may_move(old: FactState, new: FactState, actor: Actor) -> bool:
    """Whether the table lets this actor move a fact from one state to another."""
    return actor in TRANSITIONS[old].get(new, frozenset())


# --- sums ----------------------------------------------------------------------------------------


class Tenure(StrEnum):
    """By what right a plot is worked."""

    CONTRACTED = "contracted"
    RENTED_IN = "rented_in"


@dataclass(frozen=True)
class PlotArea:
    """One plot as far as sums go. Both dates are the last day it counts, None for no end."""

    tenure: Tenure
    area_mu: Decimal
    rented_until: date | None = None
    ended_on: date | None = None

    def is_worked_on(self, day: date) -> bool:
        """Whether the plot is still worked on that day; the last day itself counts."""
        return all(last is None or day <= last for last in (self.rented_until, self.ended_on))


@dataclass(frozen=True)
class AreaTotals:
    """Areas worked, in mu."""

    contracted: Decimal = NO_AREA
    rented_in: Decimal = NO_AREA

    @property
    def total(self) -> Decimal:
        """All land worked."""
        return self.contracted + self.rented_in


def totals_by_tenure(plots: Iterable[PlotArea], today: date) -> AreaTotals:
    """Sums of the plots worked today.

    >>> own = PlotArea(Tenure.CONTRACTED, Decimal("12.50"))
    >>> over = PlotArea(Tenure.RENTED_IN, Decimal("30"), rented_until=date(2025, 12, 31))
    >>> totals_by_tenure([own, over], date(2026, 1, 1)).total
    Decimal('12.50')
    """
    sums = dict.fromkeys(Tenure, NO_AREA)
    for plot in plots:
        if plot.is_worked_on(today):
            sums[plot.tenure] += plot.area_mu
    return AreaTotals(sums[Tenure.CONTRACTED], sums[Tenure.RENTED_IN])


def by_crop(areas: Iterable[tuple[str, Decimal]]) -> list[tuple[str, Decimal]]:
    """Areas added up by crop, the largest first, equal ones by name."""
    sums: dict[str, Decimal] = {}
    for crop, area in areas:
        sums[crop] = sums.get(crop, NO_AREA) + area
    return sorted(sums.items(), key=lambda item: (-item[1], item[0]))


@dataclass(frozen=True)
class PlannedArea:
    """One live plan on a plot. ``corrects`` names the confirmed plan that this one would replace."""

    key: Hashable
    area_mu: Decimal
    corrects: Hashable | None = None


def planned_mu(plans: Sequence[PlannedArea]) -> Decimal:
    """The most that these plans can come to, whatever is confirmed of them.

    A confirmed plan and its waiting correction will never both hold, so the larger one counts.

    >>> planned_mu([PlannedArea(1, Decimal(10)), PlannedArea(2, Decimal(4), corrects=1)])
    Decimal('10.00')
    """
    largest: dict[Hashable, Decimal] = {}
    for plan in plans:
        line = plan.key if plan.corrects is None else plan.corrects
        largest[line] = max(largest.get(line, NO_AREA), plan.area_mu)
    return sum(largest.values(), NO_AREA)


def missing_mu(area_mu: Decimal, plans: Sequence[PlannedArea]) -> Decimal:
    """By how much the plans exceed the plot; zero when they fit."""
    return max(NO_AREA, planned_mu(plans) - area_mu)


# --- what an officer should look at twice --------------------------------------------------------


class Doubt(StrEnum):
    """A reason to look twice. It never refuses anything by itself."""

    AREA_FAR_ABOVE_VILLAGE = "area_far_above_village"
    SAME_PLOT_NAME = "same_plot_name"
    RENT_OVER = "rent_over"
    INCOME_JUMP = "income_jump"
    INCOME_DROP = "income_drop"
    GRAIN_ABOVE_LAND = "grain_above_land"


@dataclass(frozen=True)
class Finding:
    """A doubt with its numbers: what was stated, and what it was compared with."""

    doubt: Doubt
    stated: Decimal | None = None
    usual: Decimal | None = None


AREA_FACTOR = Decimal(4)
JUMP_FACTOR = Decimal(2)
JUMP_FROM = Decimal(10_000)
"""Changes of incomes below this many yuan are not worth a second look."""
GRAIN_YUAN_A_MU = Decimal(2_400)
"""About 800 kg of corn at 2.4 yuan with room for rice; more than that from a mu of grain is rare
in Shuangcheng, where corn brings 600 to 700 kg a mu at 2.1 to 2.4 yuan."""


def doubts_of_plot(
    plot: PlotArea, *, usual_mu: Decimal | None, same_name: int, today: date
) -> list[Finding]:
    """What is odd about a plot. ``usual_mu``: the median of the village; ``same_name``: how many
    other live plots of the village carry its name."""
    found = []
    if usual_mu and plot.area_mu > usual_mu * AREA_FACTOR:
        found.append(Finding(Doubt.AREA_FAR_ABOVE_VILLAGE, plot.area_mu, usual_mu))
    if same_name:
        found.append(Finding(Doubt.SAME_PLOT_NAME, Decimal(same_name)))
    if plot.rented_until is not None and plot.rented_until < today:
        found.append(Finding(Doubt.RENT_OVER))
    return found


def doubts_of_income(
    amount: Decimal, *, year_before: Decimal | None, grain_mu: Decimal | None
) -> list[Finding]:
    """What is odd about a year's income. ``year_before``: the same source a year earlier;
    ``grain_mu``: land worked, only for sales of grain."""
    found = []
    if year_before is not None and max(amount, year_before) >= JUMP_FROM:
        if amount > year_before * JUMP_FACTOR:
            found.append(Finding(Doubt.INCOME_JUMP, amount, year_before))
        elif amount * JUMP_FACTOR < year_before:
            found.append(Finding(Doubt.INCOME_DROP, amount, year_before))
    if grain_mu is not None and amount > grain_mu * GRAIN_YUAN_A_MU:
        found.append(Finding(Doubt.GRAIN_ABOVE_LAND, amount, grain_mu))
    return found
