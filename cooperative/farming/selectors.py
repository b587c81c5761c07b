"""Questions about facts: a member's farm today, their history, what an officer should know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Q

from cooperative.farming import rules
from cooperative.farming.models import (
    KINDS,
    Asset,
    Fact,
    Plot,
    SeasonPlan,
    YearlyIncome,
)
from cooperative.membership.models import Division, Member, Membership
from cooperative.membership.rules.joining import LIVE_STATES as LIVE_MEMBERSHIPS
from core.models import AuditRow

SHOWN_STATES = ("stated", "refused", "confirmed")
"""States a member's farm shows; the rest is history."""
_RELATED: dict[str, tuple[str, ...]] = {
    "plot": ("division", "main_crop"),
    "plan": ("crop", "plot"),
    "asset": (),
    "income": (),
}


def facts_of_kind(kind: str) -> Any:
    """All facts of a kind with what their pages show; one query."""
    rows = KINDS[kind].objects.all()  # type: ignore[attr-defined]
    return rows.select_related("member", "made_by", "checked_by", *_RELATED[kind])


def facts_of(member: Member, kind: str) -> Any:
    """A member's facts of a kind that stand or wait, oldest first."""
    rows = facts_of_kind(kind).filter(member=member, state__in=SHOWN_STATES)
    return rows.order_by("pk")


def scope_of(member: Member) -> str:
    """The path of the union that reads the audit of a member's facts: the earliest live one."""
    path = (
        Membership.objects.filter(member=member, state__in=sorted(LIVE_MEMBERSHIPS))
        .order_by("pk")
        .values_list("union__path", flat=True)
        .first()
    )
    return path or ""


