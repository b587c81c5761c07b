"""``manage.py rotate_field_keys``: re-seal what older keys sealed, so that they can be taken away."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection, models, transaction

from core.crypto import SealedTextField, resealers, seal, unseal

_BLOCK = 500


class Command(BaseCommand):
    """Re-seal, block by block; may be stopped and run again, beside the running site."""

    help = "Seal every personal field with the first key of FIELD_KEYS. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        for model in apps.get_models():
            for field in model._meta.local_fields:
                if isinstance(field, SealedTextField):
                    count = reseal(model, field)
                    self.stdout.write(f"{model._meta.label}.{field.name}: {count}")
        for name, reseal_all in resealers().items():
            self.stdout.write(f"{name}: {reseal_all()}")


def reseal(model: type[models.Model], field: SealedTextField) -> int:
    """Re-seal one column under the newest key; returns how many rows needed it.

    Rows are read and written under their lock, so nothing written meanwhile is lost.
    """
    names = {
        "table": connection.ops.quote_name(model._meta.db_table),
        "column": connection.ops.quote_name(str(field.column)),
        "key": connection.ops.quote_name(str(model._meta.pk.column)),
    }
    newest = next(iter(settings.FIELD_KEYS))
    select = (  # noqa: S608 - quoted names of our own models
        "SELECT {key}, {column} FROM {table} WHERE {column} <> '' AND {column} NOT LIKE %s "
        "ORDER BY {key} LIMIT %s FOR NO KEY UPDATE"
    ).format(**names)
    update = "UPDATE {table} SET {column} = %s WHERE {key} = %s".format(**names)  # noqa: S608
    done = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(select, [f"{newest}.%", _BLOCK])
            rows = cursor.fetchall()
            cursor.executemany(update, [(seal(unseal(old)), pk) for pk, old in rows])
        done += len(rows)
        if len(rows) < _BLOCK:
            return done
