"""The benchmark of the nights runs through, on a book too small to say anything of speed."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from config.embedded import tie_to_parent

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.slow
def test_the_benchmark_scores_all_then_the_changed_and_writes_nothing_twice() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.scoring", "--members", "1000", "--naive", "5"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        preexec_fn=tie_to_parent(signal.SIGKILL),
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found = re.findall(
        r"^\| ([\w ,]+?) \((\d+) looked at\) \|[^|]*\|[^|]*\| (\d+)", ended.stdout, re.M
    )
    rows = {name: (int(size), int(written)) for name, size, written in found}
    assert rows["full"] == (1000, 1000)
    assert rows["the same date again"] == (1000, 0)
    size, written = rows["changed only"]
    assert 10 <= size <= 40
    assert 0 < written <= 2 * size
    # Those of the day before are confirmed; those who changed were scored for this day already.
    assert rows["all, the next day"][1] == 1000 - size
    assert "times the floor by the clock" in ended.stdout
