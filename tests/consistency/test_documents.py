"""What the documents point at is there: files, commands of make, commands of manage.py."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.core.management import get_commands

ROOT = Path(settings.BASE_DIR)
# Taken from the running demo when a version is released.
PICTURES = ROOT / "docs" / "pictures"


def documents() -> dict[Path, str]:
    """Every document by its file."""
    files = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    return {file: file.read_text(encoding="utf-8") for file in files}


def test_every_link_leads_somewhere():
    broken = [
        f"{file.relative_to(ROOT)}: {link}"
        for file, text in documents().items()
        for link in re.findall(r"\]\(([^)#]+)\)", text)
        if "://" not in link
        and PICTURES not in (file.parent / link).resolve().parents
        and not (file.parent / link).exists()
    ]
    assert not broken


def test_every_make_command_is_a_target():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {
        target
        for text in documents().values()
        for target in re.findall(r"(?:^|`|&& )make ([a-z-]+)", text, re.MULTILINE)
    }
    assert named
    assert named <= targets


def test_every_manage_command_is_there():
    named = {
        command
        for text in documents().values()
        for command in re.findall(
            r"(?:(?:python |`)manage\.py|^sanwei) ([a-z_]+)", text, re.MULTILINE
        )
    }
    readme = documents()[ROOT / "README.md"]
    table = readme.partition("Commands of `manage.py`")[2].partition("##")[0]
    named |= set(re.findall(r"^\| `([a-z_]+)", table, re.MULTILINE))
    assert named
    assert named <= set(get_commands())


def test_every_decision_is_listed_and_numbered_once():
    folder = ROOT / "docs" / "decisions"
    files = sorted(file.name for file in folder.glob("0*.md"))
    listed = re.findall(r"\]\((0[^)]+)\)", (folder / "README.md").read_text("utf-8"))
    assert listed == files
    numbers = [name[:4] for name in files]
    assert numbers == [f"{number:04d}" for number in range(1, len(files) + 1)]
