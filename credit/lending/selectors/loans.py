"""A loan as its parties and officers see it, from stored rows and one replay of each share.

A fixed number of queries, and as quick after two years as on the first day: what days do to a share
is a formula, not a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.exact import ZERO
from credit.lending.models import (
    Cost,
    Extension,
    ExtensionConsent,
    Instalment,
    Loan,
    LoanEvent,
    Mediation,
    Repayment,
    Share,
    WriteOff,
)
from credit.lending.rules.explaining import Arithmetic, explain
from credit.lending.rules.overdue import Bucket
from credit.lending.rules.replay import payoff_of
from credit.lending.rules.share import Payoff, ShareState
from credit.lending.selectors.replaying import (
    DELIVERED_STATES,
    PENDING,
    history_of,
)


@dataclass(frozen=True)
class Line:
    """What falls due on one day, and how far it is paid. ``overdue_interest`` is what came on top.

    ``arithmetic`` says how the interest of a share's line came about; the borrower's line is a sum
    over shares and has its ``parts`` instead, by share.
    """

    number: int
    from_on: date
    due_on: date
    principal: Decimal
    interest: Decimal
    principal_paid: Decimal
    interest_paid: Decimal
    overdue_interest: Decimal
    overdue_interest_paid: Decimal
    settled_on: date | None
    days_overdue: int
    arithmetic: Arithmetic | None = None
    parts: tuple[tuple[Share, Line], ...] = ()

    @property
    def total(self) -> Decimal:
        """All that it asks for."""
        return self.principal + self.interest + self.overdue_interest

    @property
    def paid(self) -> Decimal:
        """All that it got."""
        return self.principal_paid + self.interest_paid + self.overdue_interest_paid

    @property
    def owed(self) -> Decimal:
        """What is still to come."""
        return self.total - self.paid


@dataclass(frozen=True)
class ShareView:
    """One lender's part. ``state`` and ``payoff`` are of the page's day; None before delivery.

    ``asked`` is what has fallen due by then, if the payments that wait are confirmed.
    """

    share: Share
    lines: tuple[Line, ...]
    repayments: tuple[Repayment, ...]
    events: tuple[LoanEvent, ...]
    costs: tuple[Cost, ...]
    state: ShareState | None
    payoff: Payoff | None
    asked: Decimal

    @property
    def pending(self) -> tuple[Repayment, ...]:
        """Declared or disputed payments, which do not count yet."""
        return tuple(row for row in self.repayments if row.state in PENDING)

    @property
    def pending_amount(self) -> Decimal:
        """What may turn out to be paid already."""
        return sum((row.amount for row in self.pending), ZERO)

    @property
    def due(self) -> Decimal:
        """What has fallen due and is not paid."""
        runs = self.state is not None and self.share.state == Share.State.FORMED
        return self.state.due if self.state is not None and runs else ZERO

    @property
    def costs_owed(self) -> Decimal:
        """Of it costs of realising the claim, as far as the ceiling lets them be asked for."""
        runs = self.payoff is not None and self.share.state == Share.State.FORMED
        return self.payoff.costs if self.payoff is not None and runs else ZERO

    @property
    def next_line(self) -> Line | None:
        """The first line that is not paid, late ones included."""
        return next((line for line in self.lines if line.settled_on is None), None)


@dataclass(frozen=True)
class LoanPage:
    """A loan on a day: each share, and the borrower's sum of them."""

    loan: Loan
    day: date
    shares: tuple[ShareView, ...]
    lines: tuple[Line, ...]
    extensions: tuple[Extension, ...]
    consents: tuple[ExtensionConsent, ...]
    mediations: tuple[Mediation, ...]
    write_offs: tuple[WriteOff, ...]

    def share(self, share_id: int) -> ShareView:
        """One of the shares."""
        return next(view for view in self.shares if view.share.pk == share_id)

    @property
    def outstanding(self) -> Decimal:
        """Principal that is still owed."""
        return sum((view.share.principal_outstanding for view in self.shares), ZERO)

    @property
    def principal_paid(self) -> Decimal:
        """Principal that came back."""
        return sum((view.share.principal_paid for view in self.shares), ZERO)

    @property
    def interest_paid(self) -> Decimal:
        """Interest paid, for being late too."""
        return sum(
            (view.share.interest_paid + view.share.overdue_interest_paid for view in self.shares),
            ZERO,
        )

    @property
    def unallocated(self) -> Decimal:
        """What lenders have to give back."""
        return sum((view.share.unallocated for view in self.shares), ZERO)

    @property
    def due(self) -> Decimal:
        """What has fallen due on all shares and is not paid."""
        return sum((view.due for view in self.shares), ZERO)

    @property
    def costs_owed(self) -> Decimal:
        """Costs of realising the claim on all shares that are not paid."""
        return sum((view.costs_owed for view in self.shares), ZERO)

    @property
    def costs(self) -> tuple[Cost, ...]:
        """Costs that were recorded on all shares, whatever became of them."""
        return tuple(cost for view in self.shares for cost in view.costs)

    @property
    def pending_amount(self) -> Decimal:
        """Declared or disputed payments of all shares."""
        return sum((view.pending_amount for view in self.shares), ZERO)

    @property
    def payoff(self) -> Decimal:
        """What pays everything off on the page's day."""
        return sum(
            (
                view.payoff.total
                for view in self.shares
                if view.payoff is not None and view.share.state == Share.State.FORMED
            ),
            ZERO,
        )

    @property
    def days_overdue(self) -> int:
        """How late the oldest unpaid line is."""
        return max((line.days_overdue for line in self.lines), default=0)

    @property
    def next_line(self) -> Line | None:
        """The first line that is not paid, late ones included."""
        return next((line for line in self.lines if line.settled_on is None), None)

    @property
    def extension(self) -> Extension | None:
        """The extension that is asked for, proposed or in force; a loan has at most one."""
        return next((row for row in self.extensions if row.state in _LIVE_EXTENSION), None)


