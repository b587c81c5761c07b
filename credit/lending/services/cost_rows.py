"""What the services of costs share: rows, locks, refusals, words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core import audit
from core.errors import Refused
from credit.lending.models import Cost
from credit.lending.services.loan_notices import borrower_of, cost_link, tell
from credit.lending.services.locking import lock_share

RECORD = "loan.convene"
CONFIRM = "loan.approve"


def cost_rows() -> models.QuerySet[Cost]:
    """Costs with what access and audit ask for."""
    return Cost.objects.select_related("share__loan__union")


def lock_cost(found: Cost) -> Cost:
    """Share, then cost."""
    share = lock_share(found.share_id)
    cost = Cost.objects.locked().get(pk=found.pk)
    cost.share = share
    return cost


def wrong_state(cost: Cost) -> Refused:
    """That a cost stands elsewhere by now."""
    return Refused(
        "wrong_state",
        _("这笔费用现在是“%(state)s”，不能再办。") % {"state": cost.get_state_display()},
        way_on=_("请刷新页面，看看最新的情况。"),
        state=cost.state,
    )


def tell_both(cost: Cost, kind: str, at: datetime, **facts: Any) -> None:
    """Borrower and lender learn the same."""
    for member in (borrower_of(cost.share.loan), cost.share.membership.member):
        tell_one(member, cost, kind, at, **facts)


def tell_one(member: Any, cost: Cost, kind: str, at: datetime, **facts: Any) -> None:
    """One of them learns it."""
    tell(
        member,
        kind,
        about=cost,
        loan=cost.share.loan,
        at=at,
        link=cost_link(cost),
        name=cost.share.membership.member.name,
        what=Cost.Kind(cost.kind).label,
        amount=cost.amount,
        day=cost.borne_on,
        **facts,
    )


def record_deed(deed: str, cost: Cost, by: Any, at: datetime, **facts: Any) -> None:
    """The audit row of something done to a cost."""
    audit.record(
        f"lending.cost_{deed}",
        cost,
        by=by,
        at=at,
        scope=cost.share.loan.union.path,
        share=cost.share_id,
        amount=str(cost.amount),
        **facts,
    )


def withdraw_reversal(cost: Cost, *, by: Any, at: datetime) -> None:
    """Let a proposal to take a cost back be gone; the caller holds the row."""
    cost.reversal_reason = ""
    cost.reversal_proposed_by = cost.reversal_proposed_at = None
    cost.save(update_fields=["reversal_reason", "reversal_proposed_by", "reversal_proposed_at"])
    record_deed("reversal_dropped", cost, by, at)
