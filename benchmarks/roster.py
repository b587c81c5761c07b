"""The roster import against its floor and against one service call a row.

``.venv/bin/python -m benchmarks.roster [--rows 20000] [--naive 300]`` starts a database of its own
and prints a table. Ratios are to be compared, not seconds.

Floor: read the same workbook with openpyxl and COPY one member, one membership and one audit row
for each line, with nothing checked and nothing sealed. Naive: for each row one transaction with
the queries a service for one member would make.
"""

from __future__ import annotations

import argparse
import base64
import importlib
import os
import secrets
from pathlib import Path

from config.embedded import Postgres, RunFolder


def main() -> None:
    """Start a database, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--naive", type=int, default=300, help="rows of the naive sample")
    options = parser.parse_args()
    folder = RunFolder()
    postgres = Postgres(
        folder.path / "data", run=folder, log=folder.path / "postgres.log", durable=True
    )
    try:
        postgres.start()
        _environment(postgres.url, folder.path)
        # Django reads its settings only now that there is a database.
        importlib.import_module("benchmarks.roster_ways").measure(options.rows, options.naive)
    finally:
        postgres.stop()
        folder.remove()


def _environment(url: str, folder: Path) -> None:
    def key() -> str:
        return base64.b64encode(secrets.token_bytes(32)).decode()

    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings",
        DATABASE_URL=url,
        REDIS_URL="redis://127.0.0.1:1/0",
        SECRET_KEY=key(),
        FIELD_KEYS=f"k1:{key()}",
        BLIND_INDEX_KEY=key(),
        PRIVATE_ROOT=str(folder / "private"),
        LOG_LEVEL="ERROR",
    )


if __name__ == "__main__":
    main()
