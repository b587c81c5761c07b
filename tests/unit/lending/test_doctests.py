"""The examples in the engine's docstrings are true."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

ENGINE = "credit.lending.rules."


@pytest.mark.parametrize(
    "name",
    [
        "core.exact",
        *(ENGINE + name for name in ("allocation", "calendar", "ceiling", "day_count")),
        *(ENGINE + name for name in ("overdue", "rounding", "split")),
    ],
)
def test_examples_in_docstrings_are_true(name: str) -> None:
    failed, tried = doctest.testmod(import_module(name))
    assert (failed, tried > 0) == (0, True)


def test_the_engine_needs_neither_django_nor_models() -> None:
    """What it imports in turn, too: a quote starts in a moment and without settings."""
    import subprocess
    import sys

    code = (
        "import sys, credit.lending.rules, credit.lending.rules.quote;"
        "sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0
