"""Costs of realising a claim as either side sees them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cooperative.membership.models import Member
from core.formats import format_day, format_yuan_short
from credit.lending.models import Cost
from credit.lending.pages.repayments import Happening
from credit.lending.pages.spare import Line as Link
from credit.lending.pages.texts import COST_TONES


@dataclass(frozen=True)
class CostPage:
    """A cost, what was said about it, what the viewer may do."""

    cost: Cost
    tone: str
    is_borrower: bool
    history: list[Happening]
    may_object: bool


def cost_page(cost: Cost, member: Member) -> CostPage:
    """The page; no query beyond the row's own."""
    is_borrower = cost.share.loan.membership.member_id == member.pk
    waits = cost.state == Cost.State.PROPOSED
    return CostPage(
        cost=cost,
        tone=COST_TONES[cost.state],
        is_borrower=is_borrower,
        history=_history(cost),
        may_object=is_borrower and waits and cost.objected_at is None,
    )


def cost_links(costs: Iterable[Cost], today: date) -> list[Link]:
    """Costs as links with their state."""
    return [_link(cost, today) for cost in costs]


def _link(cost: Cost, today: date) -> Link:
    words: dict[str, Any] = {
        "what": cost.get_kind_display(),
        "amount": format_yuan_short(cost.amount),
    }
    return Link(
        title=_("%(what)s %(amount)s 元") % words,
        note=format_day(cost.borne_on, today),
        url=reverse("cost", args=[cost.pk]),
        state=cost.get_state_display(),
        tone=COST_TONES[cost.state],
    )


def _history(cost: Cost) -> list[Happening]:
    union = _("工会")
    found = [Happening(cost.made_at, _("登记费用"), union)]
    if cost.objected_at is not None:
        borrower = cost.share.loan.membership.member.name
        found.append(
            Happening(cost.objected_at, _("有不同说法"), borrower, cost.objection, "brick")
        )
    if cost.checked_at is not None:
        confirmed = cost.state != Cost.State.DROPPED
        said = _("复核同意，从这天起算") if confirmed else _("没有通过复核")
        found.append(
            Happening(cost.checked_at, said, union, cost.remark, "field" if confirmed else "")
        )
    if cost.lapsed_at is not None:
        found.append(Happening(cost.lapsed_at, _("不再计入"), union, cost.remark))
    if cost.reversed_at is not None:
        found.append(Happening(cost.reversed_at, _("撤销"), union, cost.reversal_reason))
    return found[::-1]
