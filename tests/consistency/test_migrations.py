"""Migrations: nothing forgotten, one line per app, named, and forth, back and forth again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

OURS = [
    config.label
    for config in apps.get_app_configs()
    if config.name.startswith(("core", "cooperative", "credit", "supply"))
]
SCRATCH = "scratch_migrations"
_NAME = re.compile(r"\d{4}_[a-z][a-z_0-9]+")


def ours() -> dict[tuple[str, str], Any]:
    loader = MigrationLoader(None)
    return {key: found for key, found in loader.disk_migrations.items() if key[0] in OURS}


@pytest.mark.django_db
def test_no_model_changed_without_a_migration():
    told = StringIO()
    call_command("makemigrations", check_changes=True, dry_run=True, stdout=told)
    assert "No changes" in told.getvalue() or "没有" in told.getvalue() or not told.getvalue()


def test_migrations_are_named_by_what_they_do():
    careless = [key for key in ours() if not _NAME.fullmatch(key[1]) or "_auto_" in key[1]]
    assert not careless


@pytest.mark.parametrize("label", OURS)
def test_migrations_of_an_app_stand_in_one_line(label):
    names = sorted(name for app, name in ours() if app == label)
    numbers = [int(name[:4]) for name in names]
    assert numbers == list(range(1, len(names) + 1))
    for before, after in pairwise(names):
        assert (label, before) in ours()[label, after].dependencies


def test_migrations_import_nothing_of_the_apps():
    """What they import may be gone when they run; fields and functions of core are kept for them."""
    kept = ("core.crypto", "core.money", "core.models.base", "core.models.parameters")
    careless = []
    for label in OURS:
        folder = Path(apps.get_app_config(label).path) / "migrations"
        for path in sorted(folder.glob("0*.py")):
            for line in path.read_text(encoding="utf-8").splitlines():
                found = re.match(
                    r"(?:from|import) ((?:core|cooperative|credit|supply)[\w.]*)", line
                )
                if found and not found.group(1).startswith(kept):
                    careless.append(f"{path.relative_to(settings.BASE_DIR)}: {line}")
    assert not careless, "\n".join(careless)


@pytest.mark.slow
def test_a_database_goes_forth_back_and_forth_again(scratch):
    """On a copy of the tests' own, which has come up from nothing: everything down, nothing of ours
    left, and up again the same."""
    first = _tables(scratch)
    back = MigrationExecutor(connections[scratch])
    back.migrate([(label, None) for label in OURS])
    left = [name for name in _tables(scratch) if name.split("_")[0] in OURS]
    assert not left
    call_command("migrate", database=scratch, verbosity=0)
    assert _tables(scratch) == first


@pytest.fixture
def scratch(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The alias of a copy of the tests' database; nobody may be connected while it is copied."""
    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
        connection.close()
        _execute(
            f"DROP DATABASE IF EXISTS {SCRATCH}", f'CREATE DATABASE {SCRATCH} TEMPLATE "{name}"'
        )
        connections.settings["scratch"] = {**connection.settings_dict, "NAME": SCRATCH}
        try:
            yield "scratch"
        finally:
            connections["scratch"].close()
            del connections["scratch"]
            del connections.settings["scratch"]
            _execute(f"DROP DATABASE {SCRATCH}")


def _execute(*statements: str) -> None:
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _tables(alias: str) -> list[str]:
    """Tables, views, functions and triggers."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE nspname = 'public' AND relkind IN ('r', 'v') UNION ALL"
            " SELECT proname || '()' FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace"
            " JOIN pg_language l ON l.oid = prolang WHERE nspname = 'public' AND lanname = 'plpgsql'"
            " UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
        )
        return [row[0] for row in cursor.fetchall()]
