"""Schedules, the close of day, catching up and the loan page.

``.venv/bin/python -m benchmarks.lending [--loans 200000] [--rounds 3] [--naive 300] [--only nights]``
starts a database of its own and prints tables. Ratios are to be compared, not seconds.

Floor of a night: read the same rows and write the same rows by COPY into tables without keys, in
the same number of processes. Naive: one transaction a loan over model instances, from a sample.
"""

from __future__ import annotations

import argparse
import importlib

from benchmarks.scratch import scratch_database


def main() -> None:
    """Start a database, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--loans", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3, help="each night so often; medians")
    parser.add_argument("--naive", type=int, default=300, help="loans of the naive sample")
    parser.add_argument("--only", choices=("schedules", "pages", "catching-up", "nights"))
    options = parser.parse_args()
    with scratch_database():
        # Django reads its settings only now that there is a database.
        ways = importlib.import_module("benchmarks.lending_ways")
        ways.measure(options.loans, options.rounds, options.naive, options.only)


if __name__ == "__main__":
    main()
