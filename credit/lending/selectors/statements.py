"""Statements: what moved between a member and the others, or about one loan, line by line.

Every figure is positive: payer and payee say which way it went. A payment that was taken back stands
where it stood and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.exact import ZERO
from credit.lending.models import Loan, LoanEvent, Share
from credit.lending.selectors.replaying import DELIVERED_STATES

Kind = LoanEvent.Kind


class Side(StrEnum):
    """Whether the reader borrowed or lent; an officer's statement of a loan has both."""

    BORROWED = "borrowed"
    LENT = "lent"


@dataclass(frozen=True)
class StatementLine:
    """One event: who paid whom how much, what it paid, what is outstanding after it.

    ``counts`` is False for a payment that was taken back.
    """

    on: date
    what: Any
    number: str
    payer: str
    payee: str
    amount: Decimal
    principal: Decimal
    interest: Decimal
    overdue_interest: Decimal
    costs: Decimal
    unallocated: Decimal
    outstanding: Decimal
    reference: str
    counts: bool


@dataclass(frozen=True)
class Section:
    """The lines of ``[starts_on, ends_on]`` on one side, both days included."""

    side: Side
    opening: Decimal
    lines: tuple[StatementLine, ...]

    @property
    def closing(self) -> Decimal:
        """Principal outstanding at the end."""
        return self.lines[-1].outstanding if self.lines else self.opening

    def total(self, name: str) -> Decimal:
        """A column's sum over the payments that count."""
        return sum((getattr(line, name) for line in self.lines if line.counts), ZERO)


@dataclass(frozen=True)
class Statement:
    """A statement over some days; a member may have both borrowed and lent."""

    starts_on: date
    ends_on: date
    sections: tuple[Section, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not any(section.lines or section.opening for section in self.sections)


def statement_of_member(member: Any, starts_on: date, ends_on: date) -> Statement:
    """All that a member borrowed and lent; four queries however much it is."""
    borrowed = Q(loan__membership__member=member)
    lent = Q(membership__member=member)
    sections = (
        _section(Side.BORROWED, _shares(borrowed), starts_on, ends_on),
        _section(Side.LENT, _shares(lent), starts_on, ends_on),
    )
    return Statement(starts_on, ends_on, tuple(s for s in sections if s.lines or s.opening))


def statement_of_loan(
    loan: Loan, starts_on: date, ends_on: date, *, share: Share | None = None
) -> Statement:
    """One loan for its borrower or an officer, or with ``share`` for that lender alone."""
    about = Q(loan=loan) if share is None else Q(pk=share.pk)
    side = Side.BORROWED if share is None else Side.LENT
    return Statement(starts_on, ends_on, (_section(side, _shares(about), starts_on, ends_on),))


def _shares(about: Q) -> QuerySet[Share]:
    return Share.objects.filter(about, state__in=DELIVERED_STATES).select_related(
        "membership__member", "loan__membership__member"
    )


def _section(side: Side, shares: QuerySet[Share], starts_on: date, ends_on: date) -> Section:
    by_key = {share.pk: share for share in shares.order_by("pk")}
    rows = (
        LoanEvent.objects.filter(share__in=by_key, on__lte=ends_on)
        .exclude(kind=Kind.REVERSED)
        .select_related("repayment")
        .order_by("on", "share_id", "sequence")
    )
    owed: dict[int, Decimal] = {}
    opening, lines = ZERO, []
    for event in rows:
        share = by_key[event.share_id]
        line = _line(event, share, owed)
        if event.on < starts_on:
            opening = line.outstanding
        else:
            lines.append(line)
    return Section(side, opening, tuple(lines))


def _line(event: LoanEvent, share: Share, owed: dict[int, Decimal]) -> StatementLine:
    """The line of an event; ``owed`` keeps what each share still owes and is brought up to date."""
    lender, borrower = share.membership.member.name, share.loan.membership.member.name
    repayment = event.repayment
    counts = repayment is None or repayment.state != "reversed"
    before = owed.get(share.pk, ZERO)
    principal = repayment.principal if repayment is not None else ZERO
    if event.kind == Kind.DELIVERED:
        owed[share.pk] = event.amount
    elif event.kind == Kind.WRITTEN_OFF:
        principal, owed[share.pk] = ZERO, ZERO
    else:
        owed[share.pk] = max(before - principal, ZERO)
    forth = event.kind in (Kind.DELIVERED, Kind.RETURNED)
    payer, payee = (lender, borrower) if forth else (borrower, lender)
    if event.kind == Kind.DELIVERED and share.loan.payee_name:
        payee = share.loan.payee_name
    moved = event.kind not in (
        Kind.EXTENDED,
        Kind.WRITTEN_OFF,
        Kind.COST_ADDED,
        Kind.COST_REMOVED,
    )
    return StatementLine(
        on=event.on,
        what=WORDS[Kind(event.kind)] if counts else _("还款（已冲正，不计入）"),
        number=share.loan.number,
        payer=payer if moved else "",
        payee=payee if moved else "",
        amount=event.amount,
        principal=principal,
        interest=repayment.interest if repayment is not None else ZERO,
        overdue_interest=repayment.overdue_interest if repayment is not None else ZERO,
        costs=repayment.costs if repayment is not None else ZERO,
        unallocated=repayment.unallocated if repayment is not None else ZERO,
        outstanding=sum(owed.values(), ZERO),
        reference=_reference(event, share),
        counts=counts,
    )


def _reference(event: LoanEvent, share: Share) -> str:
    if event.kind == Kind.DELIVERED:
        return share.slip_number
    if event.repayment is not None:
        return event.repayment.slip_number
    return str(event.facts.get("slip_number", ""))


WORDS = {
    Kind.DELIVERED: _("借款到账"),
    Kind.PAID: _("还款"),
    Kind.RETURNED: _("退回多付"),
    Kind.EXTENDED: _("展期"),
    Kind.WRITTEN_OFF: _("核销"),
    Kind.COST_ADDED: _("计入追款费用"),
    Kind.COST_REMOVED: _("撤销追款费用"),
}

HEADINGS: Sequence[Any] = (
    _("日期"),
    _("事项"),
    _("合同编号"),
    _("付款人"),
    _("收款人"),
    _("金额"),
    _("本金"),
    _("利息"),
    _("逾期利息"),
    _("费用"),
    _("多付"),
    _("未还本金"),
    _("银行流水号"),
)
SIDES = {Side.BORROWED: _("借入"), Side.LENT: _("借出")}


def cells_of(lines: Iterable[StatementLine]) -> Iterable[tuple[Any, ...]]:
    """The lines in the order of ``HEADINGS``."""
    for line in lines:
        yield (
            line.on,
            line.what,
            line.number,
            line.payer,
            line.payee,
            line.amount,
            line.principal,
            line.interest,
            line.overdue_interest,
            line.costs,
            line.unallocated,
            line.outstanding,
            line.reference,
        )
