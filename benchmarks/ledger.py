"""Posting to the ledger against its floor and against one entry at a time.

``.venv/bin/python -m benchmarks.ledger [--entries 10000] [--single 500]`` starts a database of its
own and prints a table. Ratios are to be compared, not seconds.

Floor: COPY as many entries, postings and chains into tables of the same width without keys,
constraints or triggers, hashes computed before. Every entry has the four lines of a delivery.
"""

from __future__ import annotations

import argparse
import importlib

from benchmarks.roster import _environment
from config.embedded import Postgres, RunFolder


def main() -> None:
    """Start a database, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--single", type=int, default=500, help="entries posted one by one")
    options = parser.parse_args()
    folder = RunFolder()
    postgres = Postgres(
        folder.path / "data", run=folder, log=folder.path / "postgres.log", durable=True
    )
    try:
        postgres.start()
        _environment(postgres.url, folder.path)
        # Django reads its settings only now that there is a database.
        importlib.import_module("benchmarks.ledger_ways").measure(options.entries, options.single)
    finally:
        postgres.stop()
        folder.remove()


if __name__ == "__main__":
    main()
