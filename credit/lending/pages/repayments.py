"""One repayment as either side sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from cooperative.membership.models import Member
from credit.lending.models import Repayment
from credit.lending.pages.texts import REPAYMENT_TONES
from credit.lending.rules.states import Actor, may_move
from credit.lending.rules.states.repayment import TRANSITIONS, RepaymentState


@dataclass(frozen=True)
class Happening:
    """A line of a timeline."""

    at: datetime
    text: str
    who: str = ""
    detail: str = ""
    tone: str = ""


@dataclass(frozen=True)
class RepaymentPage:
    """A repayment, what it paid, and what the viewer may do about it."""

    repayment: Repayment
    tone: str
    is_borrower: bool
    other: str
    parts: list[tuple[Any, Decimal]]
    history: list[Happening]
    may_confirm: bool
    may_dispute: bool
    may_withdraw: bool

    @property
    def is_mine(self) -> bool:
        """Whether the viewer's side declared it."""
        return (self.repayment.declared_side == Repayment.Side.BORROWER) == self.is_borrower


def repayment_page(repayment: Repayment, member: Member) -> RepaymentPage:
    """The page; no query beyond the row's own."""
    share = repayment.share
    is_borrower = share.loan.membership.member_id == member.pk
    borrower, lender = share.loan.membership.member, share.membership.member
    side = Repayment.Side.BORROWER if is_borrower else Repayment.Side.LENDER
    mine = repayment.declared_side == side

    def may(to: RepaymentState) -> bool:
        return may_move(TRANSITIONS, RepaymentState(repayment.state), to, Actor(side))

    return RepaymentPage(
        repayment=repayment,
        tone=REPAYMENT_TONES[repayment.state],
        is_borrower=is_borrower,
        other=lender.name if is_borrower else borrower.name,
        parts=parts_of(repayment),
        history=_history(repayment, borrower, lender),
        may_confirm=not mine and may(RepaymentState.CONFIRMED),
        may_dispute=not mine and may(RepaymentState.DISPUTED),
        may_withdraw=mine and may(RepaymentState.WITHDRAWN),
    )


def parts_of(repayment: Repayment) -> list[tuple[Any, Decimal]]:
    """What a confirmed repayment paid, in the order of the law; nothing before."""
    if repayment.state != Repayment.State.CONFIRMED:
        return []
    parts = [
        (_("费用"), repayment.costs),
        (_("逾期利息"), repayment.overdue_interest),
        (_("利息"), repayment.interest),
        (_("本金"), repayment.principal),
        (_("多付，由出借人退回"), repayment.unallocated),
    ]
    return [(label, amount) for label, amount in parts if amount]


def _history(repayment: Repayment, borrower: Member, lender: Member) -> list[Happening]:
    by_borrower = repayment.declared_side == Repayment.Side.BORROWER
    declarer, other = (borrower, lender) if by_borrower else (lender, borrower)
    said = _("登记还款") if by_borrower else _("登记收款")
    agreed = _("确认收到") if by_borrower else _("确认没有错")
    found = [Happening(repayment.declared_at, said, declarer.name)]
    if repayment.disputed_at:
        found.append(
            Happening(
                repayment.disputed_at, _("有不同说法"), other.name, repayment.dispute, "brick"
            )
        )
    if repayment.confirmed_at:
        found.append(
            Happening(repayment.confirmed_at, agreed, other.name, repayment.resolution, "field")
        )
    if repayment.reversed_at:
        found.append(
            Happening(
                repayment.reversed_at, _("冲正"), _("工会"), repayment.reversal_reason, "brick"
            )
        )
    return found[::-1]
