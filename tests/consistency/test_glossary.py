"""The glossary names every model and every enumeration as they are, and nothing that is gone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import translation

PACKAGES = ("config", "core", "cooperative", "credit", "supply")
_CODE = re.compile(r"`([^`]+)`")
_VALUE = re.compile(r"`([^`]+)` ([^`]+?)(?= · `|$)")


@dataclass(frozen=True)
class Row:
    """One line of a table."""

    term: str
    chinese: str
    code: str
    meaning: str
    law: str

    @property
    def later(self) -> bool:
        return self.code.startswith("*later*")

    @property
    def names(self) -> list[str]:
        return _CODE.findall(self.code)

    @property
    def values(self) -> dict[str, str]:
        return {value.strip('"'): label.strip() for value, label in _VALUE.findall(self.chinese)}


def rows() -> list[Row]:
    text = (Path(settings.BASE_DIR) / "docs" / "glossary.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert all(len(line) == 5 and all(line) for line in cells), "five filled cells a line"
    return [Row(*line) for line in cells if line[0] != "Term" and not line[0].startswith("---")]


def our_models() -> list[type[models.Model]]:
    found = [model for model in apps.get_models() if model.__module__.split(".")[0] in PACKAGES]
    assert found
    return found


def subclasses(parent: type) -> Iterator[type]:
    for child in parent.__subclasses__():
        yield child
        yield from subclasses(child)


def our_enumerations() -> dict[str, Any]:
    return {
        child.__qualname__: child
        for child in subclasses(models.Choices)
        if child.__module__.split(".")[0] in PACKAGES and list(child)
    }


def by_name() -> dict[str, Row]:
    found: dict[str, Row] = {}
    for row in rows():
        for name in row.names:
            assert name not in found, f"{name} stands twice"
            found[name] = row
    return found


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


def test_every_model_stands_under_its_name():
    glossary = by_name()
    missing = [
        f"{model.__name__} {model._meta.verbose_name}"
        for model in our_models()
        if model.__name__ not in glossary
        or str(model._meta.verbose_name) != glossary[model.__name__].chinese
    ]
    assert not missing


def test_every_enumeration_stands_with_its_values():
    glossary = by_name()
    differing = {
        name: wanted
        for name, choices in our_enumerations().items()
        if (wanted := {str(value): str(label) for value, label in choices.choices})
        != (glossary[name].values if name in glossary else None)
    }
    assert not differing


def test_no_row_names_what_is_gone():
    classes = _classes()
    gone = [
        name for row in rows() if not row.later for name in row.names if not _exists(name, classes)
    ]
    assert not gone


def test_no_row_is_marked_later_once_it_is_built():
    classes = _classes()
    built = [name for row in rows() if row.later for name in row.names if _exists(name, classes)]
    assert not built


def test_no_two_rows_share_a_term():
    terms = [row.term for row in rows()]
    assert len(terms) == len(set(terms))


def _classes() -> dict[str, Any]:
    """Our classes by name, models first."""
    found: dict[str, Any] = {}
    root = Path(settings.BASE_DIR)
    for package in PACKAGES:
        for file in (root / package).rglob("*.py"):
            if "migrations" in file.parts or package == "config":
                continue
            for name in re.findall(r"^class (\w+)", file.read_text("utf-8"), re.MULTILINE):
                found.setdefault(name, file)
    return found | {model.__name__: model for model in our_models()}


def _exists(name: str, classes: dict[str, Any]) -> bool:
    """Whether ``Class``, ``Class.attribute`` or ``package.module.name`` is there."""
    head, _dot, rest = name.partition(".")
    if head not in PACKAGES:
        if name in our_enumerations():
            return True
        if head not in classes or not rest:
            return head in classes
        return hasattr(classes[head], rest)
    module, _dot, attribute = name.rpartition(".")
    try:
        return hasattr(import_module(module), attribute)
    except ImportError:
        return False
