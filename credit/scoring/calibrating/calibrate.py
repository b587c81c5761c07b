"""The whole way from a table of cases to a draft card and a report about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np

from credit.scoring.calibrating.drafting import coding, draft_card
from credit.scoring.calibrating.fitting import Model, Scored, fit
from credit.scoring.calibrating.measuring import Report, cross_validate, rounded
from credit.scoring.calibrating.table import BadTable, Table
from credit.scoring.rules.card import Card

# With fewer of either end, AUC and weights are noise; below FEW they are to be taken with care.
LEAST, FEW = 30, 200


@dataclass(frozen=True, slots=True)
class Calibration:
    """A draft card, the model behind it, how good it is, and what to be careful about."""

    card: Card
    model: Model
    report: Report
    grades: tuple[tuple[str, int, int], ...]
    warnings: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The report as plain data: measures with their spread, tenths, grades, bins, coding."""
        plain: dict[str, Any] = rounded(asdict(self.report))
        grades = [dict(zip(("code", "cases", "bads"), row, strict=True)) for row in self.grades]
        return plain | {
            "warnings": list(self.warnings),
            "points_that_double_the_odds": rounded(self.model.odds_double),
            "grades": grades,
            "coding": coding(self.model),
            "characteristics": [_evidence(one) for one in self.model.characteristics],
        }


def calibrate(
    table: Table, *, like: Card, on: date, folds: int = 5, repeats: int = 10, seed: int = 0
) -> Calibration:
    """Fit on all cases, judge by folds. ``like`` lends grades, limit, vetoes and known words.

    Raises:
        BadTable: fewer than thirty of either end, or no column that tells them apart.
    """
    warnings = _enough(table)
    report = cross_validate(table, folds=folds, repeats=repeats, seed=seed)
    model = fit(table)
    source = (
        f"{on:%Y-%m-%d} 用 {report.cases} 笔有结果的记录校准，其中 {report.bads} 笔没有按约还清。"
        f"等级、否决项和额度公式沿用“{like.title}”，批准前请按各等级的实际情况核对。"
    )
    card = draft_card(model, like=like, title=f"校准草稿 {on:%Y-%m-%d}", source=source)
    return Calibration(card, model, report, _grades(card, model, table), warnings)


def _enough(table: Table) -> tuple[str, ...]:
    """A warning if there are few.

    Source: reference practice, thirty bads before an AUC is shown; expert cards hold their own
    below a hundred or two.
    """
    bads = int(table.bad.sum())
    fewest = min(bads, len(table.bad) - bads)
    if fewest < LEAST:
        raise BadTable(
            f"没有按约还清的有 {bads} 笔，按约还清的有 {len(table.bad) - bads} 笔，每种至少要 {LEAST} 笔"
        )
    if bads < FEW:
        return (f"没有按约还清的只有 {bads} 笔，不到 {FEW} 笔：分数会晃动，请和专家卡对照着用",)
    return ()


def _grades(card: Card, model: Model, table: Table) -> tuple[tuple[str, int, int], ...]:
    """Cases and bads by the grade that the draft would give."""
    starts = np.array([float(one.at_least) for one in card.grades[::-1]])
    totals = np.clip(np.round(model.totals(table), 2), 0, 100)
    places = np.searchsorted(starts, totals, side="right") - 1
    found = []
    for at, grade in enumerate(card.grades[::-1]):
        of_it = places == at
        found.append((grade.code, int(of_it.sum()), int(table.bad[of_it].sum())))
    return tuple(found[::-1])


def _evidence(one: Scored) -> dict[str, Any]:
    """Why a characteristic has these bins: cases, bads and weight of each, and of the unknown."""
    binning = one.binning
    bins = zip(binning.cases, binning.bads, binning.weights, strict=True)
    return {
        "code": binning.code,
        "information_value": rounded(binning.value),
        "bins": [
            {"cases": int(cases), "bads": int(bads), "weight": rounded(float(weight))}
            for cases, bads, weight in bins
        ],
        "missing": {
            "cases": binning.missing_cases,
            "bads": binning.missing_bads,
            "weight": rounded(binning.missing_weight),
        },
    }
