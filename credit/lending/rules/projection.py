"""What is stored of a share: its events replayed, as sums, instalments and the parts of each payment.

Everything here is a function of the events, and of the day only where being due or late is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from core.exact import ZERO, to_fen
from credit.lending.rules.amortise import schedule
from credit.lending.rules.books import Standing
from credit.lending.rules.overdue import Bucket
from credit.lending.rules.replay import apply, counted, project, replay
from credit.lending.rules.share import Event, Paid, ShareRow, ShareState, ShareTerms
from credit.lending.rules.states.share import ShareState as Where
from credit.lending.rules.terms import CustomDue, Method, Terms


@dataclass(frozen=True, slots=True)
class Parts:
    """What one payment paid; together they are the payment (I5)."""

    costs: Decimal = ZERO
    overdue_interest: Decimal = ZERO
    interest: Decimal = ZERO
    principal: Decimal = ZERO
    unallocated: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """The payment."""
        return (
            self.costs + self.overdue_interest + self.interest + self.principal + self.unallocated
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One instalment as it stands: ``interest`` is what it asks for, or will on its day."""

    number: int
    from_on: date
    due_on: date
    principal: Decimal
    interest: Decimal
    principal_paid: Decimal
    interest_paid: Decimal
    settled_on: date | None


@dataclass(frozen=True, slots=True)
class Projection:
    """A share after all its events. ``standing`` counts what was given back of over-payments.

    ``next_due_on`` is the oldest unpaid instalment's day, to come or past: from it alone the night
    tells whether and how long the share is overdue.
    """

    where: Where
    standing: Standing
    next_due_on: date | None
    overdue_since: date | None
    bucket: Bucket
    settled_on: date | None
    lines: tuple[Line, ...]
    parts: Mapping[str, Parts]
    state: ShareState


def project_events(
    terms: ShareTerms, events: Iterable[Event], returned: Decimal, as_of: date
) -> Projection:
    """Replay the events and say what is to be stored on ``as_of``.

    ``returned`` is what the lender has given back of over-payments. The lines do not depend on
    ``as_of``: an instalment that has not come yet asks for what will have accrued by its day.
    """
    events = list(events)
    last, parts = _paid_parts(terms, events)
    state = project(terms, last, as_of) if as_of > last.on else last
    # From the last event, not from ``as_of``: where the ceiling is tight, a fen that one day leaves
    # no room for may find it on another, and nobody writes rows for that.
    final = project(terms, last, max(last.on, *(row.due_on for row in last.rows)))
    lines = _lines(terms, final)
    open_days = [line.due_on for line in lines if line.settled_on is None]
    late = state.bucket != Bucket.CURRENT
    return Projection(
        where=_where(state),
        standing=Standing(
            principal_outstanding=state.principal_outstanding,
            principal_paid=state.principal_paid,
            interest_paid=state.interest_paid,
            overdue_interest_paid=state.overdue_interest_paid,
            costs_paid=state.costs_paid,
            unallocated=state.unallocated - returned,
            written_off=state.written_off,
        ),
        next_due_on=min(open_days, default=None) if _where(state) == Where.FORMED else None,
        overdue_since=state.overdue_since if late else None,
        bucket=state.bucket,
        settled_on=state.settled_on if _where(state) == Where.SETTLED else None,
        lines=lines,
        parts=parts,
        state=state,
    )


def _where(state: ShareState) -> Where:
    if state.written_off_on is not None:
        return Where.WRITTEN_OFF
    return Where.FORMED if state.settled_on is None else Where.SETTLED


def _paid_parts(terms: ShareTerms, events: Sequence[Event]) -> tuple[ShareState, dict[str, Parts]]:
    """The state after the last event and, by the payment's id, how the sums moved when it came."""
    state = replay(terms, [], terms.delivered_on)
    parts: dict[str, Parts] = {}
    for event in counted(events):
        before, state = state, apply(terms, state, event)
        if isinstance(event, Paid):
            parts[event.id] = Parts(
                costs=state.costs_paid - before.costs_paid,
                overdue_interest=state.overdue_interest_paid - before.overdue_interest_paid,
                interest=state.interest_paid - before.interest_paid,
                principal=state.principal_paid - before.principal_paid,
                unallocated=state.unallocated - before.unallocated,
            )
    return state, parts


def _lines(terms: ShareTerms, final: ShareState) -> tuple[Line, ...]:
    begins = [terms.delivered_on, *(row.due_on for row in final.rows)]
    return tuple(
        Line(
            number=row.number,
            from_on=min(begin, row.due_on),
            due_on=row.due_on,
            principal=row.principal,
            interest=row.interest,
            principal_paid=row.principal_paid,
            interest_paid=row.interest_paid,
            settled_on=row.settled_on,
        )
        for begin, row in zip(begins, final.rows, strict=False)
    )


def share_terms(
    terms: Terms,
    *,
    amounts: Sequence[Decimal],
    position: int,
    delivered_on: date,
    annual_rate: Decimal,
    overdue_rate: Decimal,
    cap_rate: Decimal,
) -> ShareTerms:
    """What one lender's part of a contract asks for, once delivered: the contract's due days, its
    own amount, day and rate.

    ``amounts`` are the parts of all lenders in the order of the contract, ``position`` whose.
    """
    own = terms.of(amounts[position], delivered_on)
    if terms.method == Method.CUSTOM:
        own = _custom(own, terms.custom_due, amounts, position)
    return ShareTerms.of(
        schedule(replace(own, annual_rate=annual_rate)),
        delivered_on=delivered_on,
        annual_rate=annual_rate,
        overdue_rate=min(overdue_rate, cap_rate),
        cap_rate=cap_rate,
    )


def _custom(
    own: Terms, dues: Sequence[CustomDue], amounts: Sequence[Decimal], position: int
) -> Terms:
    """Sums set by hand, divided so that each day's parts and each lender's parts sum exactly.

    What all lenders up to one have got by a day is rounded; a part is a difference of those.
    """
    before = sum(amounts[:position], ZERO)
    until = before + amounts[position]
    whole = sum(amounts, ZERO)
    got = due_so_far = ZERO
    parts = []
    for due in dues:
        due_so_far += due.principal
        share = to_fen(due_so_far * until / whole) - to_fen(due_so_far * before / whole)
        parts.append(CustomDue(due.on, share - got))
        got = share
    return replace(own, custom_due=tuple(parts))


def terms_to_json(terms: ShareTerms) -> dict[str, Any]:
    """A share's terms as its delivery keeps them: figures as text, ISO dates."""
    return {
        "principal": str(terms.principal),
        "delivered_on": terms.delivered_on.isoformat(),
        "annual_rate": str(terms.annual_rate),
        "overdue_rate": str(terms.overdue_rate),
        "cap_rate": str(terms.cap_rate),
        "rows": [
            [row.number, row.due_on.isoformat(), str(row.principal), str(row.interest)]
            for row in terms.rows
        ],
    }


def terms_from_json(data: Mapping[str, Any]) -> ShareTerms:
    """Terms as ``terms_to_json`` wrote them."""
    return ShareTerms(
        principal=Decimal(data["principal"]),
        delivered_on=date.fromisoformat(data["delivered_on"]),
        rows=tuple(
            ShareRow(number, date.fromisoformat(due_on), Decimal(principal), Decimal(interest))
            for number, due_on, principal, interest in data["rows"]
        ),
        annual_rate=Decimal(data["annual_rate"]),
        overdue_rate=Decimal(data["overdue_rate"]),
        cap_rate=Decimal(data["cap_rate"]),
    )
