"""A worker in a process of its own that is killed in the middle of a chunk (I15)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from django.db import connection

from config.embedded import tie_to_parent

ROOT = Path(__file__).resolve().parents[1]


def kill_in_the_middle(run_id: int, *, done: int) -> None:
    """Let it do so many items of a planned run and half of the next chunk, then kill -9."""
    database, _, _name = os.environ["DATABASE_URL"].rpartition("/")
    environment = os.environ | {
        "DATABASE_URL": f"{database}/{connection.settings_dict['NAME']}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.run_job", str(run_id), str(done)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        preexec_fn=tie_to_parent(signal.SIGKILL),
    )
    with process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"half\n"
        finally:
            process.kill()
