"""The crops are loaded into the database that is migrated, not into the default one."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from unittest import mock

migration = import_module("cooperative.farming.migrations.0002_crops_and_queue")


def test_crops_go_into_the_database_that_is_migrated():
    crop = mock.Mock()
    apps = SimpleNamespace(get_model=lambda app, name: crop)
    editor = SimpleNamespace(connection=SimpleNamespace(alias="copy"))
    migration.load_crops(apps, editor)
    crop.objects.using.assert_called_once_with("copy")
    crop.objects.using.return_value.bulk_create.assert_called_once()
    crop.objects.bulk_create.assert_not_called()
