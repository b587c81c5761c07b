"""How the interest of each instalment of a running share came about: balances, days, rate, rounding.

The same walk as ``replay``, with the steps kept. The spans of an instalment times their days are its
yuan-days; rounded once, they are its interest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from core.exact import ZERO
from credit.lending.rules.amortise import interest_on
from credit.lending.rules.overdue import DAYS_OF_YEAR
from credit.lending.rules.replay import (
    Event,
    Paid,
    Reversed,
    ShareState,
    ShareTerms,
    apply,
    ordered,
    project,
    replay,
)
from credit.lending.rules.rounding import Rounding, exact
from credit.lending.rules.schedule import Explained, Formula, Span


@dataclass(slots=True)
class _Walk:
    terms: ShareTerms
    as_of: date
    interest: dict[int, list[Span]] = field(default_factory=dict)
    overdue: dict[int, list[Span]] = field(default_factory=dict)

    def until(self, state: ShareState, day: date) -> ShareState:
        """Let days pass from one due day to the next, noting who accrued on what."""
        while state.on < day:
            stop = min([day, *(row.due_on for row in state.rows if row.due_on > state.on)])
            if state.written_off_on is None:
                self._note(state, stop)
            state = project(self.terms, state, stop)
        return state

    def _note(self, state: ShareState, stop: date) -> None:
        coming = [row for row in state.rows if row.due_on > state.on]
        current = next((row for row in coming if row.settled_on is None), None)
        if current is not None:
            balance = sum((row.principal_owed for row in coming), ZERO)
            _add(self.interest, current.number, state.on, stop, balance)
        late_until = min(stop, self.as_of)
        for row in state.rows:
            if row.due_on <= state.on < late_until:
                _add(self.overdue, row.number, state.on, late_until, row.principal_owed)


def _add(
    spans: dict[int, list[Span]], number: int, start: date, stop: date, balance: Decimal
) -> None:
    """One more stretch of days; it joins the one before if nothing changed."""
    if not balance:
        return
    found = spans.setdefault(number, [])
    if found and found[-1].to_on == start and found[-1].balance == balance:
        start = found.pop().from_on
    found.append(Span(start, stop, balance, (stop - start).days, DAYS_OF_YEAR))


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """The arithmetic of one instalment: its interest, and its overdue interest to a day."""

    interest: Explained
    overdue: Explained | None


def explain(terms: ShareTerms, events: Iterable[Event], as_of: date) -> dict[int, Arithmetic]:
    """By number of instalment: interest to its due day, overdue interest to ``as_of``.

    Later events are left out, as in ``replay``.
    """
    events = [event for event in events if event.on <= as_of]
    gone = {event.of for event in events if isinstance(event, Reversed)}
    walk = _Walk(terms, as_of)
    state = replay(terms, [], terms.delivered_on)
    for event in ordered(events):
        if isinstance(event, Reversed) or (isinstance(event, Paid) and event.id in gone):
            continue
        state = apply(terms, walk.until(state, event.on), event)
    state = walk.until(state, as_of)
    walk.until(state, max(row.due_on for row in state.rows))
    with exact():
        return {
            row.number: Arithmetic(
                _explained(walk.interest.get(row.number, []), terms.annual_rate),
                _explained(walk.overdue[row.number], terms.overdue_rate)
                if row.number in walk.overdue
                else None,
            )
            for row in state.rows
        }


def _explained(spans: list[Span], rate: Decimal) -> Explained:
    return Explained(
        formula=Formula.BALANCE,
        opening=spans[0].balance if spans else ZERO,
        rate=rate,
        spans=tuple(spans),
        unrounded=interest_on(spans, rate) if spans else ZERO,
        rounding=Rounding(),
    )
