"""The state diagrams are fresh and whole."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from core import state_diagrams
from core.state_diagrams import PACKAGES, Diagram, UnknownStates


def test_diagrams_are_fresh():
    call_command("draw_states", check=True)


def test_every_table_of_the_source_is_drawn():
    root = Path(settings.BASE_DIR)
    written = {
        ".".join(file.relative_to(root).with_suffix("").parts)
        for package in PACKAGES
        for file in (root / package).rglob("*.py")
        if re.search(r"^TRANSITIONS\b", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert written
    assert {diagram.module for diagram in state_diagrams.diagrams()} == written


def test_every_state_can_be_reached_or_is_where_it_begins():
    for diagram in state_diagrams.diagrams():
        reached = {str(to) for ways in diagram.table.values() for to in ways} | {diagram.first}
        assert reached == {str(state) for state in diagram.table}, diagram.module


def test_stale_file_is_named(monkeypatch, tmp_path):
    file = tmp_path / "states.md"
    monkeypatch.setattr("core.management.commands.draw_states.states_file", lambda: file)
    with pytest.raises(CommandError, match=r"states\.md is stale"):
        call_command("draw_states", check=True)
    assert not file.exists()
    call_command("draw_states")
    call_command("draw_states", check=True)
    assert file.read_text(encoding="utf-8") == state_diagrams.document()


def test_table_that_no_model_keeps_is_refused(monkeypatch):
    monkeypatch.setattr(
        state_diagrams, "_tables", lambda app: iter([("somewhere.rules", {"a": {}})])
    )
    with pytest.raises(UnknownStates, match=r"somewhere\.rules\.TRANSITIONS"):
        state_diagrams.document()


class Who(StrEnum):
    """Actors in a set come sorted, a single one may be plain text."""

    REVIEWER = "reviewer"
    CONVENER = "convener"


def test_arrows_name_who_may_go_along_them():
    diagram = Diagram(
        module="lamp.rules",
        table={"off": {"on": frozenset(Who)}, "on": {"end": "anybody"}, "end": {}},
        keepers=(("灯", "Lamp.state"),),
        labels={"off": "关", "on": "开", "end": "坏"},
        first="off",
    )
    assert list(state_diagrams._mermaid(diagram)) == [
        'state "关 (off)" as off',
        'state "开 (on)" as on',
        'state "坏 (end)" as end_',
        "[*] --> off",
        "off --> on: convener, reviewer",
        "on --> end_: anybody",
        "end_ --> [*]",
    ]
