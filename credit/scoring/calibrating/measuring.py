"""How well a model tells good from bad, and whether its risks are true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import brier_score_loss, roc_auc_score, roc_curve
from sklearn.model_selection import RepeatedStratifiedKFold

from credit.scoring.calibrating.fitting import fit
from credit.scoring.calibrating.table import Flags, Floats, Table

TENTHS = 10


@dataclass(frozen=True, slots=True)
class Spread:
    """One measure over all folds."""

    mean: float
    deviation: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Tenth:
    """A tenth of the cases by predicted risk: how many, how many bad, and as predicted."""

    cases: int
    bads: int
    predicted: float


@dataclass(frozen=True, slots=True)
class Report:
    """What cases outside the fit say. ``tenths`` run from the highest risk to the lowest."""

    cases: int
    bads: int
    folds: int
    repeats: int
    measures: dict[str, Spread]
    predicted_rate: float
    observed_rate: float
    tenths: tuple[Tenth, ...]


def cross_validate(table: Table, *, folds: int, repeats: int, seed: int) -> Report:
    """Repeated stratified folds; everything, the bins too, is fitted anew without the fold."""
    splits = RepeatedStratifiedKFold(n_splits=folds, n_repeats=repeats, random_state=seed)
    sums = np.zeros(len(table.bad))
    rows = []
    for learnt, held_out in splits.split(sums, table.bad):
        model, unseen = fit(table.of(learnt)), table.of(held_out)
        risks = model.risks(model.totals(unseen))
        rows.append(measures(unseen.bad, risks))
        sums[held_out] += risks
    risks = sums / repeats
    spread = {name: _spread(np.array([row[name] for row in rows])) for name in rows[0]}
    return Report(
        len(table.bad),
        int(table.bad.sum()),
        folds,
        repeats,
        spread,
        float(risks.mean()),
        float(table.bad.mean()),
        _tenths(table.bad, risks),
    )


def measures(bad: Flags, risks: Floats) -> dict[str, float]:
    """AUC, Gini = 2 AUC − 1, KS (largest distance of the two distributions), Brier score.

    >>> measures(np.array([True, False]), np.array([0.9, 0.2]))
    {'auc': 1.0, 'gini': 1.0, 'ks': 1.0, 'brier': 0.025}
    """
    auc = float(roc_auc_score(bad, risks))
    false_alarms, hits, _ = roc_curve(bad, risks, drop_intermediate=False)
    brier = float(brier_score_loss(bad, risks))
    ks = float((hits - false_alarms).max())
    return {"auc": auc, "gini": 2 * auc - 1, "ks": ks, "brier": round(brier, 12)}


def _spread(values: Floats) -> Spread:
    return Spread(
        float(values.mean()), float(values.std(ddof=1)), float(values.min()), float(values.max())
    )


def _tenths(bad: Flags, risks: Floats) -> tuple[Tenth, ...]:
    order = np.argsort(-risks, kind="stable")
    return tuple(
        Tenth(len(rows), int(bad[rows].sum()), float(risks[rows].mean()))
        for rows in np.array_split(order, TENTHS)
    )


def rounded(value: Any) -> Any:
    """A report's floats to four decimals, for JSON."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(one) for one in value]
    return value
