"""State diagrams drawn from the TRANSITIONS tables of the apps' rules: ``docs/states.md``.

A table is ``TRANSITIONS = {state: {following: who}}`` in a module named ``rules`` or inside a
package of that name; ``who`` is one actor or a set of them. Its words and its first state come
from the models whose ``state`` field has just these values.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.db import models
from django.utils import translation

PACKAGES = ("core", "cooperative", "credit", "supply")
_HEAD = """\
# States

Drawn by `manage.py draw_states` from the `TRANSITIONS` tables; do not edit. An arrow names who
may go along it. Everything that is not drawn is refused.
"""

# Words of mermaid's own grammar, which a state must not be called.
_RESERVED = {"as", "class", "default", "direction", "end", "left", "note", "right", "state"}

Table = Mapping[str, Mapping[str, str | Collection[str]]]


class UnknownStates(Exception):
    """A table whose states no model of its app keeps: a defect of the table or the model."""


@dataclass(frozen=True)
class Diagram:
    """One table with its words. ``keepers`` are the models, as (verbose name, ``Class.state``)."""

    module: str
    table: Table
    keepers: tuple[tuple[str, str], ...]
    labels: Mapping[str, str]
    first: str


def states_file() -> Path:
    """Where the diagrams stand."""
    return Path(settings.BASE_DIR) / "docs" / "states.md"


def document() -> str:
    """The whole file, in the order of apps and modules.

    Raises:
        UnknownStates: a table fits no model.
    """
    with translation.override(settings.LANGUAGE_CODE):
        return "\n".join([_HEAD, *(_section(diagram) for diagram in diagrams())])


def diagrams() -> list[Diagram]:
    """Every table of our apps.

    Raises:
        UnknownStates: a table fits no model.
    """
    ours = [app for app in apps.get_app_configs() if app.name.split(".")[0] in PACKAGES]
    return [
        _diagram(app, name, table)
        for app in sorted(ours, key=lambda app: app.name)
        for name, table in _tables(app)
    ]


def _tables(app: AppConfig) -> Iterator[tuple[str, Table]]:
    """The tables of an app; its rules import neither Django nor models, so importing is harmless."""
    modules = pkgutil.walk_packages([app.path], prefix=f"{app.name}.")
    for name in sorted(module.name for module in modules):
        if "rules" in name.split("."):
            table = getattr(import_module(name), "TRANSITIONS", None)
            if table is not None:
                yield name, table


def _diagram(app: AppConfig, name: str, table: Table) -> Diagram:
    fields = [
        (model, field)
        for model in app.get_models()
        if model._meta.managed
        for field in model._meta.get_fields()
        if isinstance(field, models.CharField)
        and {str(value) for value, _label in field.flatchoices} == {str(state) for state in table}
    ]
    if not fields:
        raise UnknownStates(f"{name}.TRANSITIONS fits the states of no model of {app.name}")
    _model, field = fields[0]
    return Diagram(
        module=name,
        table=table,
        keepers=tuple(
            (str(model._meta.verbose_name), f"{model.__name__}.{field.name}")
            for model, field in fields
        ),
        labels={str(value): str(label) for value, label in field.flatchoices},
        first=str(field.get_default()),
    )


def _section(diagram: Diagram) -> str:
    title = "、".join(name for name, _code in diagram.keepers)
    codes = ", ".join(f"`{code}`" for _name, code in diagram.keepers)
    lines = "\n".join(f"    {line}" for line in _mermaid(diagram))
    return (
        f"## {title}\n{codes}, moved by `{diagram.module}`\n\n"
        f"```mermaid\nstateDiagram-v2\n{lines}\n```\n"
    )


def _mermaid(diagram: Diagram) -> Iterator[str]:
    for state in diagram.table:
        yield f'state "{diagram.labels[str(state)]} ({state})" as {_name(state)}'
    yield f"[*] --> {_name(diagram.first)}"
    for state, ways in diagram.table.items():
        for following, who in ways.items():
            yield f"{_name(state)} --> {_name(following)}: {_actors(who)}"
        if not ways:
            yield f"{_name(state)} --> [*]"


def _name(state: str) -> str:
    return f"{state}_" if state in _RESERVED else str(state)


def _actors(who: Any) -> str:
    names = [who] if isinstance(who, str) else who
    return ", ".join(sorted(str(name) for name in names))
