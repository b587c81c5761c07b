"""Faults that PostgreSQL and Django let pass and production would meet: found in every test."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any
from unittest import mock

from django.db import models
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.models.signals import pre_save
from django.db.models.sql.compiler import SQLCompiler

# Prefix of the tables that refuse TRUNCATE.
_GUARDED = "ledger_"


class Strict(AssertionError):
    """A test found a careless line; the text says which rule it breaks."""


@contextmanager
def unordered_rows_are_shuffled() -> Iterator[None]:
    """A queryset without ``order_by`` answers in a random order, as a database may."""
    fetch_all, iterator = models.QuerySet._fetch_all, models.QuerySet._iterator

    def fetch_shuffled(self: Any) -> None:
        fresh = self._result_cache is None
        fetch_all(self)
        if fresh and not self.ordered:
            random.shuffle(self._result_cache)

    def iterate_shuffled(self: Any, *args: Any) -> Iterator[Any]:
        rows = iterator(self, *args)
        if self.ordered:
            return rows
        rows = list(rows)
        random.shuffle(rows)
        return iter(rows)

    with (
        mock.patch.object(models.QuerySet, "_fetch_all", fetch_shuffled),
        mock.patch.object(models.QuerySet, "_iterator", iterate_shuffled),
    ):
        yield


@contextmanager
def moments_are_no_dates() -> Iterator[None]:
    """A datetime given to a DateField would lose its hour and its zone in silence."""
    to_python = models.DateField.to_python

    def strict(self: Any, value: Any) -> Any:
        if isinstance(value, datetime):
            raise Strict(f"a datetime for the DateField {self.name}: {value!r}")
        return to_python(self, value)

    with mock.patch.object(models.DateField, "to_python", strict):
        yield


@contextmanager
def locks_name_their_table() -> Iterator[None]:
    """``select_for_update`` over a join locks every joined row unless ``of`` says which."""
    from_clause = SQLCompiler.get_from_clause

    def strict(self: Any) -> Any:
        tables, parameters = from_clause(self)
        query = self.query
        if query.select_for_update and not query.select_for_update_of and len(tables) > 1:
            raise Strict(f"select_for_update over {tables} without of=(...)")
        return tables, parameters

    with mock.patch.object(SQLCompiler, "get_from_clause", strict):
        yield


def _check_update_fields(sender: Any, update_fields: Any, **_kwargs: Any) -> None:
    if not update_fields:
        return
    forgotten = [
        field.name
        for field in sender._meta.concrete_fields
        if getattr(field, "auto_now", False) and not {field.name, field.attname} & update_fields
    ]
    if forgotten:
        raise Strict(f"save(update_fields=...) of {sender.__name__} forgets {forgotten}")


@contextmanager
def auto_now_is_not_forgotten() -> Iterator[None]:
    """``save(update_fields=...)`` must carry the fields that a save sets by itself."""
    pre_save.connect(_check_update_fields, weak=False, dispatch_uid="strict-update-fields")
    try:
        yield
    finally:
        pre_save.disconnect(dispatch_uid="strict-update-fields")


@contextmanager
def tests_may_empty_every_table() -> Iterator[None]:
    """No strictness, its price: a table that refuses TRUNCATE is emptied after a test all the same.

    Django empties the tables after a test that committed; the guards stand aside only then.
    """
    sql_flush = DatabaseOperations.sql_flush

    def flush(self: Any, style: Any, tables: Any, **options: Any) -> list[str]:
        guarded = sorted({table for table in tables if table.startswith(_GUARDED)})
        off = [f'ALTER TABLE "{table}" DISABLE TRIGGER USER;' for table in guarded]
        on = [f'ALTER TABLE "{table}" ENABLE TRIGGER USER;' for table in guarded]
        return [*off, *sql_flush(self, style, tables, **options), *on]

    with mock.patch.object(DatabaseOperations, "sql_flush", flush):
        yield


@contextmanager
def strict_database() -> Iterator[None]:
    """All of the above."""
    with ExitStack() as stack:
        stack.enter_context(unordered_rows_are_shuffled())
        stack.enter_context(moments_are_no_dates())
        stack.enter_context(locks_name_their_table())
        stack.enter_context(auto_now_is_not_forgotten())
        stack.enter_context(tests_may_empty_every_table())
        yield
