"""Weights of evidence into one logistic model, and the model into points from 0 to 100.

Source: Siddiqi, Credit Risk Scorecards (2006), ch. 6. The scale is the card's own: the worst bin
of every characteristic earns nothing, the best bins together 100; ``odds_double`` says how many
points double the odds of a good end.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from sklearn.linear_model import LogisticRegression

from core.exact import split_by_largest_remainder
from credit.scoring.calibrating.binning import Binning, bin_column
from credit.scoring.calibrating.table import BadTable, Column, Floats, Table

# Below this information value a column says too little to be asked for.
LEAST_VALUE = 0.02
FULL = 100.0


@dataclass(frozen=True, slots=True)
class Scored:
    """A binning with the points of its bins and of the unknown."""

    binning: Binning
    points: Floats
    missing_points: float

    def earned(self, column: Column) -> Floats:
        """The points of each case."""
        return np.append(self.points, self.missing_points)[self.binning.numbers(column)]


@dataclass(frozen=True, slots=True)
class Model:
    """A card in the making: ``ln(good / bad) = offset + slope · total``."""

    characteristics: tuple[Scored, ...]
    offset: float
    slope: float

    @property
    def odds_double(self) -> float:
        """How many more points double the odds of a good end."""
        return math.log(2) / self.slope

    def totals(self, table: Table) -> Floats:
        """The points of each case, as the card adds them up."""
        columns = {column.code: column for column in table.columns}
        earned = [one.earned(columns[one.binning.code]) for one in self.characteristics]
        return np.asarray(np.sum(earned, axis=0))

    def risks(self, totals: Floats) -> Floats:
        """The probability that a case with so many points goes bad."""
        return 1 / (1 + np.exp(self.offset + self.slope * totals))


def fit(table: Table) -> Model:
    """Bin, fit, and scale to points of two decimals. Columns that say too little are left out.

    A column whose weight turns against its own bins, because another says the same better, is left
    out too: more of a good thing must never cost points.

    Raises:
        BadTable: no column tells good from bad.
    """
    found = [bin_column(column, table.bad) for column in table.columns]
    binnings = [one for one in found if one is not None and one.value >= LEAST_VALUE]
    columns = {column.code: column for column in table.columns}
    while binnings:
        weighed = np.column_stack([one.weighed(columns[one.code]) for one in binnings])
        slopes, offset = _logistic(weighed, table)
        if (slopes > 0).all():
            return _scaled(binnings, slopes, offset)
        del binnings[int(slopes.argmin())]
    raise BadTable("没有一列能把还清的和没还清的分开，做不出评分卡")


def _logistic(weighed: Floats, table: Table) -> tuple[Floats, float]:
    """Slopes by column and the offset, of the log odds of a good end."""
    model = LogisticRegression(C=1.0, max_iter=1_000).fit(weighed, ~table.bad)
    return model.coef_[0], float(model.intercept_[0])


def _scaled(binnings: list[Binning], slopes: Floats, offset: float) -> Model:
    """Shift every worst bin to 0 and stretch until the best bins sum to 100."""
    raw = [slope * one.weights for one, slope in zip(binnings, slopes, strict=True)]
    lows = [float(one.min()) for one in raw]
    spans = [float(one.max()) - low for one, low in zip(raw, lows, strict=True)]
    stretch = FULL / sum(spans)
    best = split_by_largest_remainder(Decimal(100), [Decimal(span) for span in spans])
    characteristics = []
    for one, slope, low, most in zip(binnings, slopes, lows, best, strict=True):
        earned = [
            min(float(most), round((slope * weight - low) * stretch, 2))
            for weight in (*one.weights, one.missing_weight)
        ]
        # The best bin takes the rounding, so that all best bins sum to 100.00.
        earned[int(one.weights.argmax())] = float(most)
        # What is unknown earns neither less than the worst bin nor more than the best.
        characteristics.append(Scored(one, np.array(earned[:-1]), max(0.0, earned[-1])))
    return Model(tuple(characteristics), offset + sum(lows), 1 / stretch)
