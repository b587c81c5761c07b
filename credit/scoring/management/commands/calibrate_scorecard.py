"""``manage.py calibrate_scorecard CASES.csv --out CARD.json``: a draft card from cases that ended.

With ``--propose-as`` an officer proposes it at once; another one still has to approve it.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from cooperative.accounts.models import User
from core.errors import Refused
from credit.scoring.rules import Card, card_from_json, card_to_json
from credit.scoring.services.cards import propose_card

try:
    from credit.scoring import calibrating
except ImportError:  # scikit-learn is an optional extra
    calibrating = None  # type: ignore[assignment]

BAD_INPUT = 2
EXPERT = Path(__file__).parents[2] / "data" / "expert_card.json"


class Command(BaseCommand):
    """Writes a card as JSON; it becomes a version only when an officer proposes it."""

    help = "Calibrate a scorecard on a CSV of cases and write a draft card as JSON."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("cases", type=Path, help="CSV, UTF-8, a header of indicator codes")
        parser.add_argument("--out", type=Path, required=True, help="write the draft card here")
        parser.add_argument("--report", type=Path, help="write the whole report as JSON here")
        parser.add_argument("--outcome", default="outcome", help="column that says good or bad")
        parser.add_argument("--good", default="good", help="its value for a good end")
        parser.add_argument("--bad", default="bad", help="its value for a bad end")
        parser.add_argument(
            "--like", type=Path, default=EXPERT, help="card that lends grades, limit and words"
        )
        parser.add_argument("--folds", type=int, default=5)
        parser.add_argument("--repeats", type=int, default=10)
        parser.add_argument("--seed", type=int, default=0, help="the same seed, the same report")
        parser.add_argument(
            "--propose-as", metavar="USERNAME", help="propose it in the name of this officer"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Calibrate, say how good the draft is, and write it."""
        if calibrating is None:
            raise CommandError("pip install 'sanwei[calibration]'", returncode=BAD_INPUT)
        officer = _officer(options["propose_as"])
        try:
            found = self._calibrated(options)
        except (OSError, ValueError) as error:
            raise CommandError(str(error), returncode=BAD_INPUT) from error
        _write(options["out"], card_to_json(found.card))
        if options["report"]:
            _write(options["report"], found.to_json())
        for line in told(found.to_json()):
            self.stdout.write(line)
        self.stdout.write(f"草稿写在 {options['out']}")
        if officer is not None:
            self._propose(found.card, officer)

    def _propose(self, card: Card, officer: User) -> None:
        try:
            row = propose_card(definition=card_to_json(card), by=officer, at=timezone.now())
        except Refused as refused:
            raise CommandError(str(refused), returncode=BAD_INPUT) from refused
        self.stdout.write(f"已提出为第 {row.number} 版，等另一位复核人员批准。")

    def _calibrated(self, options: dict[str, Any]) -> calibrating.Calibration:
        table = calibrating.read_table(
            options["cases"], outcome=options["outcome"], good=options["good"], bad=options["bad"]
        )
        if options["folds"] < 2 or options["repeats"] < 1:
            raise ValueError("--folds 至少 2，--repeats 至少 1")
        return calibrating.calibrate(
            table,
            like=_card(options["like"]),
            on=timezone.localdate(),
            folds=options["folds"],
            repeats=options["repeats"],
            seed=options["seed"],
        )


def _officer(name: str | None) -> User | None:
    """Whoever proposes, asked for before the long work."""
    if name is None:
        return None
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise CommandError(f"没有登录名为 {name} 的干部。", returncode=BAD_INPUT)
    return user


def _card(path: Path) -> Card:
    return card_from_json(json.loads(path.read_text(encoding="utf-8")))


def _write(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def told(report: dict[str, Any]) -> list[str]:
    """The report in lines for the terminal."""
    lines = [f"{report['cases']} 笔，没有按约还清 {report['bads']} 笔"]
    lines += [f"注意：{warning}" for warning in report["warnings"]]
    lines += [
        f"{name.upper():<6}{one['mean']:.4f} ± {one['deviation']:.4f}（{one['low']:.4f} 到 {one['high']:.4f}）"
        for name, one in report["measures"].items()
    ]
    lines.append(f"预测 {report['predicted_rate']:.2%}，实际 {report['observed_rate']:.2%}")
    for at, tenth in enumerate(report["tenths"], 1):
        actual = tenth["bads"] / tenth["cases"]
        lines.append(f"  第 {at:>2} 个十分之一：预测 {tenth['predicted']:.2%}，实际 {actual:.2%}")
    lines += [
        f"  {one['code']}：{one['cases']} 笔，其中没有按约还清 {one['bads']} 笔"
        for one in report["grades"]
    ]
    return lines
