"""One lender's share of a loan, computed from what happened to it: a function of events and a day.

Interest is simple: every day, the principal owed × rate / 365. Sums of principal × days
("yuan-days") are kept exact; money is rounded half-up from them, once for each instalment. Between
two events all figures are closed forms of the day, written down in ``docs/lending-engine.md``; the
nightly SQL follows them.

Source: Civil Code 561 (order), 677 (early payment); 法释〔2020〕17号 Arts. 25, 28-30.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from credit.lending.rules.book import Book
from credit.lending.rules.rounding import exact
from credit.lending.rules.share import (
    CostAdded,
    CostRemoved,
    Event,
    Paid,
    Payoff,
    Reversed,
    ShareState,
    ShareTerms,
)


def replay(
    terms: ShareTerms, events: Iterable[Event], as_of: date, *, asked: bool = False
) -> ShareState:
    """The share on ``as_of``. Later events are left out; the order of the input does not matter.

    Events count in the order of their day, then of their ``sequence``. A reversed payment and a cost
    that was taken back are left out altogether, whenever that was. ``asked``: the rows ask for all that has accrued.

    Raises:
        ValueError: an event before the delivery, or ``as_of`` is.
    """
    with exact():
        book = happened(Book.opened(terms), events, as_of)
        if asked:
            book.charge()
        return book.state()


def happened(book: Book, events: Iterable[Event], as_of: date) -> Book:
    """A new book after all that happened until ``as_of``; the caller computes ``exact``.

    Raises:
        ValueError: as for ``replay``.
    """
    delivered_on = book.terms.delivered_on
    if as_of < delivered_on:
        raise ValueError("a share has no state before its delivery")
    counting = [event for event in counted(events) if event.on <= as_of]
    if counting and counting[0].on < delivered_on:
        raise ValueError("nothing can happen to a share before its delivery")
    for event in counting:
        book.happen(event)
    book.advance(as_of)
    return book


def project(terms: ShareTerms, state: ShareState, day: date) -> ShareState:
    """The state on a later day if nothing happens until then: the same as replaying to that day."""
    with exact():
        book = Book.of(terms, state)
        book.advance(day)
        return book.state()


def apply(terms: ShareTerms, state: ShareState, event: Event) -> ShareState:
    """The state after one more event on or after the state's day.

    Raises:
        ValueError: the event is earlier, or takes another back: both need ``replay``.
    """
    if event.on < state.on or isinstance(event, Reversed | CostRemoved):
        raise ValueError("only a replay can change the past")
    with exact():
        book = Book.of(terms, state)
        book.happen(event)
        return book.state()


def payoff(terms: ShareTerms, events: Iterable[Event], on: date) -> Payoff:
    """What settles the share on a day, interest counted to that day."""
    return payoff_of(replay(terms, events, on))


def payoff_of(state: ShareState) -> Payoff:
    """What settles the share on the day of the state."""
    return Payoff(
        state.on,
        state.costs_owed,
        state.interest_owed,
        state.overdue_interest_owed,
        state.principal_outstanding + state.written_off,
    )


def counted(events: Iterable[Event]) -> list[Event]:
    """Events in order, without those that were taken back and without what took them back."""
    events = list(events)
    payments = {event.of for event in events if isinstance(event, Reversed)}
    costs = {event.of for event in events if isinstance(event, CostRemoved)}
    return [
        event
        for event in ordered(events)
        if not isinstance(event, Reversed | CostRemoved)
        and not (isinstance(event, Paid) and event.id in payments)
        and not (isinstance(event, CostAdded) and event.id in costs)
    ]


def _order(event: Event) -> tuple[date, int, str]:
    return event.on, event.sequence, event.id if isinstance(event, Paid) else ""


def ordered(events: Iterable[Event]) -> list[Event]:
    """Events as ``replay`` takes them, reversals and reversed payments included."""
    return sorted(events, key=_order)
