"""The command reads a file, writes a draft card and a report, and says how good the draft is."""

from __future__ import annotations

import csv
import json
from io import StringIO

import numpy as np
import pytest
import time_machine
from django.core.management import CommandError, call_command

from credit.scoring.management.commands import calibrate_scorecard
from credit.scoring.models import Scorecard
from credit.scoring.rules import card_from_json
from tests.factories.membership import OfficerUserFactory, PostFactory


def cases(tmp_path, bads=80):
    """A hundred good ends for each eighty bad ones; years tell them apart, some are unknown."""
    random = np.random.default_rng(3)
    path = tmp_path / "cases.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["membership_years", "outcome"])
        for at in range(bads + 100):
            years = max(0, random.normal(2 if at < bads else 6, 2))
            out.writerow(["" if at % 9 == 0 else f"{years:.1f}", "bad" if at < bads else "good"])
    return path


def run(*args, **options):
    out = StringIO()
    call_command(calibrate_scorecard.Command(), *map(str, args), stdout=out, **options)
    return out.getvalue()


@time_machine.travel("2026-11-26 12:00:00+08:00")
def test_a_draft_and_a_report_are_written(tmp_path):
    card_path, report_path = tmp_path / "card.json", tmp_path / "report.json"
    said = run(cases(tmp_path), out=card_path, report=report_path, repeats=2)
    card = card_from_json(json.loads(card_path.read_text(encoding="utf-8")))
    report = json.loads(report_path.read_text(encoding="utf-8"))
    assert (card.title, [one.code for one in card.characteristics]) == (
        "校准草稿 2026-11-26",
        ["membership_years"],
    )
    assert card.characteristics[0].title == "加入合作社的年限"
    assert [one.title for one in card.grades] == ["AAA", "AA", "A", "B", "C"]
    assert (report["cases"], report["bads"], report["repeats"]) == (180, 80, 2)
    assert report["measures"]["auc"]["mean"] > 0.8
    assert said.startswith(
        "180 笔，没有按约还清 80 笔\n注意：没有按约还清的只有 80 笔，不到 200 笔"
    )
    for name in ("AUC", "GINI", "KS", "BRIER"):
        assert f"\n{name}" in said
    assert said.endswith(f"草稿写在 {card_path}\n")


@pytest.mark.parametrize(
    ("bads", "options", "message"),
    [
        (29, {}, "没有按约还清的有 29 笔，按约还清的有 100 笔，每种至少要 30 笔"),
        (80, {"outcome": "end"}, "没有名为“end”的列"),
        (80, {"folds": 1}, "--folds 至少 2"),
    ],
)
def test_a_refusal_writes_nothing(tmp_path, bads, options, message):
    out = tmp_path / "card.json"
    with pytest.raises(CommandError, match=message) as refused:
        run(cases(tmp_path, bads), out=out, **options)
    assert refused.value.returncode == 2
    assert not out.exists()


@pytest.mark.django_db
def test_the_draft_is_proposed_by_an_officer_and_waits_for_another(tmp_path):
    officer = OfficerUserFactory(username="zhang")
    PostFactory(user=officer, role="administrator")
    out = tmp_path / "card.json"
    said = run(cases(tmp_path), out=out, repeats=1, propose_as="zhang")
    card = Scorecard.objects.get()
    assert (card.number, card.state, card.made_by, card.checked_by) == (1, "draft", officer, None)
    assert card.definition == json.loads(out.read_text(encoding="utf-8"))
    assert said.endswith("已提出为第 1 版，等另一位复核人员批准。\n")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "message"),
    [("nobody", "没有登录名为 nobody 的干部。"), ("li", "您的岗位不能办理这件事。")],
)
def test_who_may_not_propose_gets_no_version(tmp_path, name, message):
    PostFactory(user=OfficerUserFactory(username="li"), role="convener")
    with pytest.raises(CommandError, match=message) as refused:
        run(cases(tmp_path), out=tmp_path / "card.json", repeats=1, propose_as=name)
    assert refused.value.returncode == 2
    assert not Scorecard.objects.exists()


def test_without_the_extra_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(calibrate_scorecard, "calibrating", None)
    with pytest.raises(CommandError, match="calibration"):
        run(cases(tmp_path), out=tmp_path / "card.json")
