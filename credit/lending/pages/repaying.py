"""Paying back: to whom how much today, and what a sum would cover."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.exact import ZERO
from core.formats import format_day, format_yuan
from credit.lending.models import Loan, Share
from credit.lending.rules.projection import project_events
from credit.lending.rules.share import Paid
from credit.lending.selectors.loans import ShareView, loan_page, share_view
from credit.lending.selectors.replaying import histories_of

PAYABLE = ("formed", "written_off")
_NEW, _LAST = "new", 1_000_000_000


@dataclass(frozen=True)
class ToPay:
    """A lender, what is to be paid to them and why."""

    share: Share
    amount: Decimal
    why: str
    pending: Decimal
    payoff: Decimal


@dataclass(frozen=True)
class RepayPage:
    """Everybody who still gets something, and the one that was chosen."""

    loan: Loan
    lenders: list[ToPay]
    chosen: ToPay | None

    @property
    def total(self) -> Decimal:
        """What is proposed in all."""
        return sum((one.amount for one in self.lenders), ZERO)


def repay_page(loan: Loan, share_id: int | None, today: date) -> RepayPage:
    """The page; the only lender is chosen by itself."""
    view = loan_page(loan, today)
    lenders = [to_pay(one, today) for one in view.shares if one.share.state in PAYABLE]
    chosen = next((one for one in lenders if one.share.pk == share_id), None)
    if chosen is None and len(lenders) == 1:
        chosen = lenders[0]
    return RepayPage(loan, lenders, chosen)


def received_page(share: Share, today: date) -> ToPay:
    """The same for one lender who says that money came."""
    return to_pay(share_view(share, today), today)


def to_pay(view: ShareView, today: date) -> ToPay:
    """What is due on a share, or else what comes next; declared payments are taken as made."""
    line = view.next_line
    payoff = view.payoff.total if view.payoff else ZERO
    if view.due:
        return ToPay(view.share, view.asked, _("已经到期"), view.pending_amount, payoff)
    if line is not None and view.share.state == "formed":
        amount, why = (
            min(line.owed, payoff),
            _("%(day)s到期") % {"day": format_day(line.due_on, today)},
        )
    else:
        amount, why = payoff, _("还欠的全部")
    return ToPay(
        view.share, max(amount - view.pending_amount, ZERO), why, view.pending_amount, payoff
    )


def cover_rows(share: Share, amount: Decimal, paid_on: date) -> list[tuple[Any, str]]:
    """What a payment of that day would cover, in the order of the law; none where it cannot be."""
    delivered_on = share.delivered_on
    if amount <= 0 or delivered_on is None or paid_on < delivered_on:
        return []
    history = histories_of([share])[share.pk]
    events = [*history.events, Paid(paid_on, amount, _NEW, _LAST)]
    as_of = max([paid_on, *(event.on for event in events)])
    projection = project_events(history.terms, events, history.returned, as_of)
    parts = projection.parts[_NEW]
    rows = [
        (_("费用"), parts.costs),
        (_("逾期利息"), parts.overdue_interest),
        (_("利息"), parts.interest),
        (_("本金"), parts.principal),
        (_("多出来，要退回"), parts.unallocated),
    ]
    shown: list[tuple[Any, str]] = [
        (label, f"¥{format_yuan(sum_)}") for label, sum_ in rows if sum_
    ]
    left = projection.standing.principal_outstanding
    return [*shown, (_("还完以后还欠本金"), f"¥{format_yuan(left)}")]
