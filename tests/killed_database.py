"""``python -m tests.killed_database``: a close of day whose PostgreSQL is killed in the middle.

A durable server of its own is killed with SIGKILL after a chunk was written and before it was
committed, and started again. Prints ``same`` when the night ends as if nothing had happened.
"""

from __future__ import annotations

import importlib
from datetime import date, timedelta

from benchmarks.scratch import Servers, scratch_database

START = date(2026, 1, 31)
NIGHT = START + timedelta(days=45)
CHUNK = 100


def main() -> None:
    """Close once in peace, forget it, close again with the server killed, compare."""
    with scratch_database() as servers:
        # Django reads its settings only now that there is a database.
        night = importlib.import_module("tests.killed_night")
        night.prepare(START)
        peaceful = night.close(NIGHT, CHUNK)
        night.forget()
        killed = night.close(NIGHT, CHUNK, disturb=lambda: _kill(servers))
        print("same" if killed == peaceful else f"differs\n{peaceful}\n{killed}", flush=True)


def _kill(servers: Servers) -> None:
    servers.postgres.process.kill()
    servers.postgres.process.wait()
    servers.postgres.start()


if __name__ == "__main__":
    main()
