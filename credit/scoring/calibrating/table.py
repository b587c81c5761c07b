"""Cases from a CSV: columns of numbers, and whether each case went bad."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from credit.scoring.rules.card import CODE

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MISSING = frozenset({"", "na", "n/a", "nan", "null", "none"})


class BadTable(ValueError):
    """The file cannot be calibrated on; the message says why in Chinese."""


@dataclass(frozen=True, slots=True)
class Column:
    """One value a case, NaN where unknown. With ``labels`` a value is a place among these texts."""

    code: str
    values: Floats
    labels: tuple[str, ...] = ()

    def of(self, rows: NDArray[np.intp]) -> Column:
        """The same column of some cases only."""
        return Column(self.code, self.values[rows], self.labels)


@dataclass(frozen=True, slots=True)
class Table:
    """Columns, and which of the cases went bad."""

    columns: tuple[Column, ...]
    bad: Flags

    def of(self, rows: NDArray[np.intp]) -> Table:
        """Some of the cases."""
        return Table(tuple(column.of(rows) for column in self.columns), self.bad[rows])


def read_table(path: Path, *, outcome: str, good: str, bad: str) -> Table:
    """Read a CSV (UTF-8, a header of indicator codes) whose column ``outcome`` says good or bad.

    A column in which every known cell is a number is one of numbers; any other is one of texts.

    Raises:
        BadTable: what does not fit, with the column and the line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = [row for row in csv.reader(file, strict=True) if row]
    except (UnicodeDecodeError, csv.Error, ValueError) as error:
        raise BadTable(f"{path.name} 不是有表头的 UTF-8 编码 CSV：{error}") from error
    _check_shape(header, rows, outcome)
    cells = dict(zip(header, zip(*rows, strict=True), strict=True))
    outcomes = _outcomes(cells.pop(outcome), outcome, good, bad)
    return Table(tuple(_column(code, texts) for code, texts in cells.items()), outcomes)


def _check_shape(header: Sequence[str], rows: Sequence[Sequence[str]], outcome: str) -> None:
    if outcome not in header:
        raise BadTable(f"没有名为“{outcome}”的列")
    for code in header:
        if code != outcome and not CODE.fullmatch(code):
            raise BadTable(f"列名“{code}”不是指标代码：只能用小写字母、数字和下划线，字母开头")
        if header.count(code) > 1:
            raise BadTable(f"列名“{code}”出现了两次")
    for number, row in enumerate(rows, 2):
        if len(row) != len(header):
            raise BadTable(f"第 {number} 行有 {len(row)} 格，表头有 {len(header)} 格")
    if not rows:
        raise BadTable("表里没有数据")


def _outcomes(texts: Sequence[str], outcome: str, good: str, bad: str) -> Flags:
    for number, text in enumerate(texts, 2):
        if text.strip() not in (good, bad):
            raise BadTable(f"第 {number} 行的“{outcome}”是“{text}”，只能是“{good}”或“{bad}”")
    return np.array([text.strip() == bad for text in texts])


def _column(code: str, texts: Sequence[str]) -> Column:
    known = [None if text.strip().lower() in MISSING else text.strip() for text in texts]
    try:
        values = np.array([np.nan if text is None else float(text) for text in known])
    except ValueError:
        return _labelled(code, known)
    if np.isinf(values).any():
        raise BadTable(f"列“{code}”里有无穷大")
    return Column(code, values)


def _labelled(code: str, known: Sequence[str | None]) -> Column:
    labels = sorted({text for text in known if text is not None})
    place = {label: float(at) for at, label in enumerate(labels)}
    values = [np.nan if text is None else place[text] for text in known]
    return Column(code, np.array(values), tuple(labels))
