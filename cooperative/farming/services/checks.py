"""What every service on facts checks: the values themselves, the place of a plan on its plot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from cooperative.farming import rules
from cooperative.farming.models import Fact, Plot, SeasonPlan
from cooperative.farming.statements import (
    AssetStatement,
    IncomeStatement,
    PlanStatement,
    PlotStatement,
    Statement,
)
from cooperative.membership.models import Member
from core.errors import Busy, NotFound, Refused
from core.formats import format_number

_TWICE = Refused(
    "fact_twice",
    _("同样的内容您已经填过一条。"),
    way_on=_("请打开那一条修改或更正。"),
)
_CORRECTION_OPEN = Refused(
    "correction_open",
    _("这一条已有一份更正在等核实。"),
    way_on=_("请修改那份更正，或先撤回它。"),
)


def violations(model: type[Fact]) -> Mapping[str, Refused]:
    """Which refusal stands for which constraint of a table of facts."""
    prefix = f"farming_{model._meta.model_name}"
    return {
        f"{prefix}_one_open_correction": _CORRECTION_OPEN,
        f"{prefix}_stated_once": _TWICE,
        f"{prefix}_confirmed_once": Refused(
            "fact_twice",
            _("同样的内容已有一条核实过的。"),
            way_on=_("请退回这一条，让成员在核实过的那条上更正。"),
        ),
    }


def check_move(fact: Fact, new: rules.FactState, actor: rules.Actor) -> None:
    """Let pass only moves of the table.

    Raises:
        Refused: ``wrong_state``.
    """
    if not rules.may_move(rules.FactState(fact.state), new, actor):
        raise Refused(
            "wrong_state",
            _("这一条现在是“%(state)s”，不能这样办理。") % {"state": fact.get_state_display()},
            way_on=_("请刷新页面看最新情况。"),
            state=fact.state,
        )


def check_statement(statement: Statement, member: Member, today: date) -> None:
    """Check the values of a statement.

    Raises:
        Refused: naming what is wrong and what is allowed.
        NotFound: a plan on somebody else's plot.
    """
    match statement:
        case PlotStatement():
            _check_plot(statement)
        case PlanStatement():
            _check_plan(statement, member, today)
        case AssetStatement():
            _check_asset(statement, today)
        case IncomeStatement():
            _check_income(statement, today)


def _check_area(area_mu: Decimal) -> None:
    if not rules.NO_AREA < area_mu < 100_000_000 or area_mu != area_mu.quantize(rules.MU):
        raise Refused("area_wrong", _("面积要大于零，最多写两位小数。"))


def _check_plot(statement: PlotStatement) -> None:
    _check_area(statement.area_mu)
    if not statement.local_name.strip():
        raise Refused("plot_unnamed", _("请写上这块地平时的叫法。"))
    if statement.rented_until is not None and statement.tenure != Plot.Tenure.RENTED_IN:
        raise Refused("until_only_rented", _("只有租入的地才有租期。"))


def _check_year(year: int, latest: int) -> None:
    if not rules.FIRST_YEAR <= year <= latest:
        raise Refused(
            "year_wrong",
            _("年份要在 %(first)s 到 %(latest)s 之间。")
            % {"first": rules.FIRST_YEAR, "latest": latest},
            first=rules.FIRST_YEAR,
            latest=latest,
        )


def _check_plan(statement: PlanStatement, member: Member, today: date) -> None:
    _check_area(statement.area_mu)
    _check_year(statement.year, today.year + rules.YEARS_AHEAD)
    if statement.plot is not None and statement.plot.member_id != member.pk:
        raise NotFound()


def _check_asset(statement: AssetStatement, today: date) -> None:
    if not statement.name.strip():
        raise Refused("asset_unnamed", _("请写上名称。"))
    if statement.value < 0 or statement.quantity < 1:
        raise Refused("asset_amounts", _("现值不能小于零，数量至少是一。"))
    if statement.acquired_on is not None and statement.acquired_on > today:
        raise Refused("date_ahead", _("购置日期不能晚于今天。"))


def _check_income(statement: IncomeStatement, today: date) -> None:
    _check_year(statement.year, today.year)
    if statement.amount < 0 or (statement.costs is not None and statement.costs < 0):
        raise Refused("income_amounts", _("金额不能小于零。"))


def lock_plot(pk: int) -> Plot:
    """The plot, locked: whoever counts the plans on a plot holds its row first.

    Raises:
        Refused: ``plot_gone``: it was replaced, withdrawn, refused or ended meanwhile.
    """
    plot = Plot.objects.locked().get(pk=pk)
    if plot.state not in rules.LIVE_STATES or plot.ended_on is not None:
        raise Refused(
            "plot_gone",
            _("这块地的情况已有变化，不能在上面安排种植。"),
            way_on=_("请重新选一块地。"),
        )
    return plot


def _planned(rows: Iterable[Any]) -> list[rules.PlannedArea]:
    return [rules.PlannedArea(row.pk, row.area_mu, row.corrects_id) for row in rows]


def check_plan_fits(plan: SeasonPlan, plot: Plot) -> None:
    """Let a plan pass only if the plot, whose lock is held, has room for it in that year.

    Raises:
        Refused: ``plot_overplanned``, with the area that is left.
    """
    if plan.ended_on is not None:
        return
    others = (
        SeasonPlan.objects.live()
        .filter(plot=plot, year=plan.year, ended_on__isnull=True)
        .exclude(pk=plan.pk)
        .order_by("pk")
    )
    mine = rules.PlannedArea("new", plan.area_mu, plan.corrects_id)
    without = [row for row in _planned(others) if row.key != plan.corrects_id]
    if rules.missing_mu(plot.area_mu, [*_planned(others), mine]):
        left = max(rules.NO_AREA, plot.area_mu - rules.planned_mu(without))
        raise Refused(
            "plot_overplanned",
            _("这块地共 %(area)s 亩，%(year)s 年还能安排 %(left)s 亩，您填了 %(stated)s 亩。")
            % {
                "area": format_number(plot.area_mu),
                "year": plan.year,
                "left": format_number(left),
                "stated": format_number(plan.area_mu),
            },
            way_on=_("请改小面积，或先改这块地的其他安排。"),
            area=plot.area_mu,
            left=left,
        )


def check_plot_holds_plans(plot: Plot, area_mu: Decimal) -> None:
    """Let an area pass only if it holds what is planned on the plot in each year.

    Raises:
        Refused: ``plot_too_small``, with the year and what is planned.
    """
    plans = list(
        SeasonPlan.objects.live().filter(plot=plot, ended_on__isnull=True).order_by("year", "pk")
    )
    for year in sorted({plan.year for plan in plans}):
        planned = _planned(plan for plan in plans if plan.year == year)
        if rules.missing_mu(area_mu, planned):
            raise Refused(
                "plot_too_small",
                _("这块地 %(year)s 年已安排种 %(planned)s 亩，面积不能改成 %(area)s 亩。")
                % {
                    "year": year,
                    "planned": format_number(rules.planned_mu(planned)),
                    "area": format_number(area_mu),
                },
                way_on=_("请先改种植安排，再改面积。"),
                year=year,
            )


def lock_fact(fact: Fact) -> Fact:
    """The fact as it is now, locked together with what it corrects; a plan's plot before the plan.

    Raises:
        Busy: its plot changed at the same moment.
    """
    model = type(fact)
    if isinstance(fact, SeasonPlan):
        plot_id = SeasonPlan.objects.values_list("plot_id", flat=True).get(pk=fact.pk)
        if plot_id is not None:
            Plot.objects.locked().get(pk=plot_id)
    keys = [key for key in (fact.pk, fact.corrects_id) if key is not None]
    rows = {row.pk: row for row in model.objects.locked().filter(pk__in=keys)}  # type: ignore[attr-defined]
    now: Fact = rows[fact.pk]
    if isinstance(now, SeasonPlan) and now.plot_id != plot_id:
        raise Busy()
    if now.corrects_id is not None:
        now.corrects = rows[now.corrects_id]
    return now


def audit_values(statement: Statement) -> dict[str, Any]:
    """The values of a statement for the audit: keys, codes and amounts, no names of any kind."""
    values = {
        name: getattr(value, "pk", value)
        for name, value in statement.values().items()
        if name not in {"local_name", "name"}
    }
    return {name: value for name, value in values.items() if value is not None}
