"""``manage.py make_sample_roster FILE``: an invented roster with the usual mistakes."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand

from cooperative.membership.roster import sample

_DRESSED_ROWS = 2000


class Command(BaseCommand):
    """Writes a workbook, or a text table when the name ends in .csv; the same seed, the same list."""

    help = "Write an invented roster: persons who do not exist, in villages that do."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--rows", type=int, default=sample.ROWS)
        parser.add_argument("--seed", type=int, default=sample.SEED)
        parser.add_argument("--without-mistakes", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file and say what it holds."""
        path: Path = options["file"]
        made = sample.make_sample(
            options["rows"], seed=options["seed"], mistakes=not options["without_mistakes"]
        )
        if path.suffix == ".csv":
            sample.write_text(path, made)
        elif options["rows"] > _DRESSED_ROWS:
            sample.write_large_workbook(path, made)
        else:
            sample.write_workbook(path, made)
        self.stdout.write(f"{path}: {len(made.lines)} rows, {len(made.mistakes)} mistakes")
