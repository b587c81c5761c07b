"""Figures of many scores: their middle, how grades moved, and whether the whole has shifted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum

ZERO = Decimal(0)
_HALF = Decimal("0.5")
_HUNDREDTH = Decimal("0.01")
_PLACES = Decimal("0.0001")
_DIGITS = 40
STABLE_BELOW, SHIFTED_ABOVE = Decimal("0.1"), Decimal("0.25")


class Reading(StrEnum):
    """What a stability index says."""

    STABLE = "stable"
    WATCH = "watch"
    SHIFTED = "shifted"


def mean(totals: Mapping[Decimal, int]) -> Decimal | None:
    """The mean of values with their counts, to two decimals; None of nothing.

    >>> mean({Decimal("60.00"): 2, Decimal("90.00"): 1})
    Decimal('70.00')
    """
    count = sum(totals.values())
    if not count:
        return None
    whole = sum((value * times for value, times in totals.items()), ZERO)
    return (whole / count).quantize(_HUNDREDTH)


def median(totals: Mapping[Decimal, int]) -> Decimal | None:
    """The middle value, of an even number the mean of the two in the middle; None of nothing.

    >>> median({Decimal("60.00"): 2, Decimal("90.00"): 2})
    Decimal('75.00')
    """
    count = sum(totals.values())
    if not count:
        return None
    low, high = _value_at(totals, (count - 1) // 2), _value_at(totals, count // 2)
    return ((low + high) / 2).quantize(_HUNDREDTH)


def _value_at(totals: Mapping[Decimal, int], place: int) -> Decimal:
    """The value at a place, counted from 0, when all stand in order."""
    seen = 0
    for value in sorted(totals):
        seen += totals[value]
        if seen > place:
            return value
    raise LookupError(place)


@dataclass(frozen=True, slots=True)
class Movement:
    """From the grade of a row to that of a column; the ends are in the order of ``grades``.

    ``came``: not scored then, by grade now; ``went``: not scored now, by grade then.
    """

    grades: tuple[str, ...]
    cells: tuple[tuple[int, ...], ...]
    came: tuple[int, ...]
    went: tuple[int, ...]

    @property
    def better(self) -> int:
        """How many stand in a higher grade now; grades stand from the highest down."""
        return self._counted(lambda before, now: now < before)

    @property
    def worse(self) -> int:
        """How many stand in a lower grade now."""
        return self._counted(lambda before, now: now > before)

    @property
    def same(self) -> int:
        """How many stand where they stood."""
        return self._counted(lambda before, now: now == before)

    def _counted(self, wanted: Callable[[int, int], bool]) -> int:
        return sum(
            count
            for before, row in enumerate(self.cells)
            for now, count in enumerate(row)
            if wanted(before, now)
        )


def movement(
    grades: Sequence[str],
    moved: Mapping[tuple[str, str], int],
    *,
    then: Mapping[str, int],
    now: Mapping[str, int],
) -> Movement:
    """The matrix of who moved from which grade to which.

    ``moved``: counts of (grade then, grade now) of those scored both times; ``then`` and ``now``:
    all who were scored at either time, by grade. Nothing is lost: a row with who went sums to
    ``then``, a column with who came to ``now``.
    """
    order = tuple(grades)
    cells = tuple(tuple(moved.get((a, b), 0) for b in order) for a in order)
    stayed = [sum(row) for row in cells]
    arrived = [sum(row[at] for row in cells) for at in range(len(order))]
    return Movement(
        order,
        cells,
        came=tuple(now.get(code, 0) - arrived[at] for at, code in enumerate(order)),
        went=tuple(then.get(code, 0) - stayed[at] for at, code in enumerate(order)),
    )


def stability(then: Sequence[int], now: Sequence[int]) -> Decimal | None:
    """The population stability index between two distributions over the same bins, 4 decimals.

    The sum over the bins of (share now - share then) x ln(share now / share then). A bin that is
    empty at one time counts as half a member there, so that a small union's first member in a
    grade is no landslide; a bin that is empty at both says nothing. None where nobody is counted.

    Source: N. Siddiqi, Credit Risk Scorecards (2006), ch. 9: below 0.1 no change, up to 0.25 some
    change, above it a shift.

    >>> stability([50, 50], [50, 50])
    Decimal('0.0000')
    >>> stability([50, 50], [25, 75])
    Decimal('0.2747')
    """
    all_then, all_now = sum(then), sum(now)
    if not all_then or not all_now:
        return None
    with localcontext() as context:
        context.prec = _DIGITS
        terms = (
            _term(_share(was, all_then), _share(is_, all_now))
            for was, is_ in zip(then, now, strict=True)
            if was or is_
        )
        return sum(terms, ZERO).quantize(_PLACES)


def _share(count: int, whole: int) -> Decimal:
    return (Decimal(count) if count else _HALF) / whole


def _term(was: Decimal, now: Decimal) -> Decimal:
    return (now - was) * (now.ln() - was.ln())


def reading_of(index: Decimal) -> Reading:
    """The usual reading: below 0.1 stable, to 0.25 inclusive to be watched, above it shifted."""
    if index < STABLE_BELOW:
        return Reading.STABLE
    return Reading.SHIFTED if index > SHIFTED_ABOVE else Reading.WATCH


def share_percent(part: int, whole: int) -> Decimal:
    """A part in percent of a whole, one decimal; 0 of nothing.

    >>> share_percent(1, 3)
    Decimal('33.3')
    """
    if not whole:
        return Decimal("0.0")
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"))


def counted(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Counts by code, added up."""
    found: dict[str, int] = {}
    for code, count in pairs:
        found[code] = found.get(code, 0) + count
    return found
