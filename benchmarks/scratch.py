"""Servers of its own for a benchmark: started, filled, measured, ended and removed."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from config.embedded import ROLE, Postgres, RunFolder, Valkey


@dataclass(frozen=True)
class Servers:
    """What runs while a benchmark does."""

    postgres: Postgres
    valkey: Valkey


@contextmanager
def scratch_database() -> Iterator[Servers]:
    """Durable PostgreSQL, a cache beside it, and the environment that Django's settings read.

    The role may do everything there, so that rows can be written without their checks.
    """
    folder = RunFolder()
    postgres = Postgres(
        folder.path / "data", run=folder, log=folder.path / "postgres.log", durable=True
    )
    valkey = Valkey(folder.path / "valkey", log=folder.path / "valkey.log", durable=False)
    try:
        postgres.start()
        valkey.start()
        with closing(
            psycopg2.connect(host=str(postgres.sockets), user="postgres", dbname="postgres")
        ) as connection:
            connection.autocommit = True
            connection.cursor().execute(f"ALTER ROLE {ROLE} SUPERUSER")
        _environment(postgres.url, valkey.url, folder.path)
        yield Servers(postgres, valkey)
    finally:
        valkey.stop()
        postgres.stop()
        folder.remove()


def _environment(url: str, cache: str, folder: Path) -> None:
    def key() -> str:
        return base64.b64encode(secrets.token_bytes(32)).decode()

    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings",
        DATABASE_URL=url,
        REDIS_URL=cache,
        SECRET_KEY=key(),
        FIELD_KEYS=f"k1:{key()}",
        BLIND_INDEX_KEY=key(),
        PRIVATE_ROOT=str(folder / "private"),
        LOG_LEVEL="ERROR",
        DATABASE_CONN_MAX_AGE="3600",
    )
