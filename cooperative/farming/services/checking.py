"""What officers do: confirm a fact or return it with a reason, one or many."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cooperative.farming import access, rules
from cooperative.farming.models import KINDS, Fact, Plot, SeasonPlan
from cooperative.farming.selectors import scope_of
from cooperative.farming.services import checks
from cooperative.membership.models import Member
from cooperative.notices.services import Addressee, notify, to_person
from core import audit
from core.dates import business_date
from core.errors import Refused, busy_is_refused, refusing
from core.models import AuditRow

REASON_LENGTH = 300
CONFIRMED_NOTICE = "farming.confirmed"
REFUSED_NOTICE = "farming.refused"


def _check_four_eyes(fact: Fact, by: Any) -> None:
    if fact.made_by_id == by.pk:
        raise Refused(
            "own_statement",
            _("这一条是您自己填的，不能由您核实。"),
            way_on=_("请另一位同事核实。"),
        )


def _check_unchanged(seen: Fact, now: Fact) -> None:
    if seen.made_at != now.made_at or seen.made_by_id != now.made_by_id:
        raise Refused(
            "changed_meanwhile",
            _("这一条刚刚被修改过。"),
            way_on=_("请重新打开，看清现在的内容再办理。"),
        )


def confirm_fact(*, fact: Fact, by: Any, at: datetime) -> Fact:
    """Put a stated fact in force as ``fact`` has it; a correction takes its predecessor's place.

    Plans stay with their land: when a plot is replaced, they move to its successor.

    Raises:
        Forbidden: not an officer of the member's unions, or the member themself.
        Refused: ``own_statement`` (I17), ``wrong_state``, ``changed_meanwhile``, ``plot_first``, ``plot_overplanned``,
            ``plot_too_small``, ``corrected_meanwhile`` or ``fact_twice``.
    """
    access.check_may_check(by, fact.member, business_date(at))
    with busy_is_refused(), transaction.atomic(), refusing(checks.violations(type(fact))):
        now = checks.lock_fact(fact)
        checks.check_move(now, rules.FactState.CONFIRMED, rules.Actor.CHECKER)
        _check_unchanged(fact, now)
        _check_four_eyes(now, by)
        if isinstance(now, SeasonPlan):
            _check_plan_has_land(now)
        if now.corrects is not None:
            _replace(now.corrects, now, by, at)
        now.state = Fact.State.CONFIRMED
        now.checked_by, now.checked_at = by, at
        now.save()
        scope = scope_of(now.member)
        audit.record("fact.confirmed", now, by=by, at=at, scope=scope)
        _tell_confirmed(now.member, at, scope)
    return now


def _check_plan_has_land(plan: SeasonPlan) -> None:
    if plan.plot_id is None:
        return
    plot = Plot.objects.get(pk=plan.plot_id)
    if plot.state != Fact.State.CONFIRMED:
        raise Refused(
            "plot_first",
            _("这份种植安排所在的地块还没有核实。"),
            way_on=_("请先核实地块，再核实种植安排。"),
        )
    checks.check_plan_fits(plan, plot)


def _replace(old: Fact, new: Fact, by: Any, at: datetime) -> None:
    """Give the place of a confirmed fact to its correction; both rows are locked."""
    if old.state != Fact.State.CONFIRMED:
        raise Refused(
            "corrected_meanwhile",
            _("原来那一条后来又更正过，这份更正已经没有用了。"),
            way_on=_("请退回它，让成员在最新的一条上更正。"),
        )
    if isinstance(old, Plot) and isinstance(new, Plot):
        plans = SeasonPlan.objects.locked().filter(plot=old)
        list(plans)
        checks.check_plot_holds_plans(old, new.area_mu)
        SeasonPlan.objects.filter(plot=old).update(plot=new)
    old.state, old.replaced_by = Fact.State.REPLACED, new
    old.save()
    audit.record("fact.replaced", old, by=by, at=at, scope=scope_of(old.member), successor=new.pk)


def refuse_fact(*, fact: Fact, reason: str, by: Any, at: datetime) -> Fact:
    """Return a stated fact to the member with a reason they can read.

    Raises:
        Forbidden: not an officer of the member's unions, or the member themself.
        Refused: ``reason_missing``, ``own_statement``, ``wrong_state`` or ``changed_meanwhile``.
    """
    reason = reason.strip()
    if not reason:
        raise Refused("reason_missing", _("退回时要写明原因，成员会看到。"))
    if len(reason) > REASON_LENGTH:
        raise Refused("reason_too_long", _("原因最多写 300 个字。"))
    access.check_may_check(by, fact.member, business_date(at))
    with busy_is_refused(), transaction.atomic():
        now = checks.lock_fact(fact)
        checks.check_move(now, rules.FactState.REFUSED, rules.Actor.CHECKER)
        _check_unchanged(fact, now)
        _check_four_eyes(now, by)
        now.state, now.reason = Fact.State.REFUSED, reason
        now.checked_by, now.checked_at = by, at
        now.save()
        scope = scope_of(now.member)
        deed = audit.record("fact.refused", now, by=by, at=at, scope=scope)
        _tell_refused(now, deed, at, scope)
    return now


def _addressee(member: Member) -> Addressee:
    return to_person(f"member:{member.pk}", account=member.user, phone=member.phone)


def _tell_confirmed(member: Member, at: datetime, scope: str) -> None:
    """One notice a day, however many facts are confirmed."""
    notify(
        to=_addressee(member),
        kind=CONFIRMED_NOTICE,
        title=_("工会今天核实了您填的生产情况，请看一看。"),
        at=at,
        link=reverse("my_farm"),
        subject=member,
        due_on=business_date(at),
        scope=scope,
    )


def _tell_refused(fact: Fact, deed: AuditRow, at: datetime, scope: str) -> None:
    """A notice for each return, so that a second one of the same fact is told too."""
    notify(
        to=_addressee(fact.member),
        kind=REFUSED_NOTICE,
        title=_("有一条生产情况没有通过核实，请修改。"),
        body=fact.reason,
        at=at,
        link=reverse("farm_fact", args=[fact.KIND, fact.pk]),
        subject=deed,
        scope=scope,
    )


@dataclass
class Decided:
    """What came of deciding many facts: each was done alone or refused alone."""

    done: list[Fact] = field(default_factory=list)
    refused: list[tuple[Fact, Refused]] = field(default_factory=list)


def confirm_facts(*, facts: Iterable[Fact], by: Any, at: datetime) -> Decided:
    """Confirm many facts, plots before the plans on them; one that is refused stops no other."""
    return _decide(facts, lambda fact: confirm_fact(fact=fact, by=by, at=at))


def refuse_facts(*, facts: Iterable[Fact], reason: str, by: Any, at: datetime) -> Decided:
    """Return many facts for one reason; one that is refused stops no other."""
    return _decide(facts, lambda fact: refuse_fact(fact=fact, reason=reason, by=by, at=at))


def _decide(facts: Iterable[Fact], decide: Callable[[Fact], Fact]) -> Decided:
    order = {kind: place for place, kind in enumerate(KINDS)}
    decided = Decided()
    for fact in sorted(facts, key=lambda fact: (order[fact.KIND], fact.pk)):
        try:
            decided.done.append(decide(fact))
        except Refused as refused:
            decided.refused.append((fact, refused))
    return decided