_LIVE_EXTENSION = (
    Extension.State.ASKED,
    Extension.State.PROPOSED,
    Extension.State.IN_FORCE,
)


def loan_page(loan: Loan, day: date) -> LoanPage:
    """Everything that a page about a loan shows on a day, in nine queries.

    ``loan`` comes with what its own lines need (``access_party_loan``).
    """
    shares = list(
        Share.objects.filter(loan=loan).select_related("membership__member", "slip").order_by("pk")
    )
    for share in shares:
        share.loan = loan
    views = _views(shares, day)
    return LoanPage(
        loan=loan,
        day=day,
        shares=views,
        lines=_summed(views),
        extensions=tuple(loan.extensions.order_by("-asked_at", "-pk")),
        consents=tuple(
            ExtensionConsent.objects.filter(extension__loan=loan)
            .select_related("share__membership__member")
            .order_by("at", "pk")
        ),
        mediations=tuple(loan.mediations.select_related("by").order_by("-held_at", "-pk")),
        write_offs=tuple(loan.write_offs.order_by("-made_at", "-pk")),
    )


def share_view(share: Share, day: date) -> ShareView:
    """One share as its lender sees it, in four queries."""
    return _views([share], day)[0]


def _views(shares: Sequence[Share], day: date) -> tuple[ShareView, ...]:
    events: dict[int, list[LoanEvent]] = {share.pk: [] for share in shares}
    for event in LoanEvent.objects.filter(share__in=events).order_by("share_id", "sequence"):
        events[event.share_id].append(event)
    instalments: dict[int, list[Instalment]] = {share.pk: [] for share in shares}
    for row in Instalment.objects.filter(share__in=events).order_by("share_id", "due_on", "number"):
        instalments[row.share_id].append(row)
    repayments: dict[int, list[Repayment]] = {share.pk: [] for share in shares}
    payments = Repayment.objects.filter(share__in=events).select_related("slip")
    for payment in payments.order_by("share_id", "-paid_on", "-pk"):
        repayments[payment.share_id].append(payment)
    costs: dict[int, list[Cost]] = {share.pk: [] for share in shares}
    for cost in Cost.objects.filter(share__in=events).order_by("share_id", "-made_at", "-pk"):
        costs[cost.share_id].append(cost)
    return tuple(
        _view(
            share,
            events[share.pk],
            instalments[share.pk],
            repayments[share.pk],
            costs[share.pk],
            day,
        )
        for share in shares
    )


def _view(
    share: Share,
    events: Sequence[LoanEvent],
    instalments: Sequence[Instalment],
    repayments: Sequence[Repayment],
    costs: Sequence[Cost],
    day: date,
) -> ShareView:
    lines: tuple[Line, ...] = ()
    state = payoff = None
    asked = ZERO
    if share.state in DELIVERED_STATES:
        history = history_of(events)
        when = max(day, history.terms.delivered_on)
        state, arithmetic = explain(history.terms, history.events, when)
        payoff = payoff_of(state)
        lines = _lines(state, arithmetic, instalments)
        waiting = [row for row in repayments if row.state in PENDING]
        if share.state == Share.State.FORMED:
            asked = history.if_confirmed(waiting).on(when).due if waiting else state.due
    return ShareView(
        share, lines, tuple(repayments), tuple(events), tuple(costs), state, payoff, asked
    )


def _lines(
    state: ShareState, arithmetic: Mapping[int, Arithmetic], instalments: Sequence[Instalment]
) -> tuple[Line, ...]:
    day = state.on
    rows = {row.number: row for row in state.rows}
    lines = []
    for stored in instalments:
        row = rows[stored.number]
        late = stored.settled_on is None and state.bucket != Bucket.CURRENT
        lines.append(
            Line(
                number=stored.number,
                from_on=stored.from_on,
                due_on=stored.due_on,
                principal=stored.principal,
                interest=row.interest if row.due_on <= day else stored.interest,
                principal_paid=stored.principal_paid,
                interest_paid=stored.interest_paid,
                overdue_interest=row.overdue,
                overdue_interest_paid=row.overdue_paid,
                settled_on=stored.settled_on,
                days_overdue=max((day - stored.due_on).days, 0) if late else 0,
                arithmetic=arithmetic[stored.number],
            )
        )
    return tuple(lines)


def _summed(views: Iterable[ShareView]) -> tuple[Line, ...]:
    """The borrower's lines: one for each day on which some share asks for something."""
    by_day: dict[date, list[tuple[Share, Line]]] = {}
    for view in views:
        for line in view.lines:
            by_day.setdefault(line.due_on, []).append((view.share, line))
    return tuple(
        _sum_of(number, due_on, by_day[due_on]) for number, due_on in enumerate(sorted(by_day), 1)
    )


def _sum_of(number: int, due_on: date, parts: list[tuple[Share, Line]]) -> Line:
    lines = [line for _share, line in parts]
    settled = [line.settled_on for line in lines if line.settled_on is not None]

    def total(name: str) -> Decimal:
        return sum((getattr(line, name) for line in lines), ZERO)

    return Line(
        number=number,
        from_on=min(line.from_on for line in lines),
        due_on=due_on,
        principal=total("principal"),
        interest=total("interest"),
        principal_paid=total("principal_paid"),
        interest_paid=total("interest_paid"),
        overdue_interest=total("overdue_interest"),
        overdue_interest_paid=total("overdue_interest_paid"),
        settled_on=max(settled) if len(settled) == len(lines) else None,
        days_overdue=max(line.days_overdue for line in lines),
        parts=tuple(parts),
    )
