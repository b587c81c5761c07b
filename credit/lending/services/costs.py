"""Costs of realising a claim: borne by a lender, recorded by one officer, confirmed by another.

A confirmed cost is owed from the day of its confirmation, so that no payment made before is counted
anew. In the parties' books it stands, like interest, when it is paid. What a court awards is noted in
a mediation record alone. Source: Civil Code 561; 法释〔2020〕17号 Art. 29.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.dates import business_date
from core.errors import NotFound, Refused, busy_is_refused, refusing
from core.exact import FEN
from core.formats import format_day
from core.models import StoredFile
from credit.lending.access import access_party_cost
from credit.lending.models import Cost, LoanEvent, Share
from credit.lending.rules.states import Actor
from credit.lending.rules.states.cost import TRANSITIONS, CostState
from credit.lending.services.checks import check_not_future, clean_reason
from credit.lending.services.cost_rows import (
    CONFIRM,
    RECORD,
    cost_rows,
    lock_cost,
    record_deed,
    tell_both,
    tell_one,
    withdraw_reversal,
    wrong_state,
)
from credit.lending.services.locking import check_move, lock_share, member_behind, officers_row
from credit.lending.services.projecting import project_share, record_event


def record_cost(
    *,
    share_id: int,
    kind: str,
    amount: Decimal,
    borne_on: date,
    reason: str,
    evidence: StoredFile,
    by: Any,
    at: datetime,
) -> Cost:
    """An officer notes what a lender spent to get back money that was late on that day.

    Nothing is owed until a second officer confirms; both parties are told at once.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``own_matter``, ``amount_wrong``, ``paid_in_future``, ``share_not_running``,
            ``nothing_overdue``, ``recorded_already``, ``reason_missing`` or ``reason_too_long``.
    """
    kind, reason = Cost.Kind(kind), clean_reason(reason)
    _check_amount(amount)
    check_not_future(borne_on, at)
    officers_row(_shares(), share_id, by, RECORD, at, loan="loan")
    with busy_is_refused(), transaction.atomic():
        share = lock_share(share_id)
        _check_running(share)
        _check_overdue(share, borne_on)
        already = Refused(
            "recorded_already",
            _("同一天、同样金额的这种费用已经登记过。"),
            way_on=_("确实花了两次的，请把两张票据合成一笔登记。"),
        )
        with refusing({"lending_cost_once": already}):
            cost = Cost.objects.create(
                share=share,
                kind=kind,
                amount=amount,
                borne_on=borne_on,
                reason=reason,
                evidence=evidence,
                made_by=by,
                made_at=at,
            )
        record_deed("recorded", cost, by, at, kind=kind.value)
        tell_both(cost, "lending.cost_recorded", at, reason=reason)
    return cost


def object_to_cost(*, cost_id: int, objection: str, by: Any, at: datetime) -> Cost:
    """The borrower has another view, said once while the cost waits; the reviewer reads it.

    Raises:
        NotFound: not the borrower.
        Refused: ``wrong_state``, ``objected_already``, ``reason_missing`` or ``reason_too_long``.
    """
    objection = clean_reason(objection)
    member = member_behind(by)
    found = access_party_cost(member, cost_id)
    if found.share.loan.membership.member_id != member.pk:
        raise NotFound
    with busy_is_refused(), transaction.atomic():
        cost = lock_cost(found)
        if cost.state != Cost.State.PROPOSED:
            raise wrong_state(cost)
        if cost.objected_at is not None:
            raise Refused(
                "objected_already",
                _("您对这笔费用的话已经记下，复核的人会看到。"),
                way_on=_("要补充的，请打工会电话。"),
            )
        cost.objection, cost.objected_at = objection, at
        cost.save(update_fields=["objection", "objected_at"])
        record_deed("objected", cost, by, at)
        tell_one(cost.share.membership.member, cost, "lending.cost_objected", at, reason=objection)
    return cost


def confirm_cost(*, cost_id: int, by: Any, at: datetime) -> Cost:
    """A second officer agrees: the cost is owed from today, before all interest and principal.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``own_matter``, ``same_person`` (I17), ``wrong_state`` or ``share_not_running``.
    """
    found = officers_row(cost_rows(), cost_id, by, CONFIRM, at, loan="share__loan")
    with busy_is_refused(), transaction.atomic():
        cost = lock_cost(found)
        _check_may(cost, CostState.CONFIRMED, by)
        _check_running(cost.share)
        _decide(cost, Cost.State.CONFIRMED, by, at)
        today = business_date(at)
        record_event(
            share=cost.share,
            kind=LoanEvent.Kind.COST_ADDED,
            on=today,
            amount=cost.amount,
            facts={"cost": cost.pk},
            by=by,
            at=at,
        )
        project_share(cost.share, at=at)
        record_deed("confirmed", cost, by, at)
        tell_both(cost, "lending.cost_confirmed", at, owed_from=today)
    return cost


def drop_cost(*, cost_id: int, remark: str, by: Any, at: datetime) -> Cost:
    """A second officer does not agree, and says why: nothing is owed for it.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``own_matter``, ``same_person``, ``wrong_state``, ``reason_missing`` or
            ``reason_too_long``.
    """
    remark = clean_reason(remark)
    found = officers_row(cost_rows(), cost_id, by, CONFIRM, at, loan="share__loan")
    with busy_is_refused(), transaction.atomic():
        cost = lock_cost(found)
        _check_may(cost, CostState.DROPPED, by)
        cost.remark = remark
        _decide(cost, Cost.State.DROPPED, by, at)
        record_deed("dropped", cost, by, at)
        tell_both(cost, "lending.cost_dropped", at, reason=remark)
    return cost


def _decide(cost: Cost, state: str, by: Any, at: datetime) -> None:
    cost.state, cost.checked_by, cost.checked_at = state, by, at
    cost.save(update_fields=["state", "remark", "checked_by", "checked_at"])


def lapse_costs(share: Share, *, ended: Promise, by: Any, at: datetime) -> None:
    """What still waits when a share ends can be owed no more: it leaves the desk, both learn it.

    ``ended`` says what became of the share, kept in Chinese. The caller holds the share's lock. A
    taking back that still waits has nothing left to change either.
    """
    with translation.override("zh-hans"):
        remark = str(ended)
    for cost in _waiting_on(share):
        cost.share = share
        if cost.state == Cost.State.CONFIRMED:
            withdraw_reversal(cost, by=by, at=at)
            continue
        cost.state, cost.lapsed_at, cost.remark = Cost.State.LAPSED, at, remark
        cost.save(update_fields=["state", "lapsed_at", "remark"])
        record_deed("lapsed", cost, by, at)
        tell_both(cost, "lending.cost_lapsed", at, reason=ended)


def _waiting_on(share: Share) -> models.QuerySet[Cost]:
    rows = share.costs.filter(
        Q(state=Cost.State.PROPOSED)
        | Q(state=Cost.State.CONFIRMED, reversal_proposed_at__isnull=False)
    )
    return Cost.objects.locked().filter(pk__in=rows)


# Rows and checks


def _shares() -> models.QuerySet[Share]:
    return Share.objects.select_related("loan__union")


def _check_amount(amount: Decimal) -> None:
    if amount <= 0 or amount % FEN:
        raise Refused(
            "amount_wrong",
            _("金额要大于零，最小到分。"),
            way_on=_("请照票据上的数填。"),
            amount=amount,
        )


def _check_running(share: Share) -> None:
    if share.state != Share.State.FORMED:
        raise Refused(
            "share_not_running",
            _("这一份借款现在是“%(state)s”，不能再计入费用。")
            % {"state": share.get_state_display()},
            way_on=_("还清以后又花的费用，请双方自己商量。"),
            state=share.state,
        )


def _check_overdue(share: Share, on: date) -> None:
    late = Q(settled_on__isnull=True) | Q(settled_on__gte=on)
    if share.instalments.filter(late, due_on__lt=on).exists():
        return
    raise Refused(
        "nothing_overdue",
        _("这一份借款%(day)s没有逾期，那天花的费用不能算给借款人。") % {"day": format_day(on)},
        way_on=_("请核对花钱的日子。"),
    )


def _check_may(cost: Cost, to: CostState, by: Any) -> None:
    check_move(TRANSITIONS, cost.state, to, Actor.REVIEWER, wrong_state(cost))
    if cost.made_by_id == by.pk:
        raise Refused(
            "same_person",
            _("您自己登记的费用不能由您复核。"),
            way_on=_("请另一位复核人员办理。"),
        )
