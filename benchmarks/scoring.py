"""The nightly scores: all members, two in a hundred changed, the same date again.

``.venv/bin/python -m benchmarks.scoring [--members 1000000] [--rounds 1] [--naive 200]``
starts a database of its own and prints tables. Ratios are to be compared, not seconds.

Floor: read each table that the scores are made of once, from end to end, and COPY the same scores
into a table with the same indexes, in the same number of processes. Naive: one transaction a member
over model instances, from a sample.
"""

from __future__ import annotations

import argparse
import importlib

from benchmarks.scratch import scratch_database


def main() -> None:
    """Start a database, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=1, help="full runs and floors; medians")
    parser.add_argument("--naive", type=int, default=200, help="members of the naive sample")
    options = parser.parse_args()
    with scratch_database():
        # Django reads its settings only now that there is a database.
        ways = importlib.import_module("benchmarks.scoring_ways")
        ways.measure(options.members, options.rounds, options.naive)


if __name__ == "__main__":
    main()
