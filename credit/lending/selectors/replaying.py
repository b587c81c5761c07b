"""A share's stored events as the engine reads them. No clock, no write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from core.dates import business_date
from core.exact import ZERO
from credit.lending.models import LoanEvent, Repayment, Share
from credit.lending.rules.projection import Projection, project_events, terms_from_json
from credit.lending.rules.replay import replay
from credit.lending.rules.share import (
    CostAdded,
    CostRemoved,
    Event,
    Extended,
    Paid,
    Reversed,
    ShareState,
    ShareTerms,
    WrittenOff,
)

DELIVERED_STATES = ("formed", "settled", "written_off")

PENDING = (Repayment.State.DECLARED, Repayment.State.DISPUTED)

Kind = LoanEvent.Kind


@dataclass(frozen=True)
class History:
    """What a delivered share agreed to and what happened to it since.

    ``returned`` is what went back of over-payments; ``recorded_on`` the day of the last record,
    ``count`` how many events there are.
    """

    terms: ShareTerms
    events: tuple[Event, ...]
    returned: Decimal
    recorded_on: date
    count: int

    def on(self, day: date) -> ShareState:
        """The share on a day, as it is now known to have been, all asked for that has accrued."""
        return replay(self.terms, self.events, day, asked=True)

    def followed_by(self, event: Event) -> History:
        """The same with one more event."""
        return replace(self, events=(*self.events, event), count=self.count + 1)

    def if_confirmed(self, waiting: Iterable[Repayment]) -> History:
        """The same as if payments that wait for a word counted, each from its day."""
        paid = (Paid(row.paid_on, row.amount, str(row.pk), self.count + row.pk) for row in waiting)
        return replace(self, events=(*self.events, *paid))

    def projected(self, as_of: date) -> Projection:
        """What is to be stored."""
        return project_events(self.terms, self.events, self.returned, as_of)


def events_of(share: Share) -> list[LoanEvent]:
    """A share's events in the order in which they were recorded."""
    return list(share.events.order_by("sequence"))


def history_of(events: Sequence[LoanEvent]) -> History:
    """The history that these events of one share tell; the first one is the delivery."""
    delivered = events[0]
    assert delivered.kind == Kind.DELIVERED, "the first event of a share is its delivery"
    return History(
        terms=terms_from_json(delivered.facts["terms"]),
        events=tuple(_event(row) for row in events if row.kind in _MADE_BY),
        returned=sum((row.amount for row in events if row.kind == Kind.RETURNED), ZERO),
        recorded_on=max(business_date(row.at) for row in events),
        count=len(events),
    )


def histories_of(shares: Iterable[Share]) -> dict[int, History]:
    """Histories of delivered shares by the share's key, in one query."""
    by_share: dict[int, list[LoanEvent]] = {}
    rows = LoanEvent.objects.filter(share__in=[share.pk for share in shares])
    for row in rows.order_by("share_id", "sequence"):
        by_share.setdefault(row.share_id, []).append(row)
    return {share_id: history_of(events) for share_id, events in by_share.items()}


def as_of(share: Share, history: History) -> date:
    """The day up to which the stored row tells what is due or late."""
    return max(filter(None, (history.recorded_on, share.closed_on)))


def _paid(row: LoanEvent) -> Event:
    return Paid(row.on, row.amount, str(row.repayment_id), row.sequence)


def _reversed(row: LoanEvent) -> Event:
    return Reversed(str(row.repayment_id), row.on, row.sequence)


def _extended(row: LoanEvent) -> Event:
    due = {int(number): date.fromisoformat(day) for number, day in row.facts["due"].items()}
    return Extended(row.on, due, row.sequence)


def _written_off(row: LoanEvent) -> Event:
    return WrittenOff(row.on, row.sequence)


def _cost_added(row: LoanEvent) -> Event:
    return CostAdded(row.on, row.amount, row.sequence, str(row.facts["cost"]))


def _cost_removed(row: LoanEvent) -> Event:
    return CostRemoved(str(row.facts["cost"]), row.on, row.sequence)


_MADE_BY = {
    Kind.PAID: _paid,
    Kind.REVERSED: _reversed,
    Kind.EXTENDED: _extended,
    Kind.WRITTEN_OFF: _written_off,
    Kind.COST_ADDED: _cost_added,
    Kind.COST_REMOVED: _cost_removed,
}


def _event(row: LoanEvent) -> Event:
    return _MADE_BY[Kind(row.kind)](row)
