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
from credit.lending.rules.book import Book
from credit.lending.rules.overdue import DAYS_OF_YEAR
from credit.lending.rules.replay import happened
from credit.lending.rules.rounding import Rounding, exact
from credit.lending.rules.schedule import Explained, Formula, Span
from credit.lending.rules.share import Event, ShareState, ShareTerms


@dataclass(slots=True)
class _Steps:
    """Who accrued on what: notes of each stretch of days, by number of instalment."""

    as_of: date
    interest: dict[int, list[Span]] = field(default_factory=dict)
    overdue: dict[int, list[Span]] = field(default_factory=dict)

    def note(self, book: Book, stop: date) -> None:
        coming = [row for row in book.rows if row.due_on > book.on]
        current = next((row for row in coming if row.settled_on is None), None)
        if current is not None:
            balance = sum((row.principal_owed for row in coming), ZERO)
            _add(self.interest, current.number, book.on, stop, balance)
        late_until = min(stop, self.as_of)
        for row in book.rows:
            if row.due_on <= book.on < late_until:
                _add(self.overdue, row.number, book.on, late_until, row.principal_owed)


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


def explain(
    terms: ShareTerms, events: Iterable[Event], as_of: date
) -> tuple[ShareState, dict[int, Arithmetic]]:
    """The share on ``as_of`` with all asked for, and how it came about, in one walk.

    By number of instalment: interest to its due day, overdue interest to ``as_of``. Later events
    are left out, as in ``replay``.

    Raises:
        ValueError: as for ``replay``.
    """
    steps = _Steps(as_of)
    with exact():
        book = Book.opened(terms)
        book.note = steps.note
        happened(book, events, as_of).charge()
        state = book.state()
        book = Book.of(terms, state)
        book.note = steps.note
        book.advance(max(as_of, *(row.due_on for row in state.rows)))
        return state, {
            row.number: Arithmetic(
                _explained(steps.interest.get(row.number, []), terms.annual_rate),
                _explained(steps.overdue[row.number], terms.overdue_rate)
                if row.number in steps.overdue
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
