"""Monotone bins of one column, each with its weight of evidence.

Source: Siddiqi, Credit Risk Scorecards (2006), ch. 6; the smoothing shrinks a bin that nobody is
in to the whole, so that it says nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from credit.scoring.calibrating.table import Column, Flags, Floats

SMALLEST_SHARE = 0.05
FINEST = 20
MOST = 6
# Neighbours whose bad rates differ less than chance does (chi-square, one degree, p = 0.1) are one.
ALIKE = 2.71
# Cases of average quality that are added to every bin.
SMOOTHING = 1.0


@dataclass(frozen=True, slots=True)
class Binning:
    """Bins from low to high: ``cuts`` between them, weights of evidence, and their cases.

    For a column of texts a value is its place in ``order``, from the most bad to the least.
    """

    code: str
    order: tuple[str, ...]
    cuts: Floats
    weights: Floats
    missing_weight: float
    cases: Floats
    bads: Floats
    missing_cases: int
    missing_bads: int
    value: float

    def places(self, column: Column) -> Floats:
        """The values to which the cuts apply; a text that was not seen is unknown."""
        if not self.order:
            return column.values
        place = {label: float(at) for at, label in enumerate(self.order)}
        known = np.array([place.get(label, np.nan) for label in column.labels] + [np.nan])
        return known[np.where(np.isnan(column.values), -1, column.values).astype(int)]

    def numbers(self, column: Column) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        """The bin of each case, the one after the last for the unknown."""
        places = self.places(column)
        found = np.searchsorted(self.cuts, places, side="right")
        return np.where(np.isnan(places), len(self.weights), found)

    def weighed(self, column: Column) -> Floats:
        """The weight of evidence of each case."""
        return np.append(self.weights, self.missing_weight)[self.numbers(column)]


def bin_column(column: Column, bad: Flags) -> Binning | None:
    """The monotone binning with the most information, or None if all known cases fall into one bin.

    Every bin holds at least a twentieth of all cases; what is unknown is a bin of its own.
    """
    order = _order(column, bad)
    # The binning's own way from texts to places, before there are bins.
    bare = Binning(column.code, order, *[np.array([])] * 2, 0.0, *[np.array([])] * 2, 0, 0, 0.0)
    places = bare.places(column)
    known = ~np.isnan(places)
    smallest = SMALLEST_SHARE * len(bad)
    start = _merged(_fine(places[known], bad[known]), _too_small(smallest))
    ways = [_merged(_merged(start, _falling(sign)), _alike) for sign in (1, -1)]
    best = max((_finished(bare, bins, ~known, bad) for bins in ways), key=lambda one: one.value)
    return best if len(best.cuts) else None


def _order(column: Column, bad: Flags) -> tuple[str, ...]:
    """Texts by how many of their cases went bad; ties by the text."""
    rate = bad.mean()
    keys = []
    for at, label in enumerate(column.labels):
        of_it = column.values == at
        if of_it.any():
            shrunk = (bad[of_it].sum() + SMOOTHING * rate) / (of_it.sum() + SMOOTHING)
            keys.append((-shrunk, label))
    return tuple(label for _, label in sorted(keys))


# Bins in the making: rows of [lowest value, cases, bads].
def _fine(values: Floats, bad: Flags) -> Floats:
    """At most twenty bins of about equal size; each begins at a value that occurs."""
    if not len(values):
        return np.empty((0, 3))
    at = np.linspace(0, 1, FINEST + 1)[:-1]
    lows = np.unique(np.quantile(values, at, method="inverted_cdf"))
    numbers = np.searchsorted(lows, values, side="right") - 1
    cases = np.bincount(numbers, minlength=len(lows))
    bads = np.bincount(numbers, weights=bad, minlength=len(lows))
    return np.column_stack([lows, cases, bads])


Choice = Callable[[Floats], int | None]


def _merged(bins: Floats, choose: Choice) -> Floats:
    """Join the bin that ``choose`` names with the next one, as long as it names one."""
    while len(bins) > 1 and (at := choose(bins)) is not None:
        joined = [bins[at][0], *(bins[at][1:] + bins[at + 1][1:])]
        bins = np.vstack([bins[:at], joined, bins[at + 2 :]])
    return bins


def _too_small(smallest: float) -> Choice:
    """Names the smallest bin that is too small, towards the neighbour that is more like it."""

    def choose(bins: Floats) -> int | None:
        at = int(bins[:, 1].argmin())
        if bins[at][1] >= smallest:
            return None
        if at in (0, len(bins) - 1):
            return min(at, len(bins) - 2)
        apart = _apart(bins)
        return at if apart[at] <= apart[at - 1] else at - 1

    return choose


def _falling(sign: int) -> Choice:
    """Names the first pair whose bad rates do not fall (rise, for -1) with the value."""

    def choose(bins: Floats) -> int | None:
        steps = sign * np.diff(bins[:, 2] / bins[:, 1])
        wrong = np.flatnonzero(steps >= 0)
        return int(wrong[0]) if len(wrong) else None

    return choose


def _alike(bins: Floats) -> int | None:
    """Names the pair that is most alike, if it is too alike or there are too many bins."""
    apart = _apart(bins)
    at = int(apart.argmin())
    return at if apart[at] < ALIKE or len(bins) > MOST else None


def _apart(bins: Floats) -> Floats:
    """Chi-square of each bin and the next."""
    cases, bads = bins[:, 1], bins[:, 2]
    both_cases, both_bads = cases[:-1] + cases[1:], bads[:-1] + bads[1:]
    rate = both_bads / both_cases
    spread = rate * (1 - rate) * (1 / cases[:-1] + 1 / cases[1:])
    gap = bads[:-1] / cases[:-1] - bads[1:] / cases[1:]
    return np.where(spread > 0, gap**2 / np.where(spread > 0, spread, 1), 0.0)


def _finished(bare: Binning, bins: Floats, missing: Flags, bad: Flags) -> Binning:
    """Weights and information value; ``missing`` marks the cases in no bin."""
    cases = np.append(bins[:, 1], missing.sum())
    bads = np.append(bins[:, 2], bad[missing].sum())
    weights, value = _weights(cases, bads, bad)
    return Binning(
        bare.code,
        bare.order,
        bins[1:, 0],
        weights[:-1],
        float(weights[-1]),
        cases[:-1],
        bads[:-1],
        int(cases[-1]),
        int(bads[-1]),
        value,
    )


def _weights(cases: Floats, bads: Floats, bad: Flags) -> tuple[Floats, float]:
    """ln(share of the good / share of the bad) of each bin, and Σ(difference · weight).

    With one average case added to each; a bin that nobody is in weighs nothing.
    """
    rate = bad.mean()
    goods = cases - bads
    odds = (goods + SMOOTHING * (1 - rate)) / (bads + SMOOTHING * rate)
    weights = np.log(odds) - np.log((1 - rate) / rate)
    return weights, float(((goods / (~bad).sum() - bads / bad.sum()) * weights).sum())
