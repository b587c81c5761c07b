"""What the members' pages show, worked out before the template."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cooperative.farming import words
from cooperative.farming.models import Fact, Lasting
from cooperative.farming.rules import Actor, FactState, may_move
from cooperative.farming.selectors import Farm
from core.audit_words import in_words
from core.formats import format_mu, format_yuan_short
from core.models import AuditRow

BAR_WIDTH = Decimal(300)


@dataclass(frozen=True)
class Bar:
    """A bar of a chart, in user units of its SVG, with the figure that stands beside it."""

    label: str
    shown: str
    width: str
    note: str = ""


@dataclass(frozen=True)
class Row:
    """A fact in a list."""

    title: str
    note: str
    value: str
    state: str
    tone: str
    url: str
    reason: str
    icon: str


@dataclass(frozen=True)
class FarmPage:
    """The overview: charts with their tables, then the facts behind them."""

    farm: Farm
    land: list[Bar]
    crops: list[Bar]
    years: list[Bar]
    plots: list[Row]
    plans: list[Row]
    assets: list[Row]
    incomes: list[Row]
    returned: list[Row]
    total: str
    confirmed: str


def bars(parts: Sequence[tuple[str, Decimal, str, str]]) -> list[Bar]:
    """Bars on one scale from (label, figure, figure in words, note); nothing for no parts."""
    top = max((figure for _label, figure, _shown, _note in parts), default=Decimal(0))
    return [
        Bar(label, shown, f"{figure * BAR_WIDTH / top:.1f}" if top else "0", note)
        for label, figure, shown, note in parts
    ]


def farm_page(farm: Farm) -> FarmPage:
    """The overview of a farm."""
    land = [(_("自家承包"), farm.totals.contracted), (_("流转租入"), farm.totals.rented_in)]
    plots, plans, assets, incomes = (
        [row(fact) for fact in facts]
        for facts in (farm.plots, farm.plans, farm.assets, farm.incomes)
    )
    return FarmPage(
        farm=farm,
        land=bars([(label, mu, format_mu(mu), "") for label, mu in land if mu]),
        crops=bars([(crop, mu, format_mu(mu), "") for crop, mu in farm.crops]),
        years=bars([_year(*year) for year in farm.years[:3]]),
        plots=plots,
        plans=plans,
        assets=assets,
        incomes=incomes,
        returned=[r for r in (*plots, *plans, *assets, *incomes) if r.reason],
        total=format_mu(farm.totals.total),
        confirmed=format_mu(farm.confirmed_mu),
    )


def _year(year: int, amount: Decimal, costs: Decimal | None) -> tuple[str, Decimal, str, str]:
    spent = "" if costs is None else _("成本 %(costs)s 元") % {"costs": format_yuan_short(costs)}
    shown = _("%(value)s 元") % {"value": format_yuan_short(amount)}
    return _("%(year)s 年") % {"year": year}, amount, shown, spent


def row(fact: Fact) -> Row:
    """A fact as a line of a list."""
    return Row(
        title=words.title_of(fact),
        note=words.note_of(fact),
        value=words.value_of(fact),
        state=words.state_of(fact),
        tone=words.STATE_TONES[fact.state],
        url=reverse("farm_fact", args=[fact.KIND, fact.pk]),
        reason=fact.reason,
        icon=words.KIND_WORDS[fact.KIND].icon,
    )


@dataclass(frozen=True)
class FactPage:
    """One fact with what may be done to it."""

    fact: Fact
    words: words.KindWords
    title: str
    lines: list[tuple[Any, Any]]
    state: str
    tone: str
    url: str
    may_edit: bool
    may_correct: bool
    may_end: bool


def fact_page(fact: Fact) -> FactPage:
    """A fact ready to be shown to its member."""
    state = FactState(fact.state)
    is_confirmed = state == FactState.CONFIRMED
    return FactPage(
        fact=fact,
        words=words.KIND_WORDS[fact.KIND],
        title=words.title_of(fact),
        lines=words.lines_of(fact),
        state=words.state_of(fact),
        tone=words.STATE_TONES[fact.state],
        url=reverse("farm_fact", args=[fact.KIND, fact.pk]),
        may_edit=may_move(state, FactState.WITHDRAWN, Actor.STATER),
        may_correct=is_confirmed,
        may_end=is_confirmed and isinstance(fact, Lasting) and fact.ended_on is None,
    )


@dataclass(frozen=True)
class Event:
    """One line of a fact's history."""

    at: datetime
    text: str
    who: str = ""
    detail: str = ""
    tone: str = ""


_EVENT_TONES = {"fact.confirmed": "field", "fact.refused": "brick", "fact.stated": "wheat"}


def events(trail: Iterable[AuditRow], user: Any) -> list[Event]:
    """A trail as the member reads it: their own deeds as 本人, those of officers as 工会."""
    return [
        Event(
            at=deed.at,
            text=in_words(deed.action),
            who=_("本人") if deed.by_id == user.pk else _("工会"),
            tone=_EVENT_TONES.get(deed.action, ""),
        )
        for deed in trail
    ]
