"""``manage.py quote`` as it is called: in this process, and on a machine that has no settings."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

GIVEN = {
    "principal": "12000",
    "annual_rate_percent": "6",
    "method": "bullet",
    "instalments": 1,
    "every": {"months": 12},
    "disbursed_on": "2026-01-31",
}


def answer_of(text: str) -> list[str]:
    (row,) = json.loads(text)["instalments"]
    return [row["due_on"], row["principal"], row["interest"]]


def test_quote_answers_on_standard_output(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(GIVEN)))
    out = io.StringIO()
    call_command("quote", stdout=out)
    assert answer_of(out.getvalue()) == ["2027-01-31", "12000.00", "720.00"]


def test_a_mistake_is_one_sentence_and_exit_code_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(GIVEN | {"principal": "0"})))
    out, problems = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("quote", stdout=out, stderr=problems)
    assert ended.value.code == 2
    assert out.getvalue() == ""
    assert problems.getvalue() == "The principal must be greater than 0, not 0.\n"


@pytest.mark.parametrize(
    ("given", "code", "problems"),
    [
        (json.dumps(GIVEN), 0, ""),
        ("", 2, "Nothing was given: one JSON object is expected on standard input.\n"),
    ],
)
def test_quote_needs_neither_settings_nor_database(given: str, code: int, problems: str) -> None:
    done = subprocess.run(
        [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "quote"],
        input=given,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin"},
        cwd="/",
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (code, problems)
    if not code:
        assert answer_of(done.stdout) == ["2027-01-31", "12000.00", "720.00"]
