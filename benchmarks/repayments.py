"""Many repayments at once: 5 000 payments on 1 000 loans, confirmed by threads in no order.

``.venv/bin/python -m benchmarks.repayments [--loans 1000] [--payments 5000] [--threads 16]`` starts
a database of its own, prints counts and times, and ends with an error if one fen is missing.
"""

from __future__ import annotations

import argparse
import importlib

from benchmarks.scratch import scratch_database


def main() -> None:
    """Start a database, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--loans", type=int, default=1000)
    parser.add_argument("--payments", type=int, default=5000)
    parser.add_argument("--threads", type=int, default=16)
    options = parser.parse_args()
    with scratch_database():
        # Django reads its settings only now that there is a database.
        ways = importlib.import_module("benchmarks.repayments_ways")
        ways.measure(options.loans, options.payments, options.threads)


if __name__ == "__main__":
    main()