@dataclass(frozen=True)
class Farm:
    """A member's facts today: in force or waiting, and what they add up to.

    Sums count what was stated as well as what is confirmed; ``confirmed_mu`` only the latter.
    """

    plots: list[Plot]
    plans: list[SeasonPlan]
    assets: list[Asset]
    incomes: list[YearlyIncome]
    totals: rules.AreaTotals
    confirmed_mu: Decimal
    crops: list[tuple[str, Decimal]]
    season: int
    years: list[tuple[int, Decimal, Decimal | None]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was stated yet."""
        return not (self.plots or self.plans or self.assets or self.incomes)

    @property
    def waiting(self) -> int:
        """How many facts wait to be checked."""
        return self._count("stated")

    @property
    def refused(self) -> int:
        """How many facts were returned to the member."""
        return self._count("refused")

    def _count(self, state: str) -> int:
        rows: list[Fact] = [*self.plots, *self.plans, *self.assets, *self.incomes]
        return sum(row.state == state for row in rows)


def plot_area(plot: Plot) -> rules.PlotArea:
    """A plot as the sums see it."""
    return rules.PlotArea(rules.Tenure(plot.tenure), plot.area_mu, plot.rented_until, plot.ended_on)


def _in_sums(rows: Sequence[Any]) -> list[Any]:
    """Live rows without those that a waiting correction speaks for."""
    corrected = {row.corrects_id for row in rows if row.state == "stated"}
    return [row for row in rows if row.state in rules.LIVE_STATES and row.pk not in corrected]


def farm_of(member: Member, today: date) -> Farm:
    """Everything that the overview of a member's farm shows; four queries."""
    plots, plans, assets, incomes = (list(facts_of(member, kind)) for kind in KINDS)
    lasting = [plot for plot in plots if plot.ended_on is None or plot.ended_on >= today]
    season = today.year
    growing = [
        (plan.crop.name, plan.area_mu)
        for plan in _in_sums(plans)
        if plan.year == season and plan.ended_on is None
    ]
    confirmed = [plot_area(plot) for plot in plots if plot.state == "confirmed"]
    return Farm(
        plots=lasting,
        plans=sorted(
            (p for p in plans if p.ended_on is None), key=lambda p: (-p.year, p.crop.position, p.pk)
        ),
        assets=[a for a in assets if a.ended_on is None or a.ended_on >= today],
        incomes=sorted(incomes, key=lambda row: (-row.year, row.source, row.pk)),
        totals=rules.totals_by_tenure([plot_area(p) for p in _in_sums(plots)], today),
        confirmed_mu=rules.totals_by_tenure(confirmed, today).total,
        crops=rules.by_crop(growing),
        season=season,
        years=_years(_in_sums(incomes)),
    )


def _years(incomes: Sequence[YearlyIncome]) -> list[tuple[int, Decimal, Decimal | None]]:
    """Income and costs by year, the latest first; costs None when none was told."""
    sums: dict[int, tuple[Decimal, Decimal | None]] = {}
    for row in incomes:
        amount, costs = sums.get(row.year, (Decimal(0), None))
        told = costs if row.costs is None else (costs or Decimal(0)) + row.costs
        sums[row.year] = (amount + row.amount, told)
    return [(year, *sums[year]) for year in sorted(sums, reverse=True)]


def past_facts_of(member: Member, today: date) -> list[Fact]:
    """What no longer holds: replaced, withdrawn or ended, the latest first; four queries."""
    past: list[Fact] = []
    for kind, model in KINDS.items():
        gone = Q(state__in=["replaced", "withdrawn"])
        if hasattr(model, "ended_on"):
            gone |= Q(state="confirmed", ended_on__lt=today)
        past += facts_of_kind(kind).filter(gone, member=member)
    return sorted(past, key=lambda row: (row.made_at, row.key), reverse=True)


def live_plots_of(member: Member) -> Any:
    """Plots that a plan may name: live, not ended, each once (its confirmed version)."""
    rows = Plot.objects.live().filter(member=member, ended_on__isnull=True)
    return rows.filter(Q(corrects__isnull=True) | Q(state="confirmed")).order_by("pk")


def trails_of(fact: Fact) -> list[AuditRow]:
    """What was done to a fact and to the rows it took the place of, the latest first."""
    keys = [fact.pk]
    earlier = fact.corrects_id
    while earlier is not None and earlier not in keys:
        keys.append(earlier)
        earlier = type(fact).objects.values_list("corrects_id", flat=True).get(pk=earlier)  # type: ignore[attr-defined]
    rows = AuditRow.objects.filter(
        subject_type=ContentType.objects.get_for_model(type(fact)), subject_id__in=keys
    )
    return list(rows.select_related("by").order_by("-pk"))


def villages_near(member: Member) -> Any:
    """Villages of the member's township, their own among them; none when it is unknown."""
    if member.division_id is None:
        return Division.objects.none()
    return Division.objects.filter(
        level=Division.Level.VILLAGE, parent__children=member.division_id
    ).order_by("code")


def usual_mu_in(division: Division | None) -> Decimal | None:
    """The median size of confirmed plots in a village; None while fewer than five are known."""
    if division is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY area_mu), count(*)"
            " FROM farming_plot WHERE division_id = %s AND state = 'confirmed'",
            [division.pk],
        )
        median, count = cursor.fetchone()
    return Decimal(str(median)).quantize(rules.MU) if count >= 5 else None


def findings_of(fact: Fact, today: date) -> list[rules.Finding]:
    """What an officer should look at twice before confirming this fact."""
    if isinstance(fact, Plot):
        return _findings_of_plot(fact, today)
    if isinstance(fact, YearlyIncome):
        return _findings_of_income(fact, today)
    return []


def _findings_of_plot(plot: Plot, today: date) -> list[rules.Finding]:
    same = Plot.objects.live().filter(division=plot.division_id, local_name=plot.local_name)
    others = same.exclude(pk__in=[plot.pk, plot.corrects_id or plot.pk])
    # Names that a roster gave are the same everywhere and say nothing.
    named = plot.origin != "roster" and plot.division_id is not None
    return rules.doubts_of_plot(
        plot_area(plot),
        usual_mu=usual_mu_in(plot.division),
        same_name=others.exclude(origin="roster").count() if named else 0,
        today=today,
    )


def _findings_of_income(income: YearlyIncome, today: date) -> list[rules.Finding]:
    before = YearlyIncome.objects.confirmed().filter(
        member=income.member_id, year=income.year - 1, source=income.source
    )
    grain_mu = None
    if income.source == YearlyIncome.Source.GRAIN:
        plots = Plot.objects.live().filter(member=income.member_id).order_by("pk")
        totals = rules.totals_by_tenure([plot_area(p) for p in _in_sums(list(plots))], today)
        grain_mu = totals.total
    return rules.doubts_of_income(
        income.amount,
        year_before=before.values_list("amount", flat=True).first(),
        grain_mu=grain_mu,
    )
