"""Taking a confirmed cost back while nothing of it is paid: proposed by one officer, confirmed by another.

The share is replayed as if the cost had never been, so what the ceiling leaves room for is found anew.
What a payment has covered stays covered: then the parties settle it among themselves.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.dates import business_date
from core.errors import Refused, busy_is_refused
from credit.lending.models import Cost, LoanEvent, Share
from credit.lending.rules.projection import Projection
from credit.lending.rules.share import CostRemoved
from credit.lending.rules.states import Actor
from credit.lending.rules.states.cost import TRANSITIONS, CostState
from credit.lending.selectors.replaying import events_of, history_of
from credit.lending.services.checks import clean_reason
from credit.lending.services.cost_rows import (
    CONFIRM,
    RECORD,
    cost_rows,
    lock_cost,
    record_deed,
    tell_both,
    withdraw_reversal,
    wrong_state,
)
from credit.lending.services.locking import check_move, officers_row
from credit.lending.services.projecting import project_share, record_event


def propose_cost_reversal(*, cost_id: int, reason: str, by: Any, at: datetime) -> Cost:
    """An officer asks that a confirmed cost be taken back; another one decides.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``own_matter``, ``wrong_state``, ``already_proposed``, ``cost_paid``,
            ``reason_missing`` or ``reason_too_long``.
    """
    reason = clean_reason(reason)
    found = officers_row(cost_rows(), cost_id, by, RECORD, at, loan="share__loan")
    with busy_is_refused(), transaction.atomic():
        cost = lock_cost(found)
        if cost.state != Cost.State.CONFIRMED:
            raise wrong_state(cost)
        if cost.reversal_proposed_at is not None:
            raise Refused(
                "already_proposed",
                _("这笔费用的撤销已经提出过，正在等复核。"),
                way_on=_("请复核人员办理。"),
            )
        _check_unpaid(cost, at)
        cost.reversal_reason = reason
        cost.reversal_proposed_by, cost.reversal_proposed_at = by, at
        cost.save(update_fields=["reversal_reason", "reversal_proposed_by", "reversal_proposed_at"])
        record_deed("reversal_proposed", cost, by, at)
    return cost


def drop_cost_reversal(*, cost_id: int, by: Any, at: datetime) -> Cost:
    """The second officer does not agree: the cost goes on being owed.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``own_matter`` or ``not_proposed``.
    """
    found = officers_row(cost_rows(), cost_id, by, CONFIRM, at, loan="share__loan")
    with busy_is_refused(), transaction.atomic():
        cost = lock_cost(found)
        _check_proposed(cost)
        withdraw_reversal(cost, by=by, at=at)
    return cost


def confirm_cost_reversal(*, cost_id: int, by: Any, at: datetime) -> Cost:
    """A second officer agrees: the cost never was, the share is replayed, both parties are told.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``own_matter``, ``not_proposed``, ``same_person`` (I17) or ``cost_paid``.
    """
    found = officers_row(cost_rows(), cost_id, by, CONFIRM, at, loan="share__loan")
    with busy_is_refused(), transaction.atomic():
        cost = lock_cost(found)
        _check_may_reverse(cost, by)
        _check_unpaid(cost, at)
        cost.state = Cost.State.REVERSED
        cost.reversed_by, cost.reversed_at = by, at
        cost.save(update_fields=["state", "reversed_by", "reversed_at"])
        record_event(
            share=cost.share,
            kind=LoanEvent.Kind.COST_REMOVED,
            on=business_date(at),
            amount=cost.amount,
            facts={"cost": cost.pk},
            by=by,
            at=at,
        )
        project_share(cost.share, at=at)
        record_deed("reversed", cost, by, at)
        tell_both(cost, "lending.cost_reversed", at, reason=cost.reversal_reason)
    return cost


def _check_may_reverse(cost: Cost, by: Any) -> None:
    _check_proposed(cost)
    check_move(TRANSITIONS, cost.state, CostState.REVERSED, Actor.REVIEWER, wrong_state(cost))
    if cost.reversal_proposed_by_id == by.pk:
        raise Refused(
            "same_person",
            _("您自己提出的撤销不能由您复核。"),
            way_on=_("请另一位复核人员办理。"),
        )


def _check_proposed(cost: Cost) -> None:
    if cost.reversal_proposed_at is None or cost.state != Cost.State.CONFIRMED:
        raise Refused(
            "not_proposed",
            _("这笔费用没有等复核的撤销。"),
            way_on=_("请刷新页面，看看最新的情况。"),
        )


def _check_unpaid(cost: Cost, at: datetime) -> None:
    """No payment has covered any of it: without the cost each would have paid the very same."""
    before, after = _with_and_without(cost.share, cost, at)
    if before.parts != after.parts or before.where != after.where:
        raise Refused(
            "cost_paid",
            _("已经有还款抵了这笔费用，不能撤销。"),
            way_on=_(
                "要退给借款人的，请双方商量，在调解记录里写清楚；还款登记错了的，先冲正还款。"
            ),
        )


def _with_and_without(share: Share, cost: Cost, at: datetime) -> tuple[Projection, Projection]:
    history = history_of(events_of(share))
    day = max(business_date(at), history.recorded_on)
    gone = CostRemoved(str(cost.pk), day, history.count + 1)
    return history.projected(day), history.followed_by(gone).projected(day)
