"""What the source says to people and to itself, read without running it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

from config.celery import app as celery_app
from config.schedule import TIMETABLE
from cooperative.membership import roles
from cooperative.notices.kinds import kinds
from core import template_checks
from core.audit_words import _WORDS as AUDIT_WORDS

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("config", "core", "cooperative", "credit", "supply")
# Words of investment: ours is a house of help (look.md "Voice").
FORBIDDEN = re.compile("投资|理财|收益|回报|保本|保息|刚性兑付|无风险|秒批|高收益|额度秒到")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Where a forbidden word stands because it is named as forbidden: path and the words allowed there.
ALLOWED_WORDS: dict[str, str] = {}
MOST_LATE_IMPORTS_PER_THOUSAND = 1.5


@cache
def sources() -> dict[str, ast.Module]:
    """Every module of ours by its path."""
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8"))
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
    }


def _docstrings(tree: ast.Module) -> set[int]:
    found = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            found |= {
                id(line.value)
                for line in body
                if isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)
            }
    return found


def strings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """String constants with their lines, without docstrings."""
    documents = _docstrings(tree)
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in documents:
            yield node.lineno, node.value


def visible_texts() -> Iterator[tuple[str, str]]:
    """Everything that people may read, with the place where it stands."""
    for path, tree in sources().items():
        for line, text in strings(tree):
            if CHINESE.search(text):
                yield f"{path}:{line}", text
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in (".html", ".txt", ".typ"):
            text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"))
            yield str(path.relative_to(ROOT)), text
    for path in sorted((ROOT / "static").rglob("*.js")):
        yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "locale").rglob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                texts = (message.string,) if isinstance(message.string, str) else message.string
                yield from ((f"{path.relative_to(ROOT)}: {message.id}", text) for text in texts)
    for path in sorted(ROOT.glob("co*/**/data/*.csv")):
        yield str(path.relative_to(ROOT)), path.read_bytes().decode("utf-8", "replace")


def test_no_word_of_investment_is_shown():
    found = []
    for place, text in visible_texts():
        path = place.partition(":")[0]
        for match in FORBIDDEN.finditer(text):
            if match.group() not in ALLOWED_WORDS.get(path, "").split():
                found.append(f"{place}: {match.group()}")
    assert not found, "\n".join(found)


def test_nobody_is_shouted_at():
    found = [place for place, text in visible_texts() if "！" in text]
    found += [place for place, text in visible_texts() if re.search(r"[\u4e00-\u9fff]!", text)]
    assert not found, "\n".join(found)


def test_templates_compile_are_used_and_carry_nothing_inline():
    assert template_checks.problems() == []


def test_imports_inside_functions_stay_rare():
    """Each is the smell of a wrong direction (style.md §1); ``ready`` must import late."""
    late = lines = 0
    for path, tree in sources().items():
        if path.endswith("apps.py") or "/migrations/" in path:
            continue
        lines += len((ROOT / path).read_text(encoding="utf-8").splitlines())
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                late += sum(isinstance(x, ast.Import | ast.ImportFrom) for x in ast.walk(node))
    assert late * 1000 / lines < MOST_LATE_IMPORTS_PER_THOUSAND, f"{late} in {lines} lines"


# --- codes ---


def all_permissions() -> set[str]:
    return set().union(*roles.PERMISSIONS.values())


def used_permissions() -> dict[str, str]:
    """Every string that ends in a verb of a permission, with a place."""
    verbs = "|".join(sorted({code.partition(".")[2] for code in all_permissions()}))
    code = re.compile(rf"[a-z_]+\.({verbs})")
    return {
        text: f"{path}:{line}"
        for path, tree in sources().items()
        if path != "cooperative/membership/roles.py"
        for line, text in strings(tree)
        if code.fullmatch(text)
    }


def test_every_permission_is_asked_for():
    idle = all_permissions() - set(used_permissions())
    assert not idle


def test_every_permission_that_is_asked_for_exists():
    unknown = {code: at for code, at in used_permissions().items() if code not in all_permissions()}
    assert not unknown


def first_arguments(function: str, owner: str = "") -> Iterator[tuple[str, ast.expr]]:
    """The first argument of each call of ``owner.function`` with its place."""
    for path, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and _calls(node.func, function, owner):
                yield f"{path}:{node.lineno}", node.args[0]


def _calls(called: ast.expr, function: str, owner: str) -> bool:
    if isinstance(called, ast.Attribute):
        return called.attr == function and getattr(called.value, "id", "") == owner
    return isinstance(called, ast.Name) and called.id == function and not owner


def _start(text: ast.JoinedStr) -> str:
    first = text.values[0]
    return str(first.value) if isinstance(first, ast.Constant) else ""


def test_every_deed_of_the_trail_has_words():
    silent = []
    for place, action in first_arguments("record", "audit"):
        if isinstance(action, ast.Constant) and action.value not in AUDIT_WORDS:
            silent.append(f"{place}: {action.value}")
        if isinstance(action, ast.JoinedStr) and not any(
            code.startswith(_start(action)) for code in AUDIT_WORDS
        ):
            silent.append(f"{place}: {_start(action)}…")
    assert not silent, "\n".join(silent)


def keyword_values(function: str, keyword: str) -> Iterator[tuple[str, ast.expr]]:
    for path, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node.func) == function:
                for given in node.keywords:
                    if given.arg == keyword:
                        yield f"{path}:{node.lineno}", given.value


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def test_every_kind_of_notice_is_registered():
    known = {kind.code for kind in kinds()}
    unknown = [
        f"{place}: {kind.value}"
        for place, kind in keyword_values("notify", "kind")
        if isinstance(kind, ast.Constant) and kind.value not in known
    ]
    assert not unknown


@pytest.mark.parametrize("entry", TIMETABLE, ids=lambda entry: entry.task)
def test_every_line_of_the_timetable_is_a_task(entry):
    celery_app.loader.import_default_modules()
    assert entry.task in celery_app.tasks
