"""What the member, or an officer in their stead, does: state, edit, correct, end, withdraw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cooperative.farming import access, rules
from cooperative.farming.models import Fact, Lasting, Plot, SeasonPlan
from cooperative.farming.selectors import scope_of
from cooperative.farming.services import checks
from cooperative.farming.statements import STATEMENTS, PlanStatement, Statement
from cooperative.membership.models import Member
from core import audit
from core.dates import business_date
from core.errors import Refused, busy_is_refused, refusing
from core.models import StoredFile


@contextmanager
def _changing(model: type[Fact], member: Member) -> Iterator[None]:
    """One transaction in which locks that cannot be had and known constraints become refusals.

    The member is locked first, so that nothing is stated beside an erasure under way.
    """
    with busy_is_refused(), transaction.atomic(), refusing(checks.violations(model)):
        now = Member.objects.locked().get(pk=member.pk)
        if now.erased_at is not None:
            raise Refused("member_erased", _("这位成员的资料已经删除，不能再登记。"))
        yield


def _record(action: str, fact: Fact, by: Any, at: datetime, **facts: Any) -> None:
    audit.record(f"fact.{action}", fact, by=by, at=at, scope=scope_of(fact.member), **facts)


def _origin(member: Member, by: Any) -> str:
    return Fact.Origin.MEMBER if access.is_own(by, member) else Fact.Origin.OFFICER


def _check(statement: Statement, member: Member, by: Any, at: datetime) -> None:
    today = business_date(at)
    access.check_may_state(by, member, today)
    checks.check_statement(statement, member, today)


def _new(statement: Statement, member: Member, by: Any, at: datetime, **more: Any) -> Fact:
    """A row of the statement, stored in the place it fits."""
    fact = statement.MODEL(
        member=member,
        made_by=by,
        made_at=at,
        origin=_origin(member, by),
        **statement.values(),
        **more,
    )
    if isinstance(fact, SeasonPlan) and fact.plot_id is not None:
        checks.check_plan_fits(fact, checks.lock_plot(fact.plot_id))
    fact.save(force_insert=True)
    return fact


def state_fact(
    *,
    member: Member,
    statement: Statement,
    by: Any,
    at: datetime,
    evidence: Iterable[StoredFile] = (),
) -> Fact:
    """State a new fact about a member, to be confirmed by somebody else.

    Raises:
        Forbidden: neither the member nor an officer who may enter facts for them.
        Refused: values out of bounds, stated before, or more than the plot has room for.
    """
    _check(statement, member, by, at)
    with _changing(statement.MODEL, member):
        fact = _new(statement, member, by, at)
        fact.evidence.add(*evidence)
        _record("stated", fact, by, at, **checks.audit_values(statement))
    return fact


def edit_fact(*, fact: Fact, statement: Statement, by: Any, at: datetime) -> Fact:
    """Change a fact that is not confirmed; one that was returned waits for its check again.

    Raises:
        Forbidden: see ``state_fact``.
        Refused: ``wrong_state``, ``corrected_meanwhile``, or as in ``state_fact``.
    """
    _check(statement, fact.member, by, at)
    with _changing(type(fact), fact.member):
        now = _locked_for_edit(fact, statement)
        _check_still_correctable(now)
        for name, value in statement.values().items():
            setattr(now, name, value)
        if isinstance(now, SeasonPlan) and now.plot_id is not None:
            checks.check_plan_fits(now, checks.lock_plot(now.plot_id))
        if isinstance(now, Plot):
            checks.check_plot_holds_plans(now, now.area_mu)
        was = now.state
        now.state, now.reason = Fact.State.STATED, ""
        now.checked_by = now.checked_at = None
        now.made_by, now.made_at = by, at
        now.origin = _origin(now.member, by) if now.origin != "roster" else now.origin
        now.save()
        _record("edited", now, by, at, was=was, **checks.audit_values(statement))
    return now


def _locked_for_edit(fact: Fact, statement: Statement) -> Fact:
    """The fact locked; both the plot a plan leaves and the one it goes to are locked before it."""
    if isinstance(statement, PlanStatement) and statement.plot is not None:
        old = SeasonPlan.objects.values_list("plot_id", flat=True).get(pk=fact.pk)
        list(Plot.objects.locked().filter(pk__in=[statement.plot.pk, old or statement.plot.pk]))
    now = checks.lock_fact(fact)
    checks.check_move(now, rules.FactState.STATED, rules.Actor.STATER)
    return now


def _check_still_correctable(fact: Fact) -> None:
    if fact.corrects is not None and fact.corrects.state != Fact.State.CONFIRMED:
        raise Refused(
            "corrected_meanwhile",
            _("原来那一条后来又更正过，这份更正不能再提交。"),
            way_on=_("请撤回它，在最新的一条上更正。"),
        )


def correct_fact(
    *,
    fact: Fact,
    statement: Statement,
    by: Any,
    at: datetime,
    evidence: Iterable[StoredFile] = (),
) -> Fact:
    """State what takes a confirmed fact's place once it is confirmed itself.

    Raises:
        Forbidden: see ``state_fact``.
        Refused: ``wrong_state``, ``correction_open``, ``nothing_changed``, or as in ``state_fact``.
    """
    if statement == STATEMENTS[fact.KIND].of(fact):
        raise Refused("nothing_changed", _("您没有改动任何内容。"))
    return _correct(fact, statement, by, at, "corrected", evidence)


def end_fact(*, fact: Lasting, ended_on: date, by: Any, at: datetime) -> Fact:
    """State that a confirmed fact holds no longer; ``ended_on`` is its last day.

    Raises:
        Forbidden: see ``state_fact``.
        Refused: ``date_ahead``, ``wrong_state`` or ``correction_open``.
    """
    if ended_on > business_date(at):
        raise Refused("date_ahead", _("最后一天不能晚于今天。"))
    acquired_on = getattr(fact, "acquired_on", None)
    if acquired_on is not None and ended_on < acquired_on:
        raise Refused("end_too_early", _("最后一天不能早于购置日期。"))
    statement = STATEMENTS[fact.KIND].of(fact)
    return _correct(fact, statement, by, at, "ended", (), ended_on=ended_on)


def _correct(
    fact: Fact,
    statement: Statement,
    by: Any,
    at: datetime,
    action: str,
    evidence: Iterable[StoredFile],
    **more: Any,
) -> Fact:
    _check(statement, fact.member, by, at)
    with _changing(type(fact), fact.member):
        if isinstance(statement, PlanStatement) and statement.plot is not None:
            _locks = list(
                Plot.objects.locked().filter(
                    pk__in=[statement.plot.pk, getattr(fact, "plot_id", None) or statement.plot.pk]
                )
            )
        now = checks.lock_fact(fact)
        checks.check_move(now, rules.FactState.REPLACED, rules.Actor.CHECKER)
        if isinstance(now, Plot) and not more:
            checks.check_plot_holds_plans(now, statement.values()["area_mu"])
        new = _new(statement, now.member, by, at, corrects=now, **more)
        new.evidence.add(*evidence)
        _record(action, new, by, at, corrects=now.pk, **checks.audit_values(statement), **more)
    return new


def withdraw_fact(*, fact: Fact, by: Any, at: datetime) -> Fact:
    """Take back a fact that is not confirmed.

    Raises:
        Forbidden: see ``state_fact``.
        Refused: ``wrong_state``, or ``plot_has_plans``.
    """
    access.check_may_state(by, fact.member, business_date(at))
    with _changing(type(fact), fact.member):
        now = checks.lock_fact(fact)
        checks.check_move(now, rules.FactState.WITHDRAWN, rules.Actor.STATER)
        if isinstance(now, Plot) and SeasonPlan.objects.live().filter(plot=now).exists():
            raise Refused(
                "plot_has_plans",
                _("这块地上还有种植安排，不能撤回。"),
                way_on=_("请先撤回或改掉这块地的种植安排。"),
            )
        was = now.state
        now.state, now.reason = Fact.State.WITHDRAWN, ""
        now.checked_by = now.checked_at = None
        now.save()
        _record("withdrawn", now, by, at, was=was)
    return now


def add_evidence(*, fact: Fact, file: StoredFile, by: Any, at: datetime) -> None:
    """Add a file that proves a fact which is not confirmed yet.

    Raises:
        Forbidden: see ``state_fact``.
        Refused: ``wrong_state``.
    """
    access.check_may_state(by, fact.member, business_date(at))
    with _changing(type(fact), fact.member):
        now = checks.lock_fact(fact)
        checks.check_move(now, rules.FactState.WITHDRAWN, rules.Actor.STATER)
        now.evidence.add(file)
        _record("evidence_added", now, by, at, file=file.pk)
