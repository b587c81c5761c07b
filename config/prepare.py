"""Bring translations, database, static files and demo data up to date, in one Python process.

Each step is skipped when what it was made from has not changed. What concerns the database is
remembered in the database (table `demo_stamp`), so an emptied one is filled again.
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
STEPS = 8
STARTED = "SANWEI_DEMO_STARTED"


def step(number: int, chinese: str, english: str) -> None:
    """Print one line of progress with the seconds since `make demo`."""
    elapsed = time.time() - float(os.environ.get(STARTED, time.time()))
    print(f"[{number}/{STEPS}] {chinese} · {english} ({elapsed:.1f} s)", flush=True)


def fingerprint(files: Iterable[Path]) -> str:
    """Return a digest of names and contents of `files`."""
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(f"{file.relative_to(ROOT)}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def wanted() -> dict[str, str]:
    """Return the fingerprint of what each step is made from."""
    lock = ROOT / "requirements.txt"
    packages = [p for p in ROOT.iterdir() if (p / "__init__.py").is_file() and p.name != "tests"]
    migrations = [m for p in packages for m in p.rglob("migrations/*.py")]
    static = [f for f in (ROOT / "static").rglob("*") if f.is_file()]
    return {
        "translations": fingerprint((ROOT / "locale").rglob("*.po")),
        "migrations": fingerprint([*migrations, lock]),
        "static": fingerprint([*static, lock]),
        "demo": "loaded",
    }


class Stamps:
    """What was done before: in files under `home`, and in the database for its own steps."""

    IN_DATABASE = ("migrations", "demo", "logins")

    def __init__(self, home: Path) -> None:
        self._home = home
        self._connection = psycopg2.connect(os.environ["DATABASE_URL"], connect_timeout=10)
        self._connection.autocommit = True

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def read(self, name: str) -> str:
        """Return what was stored under `name`, or nothing."""
        if name not in self.IN_DATABASE:
            file = self._home / f"{name}.stamp"
            return file.read_text() if file.exists() else ""
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('demo_stamp') IS NOT NULL")
            row = cursor.fetchone()
            if not row or not row[0]:
                return ""
            cursor.execute("SELECT value FROM demo_stamp WHERE name = %s", [name])
            row = cursor.fetchone()
            return str(row[0]) if row else ""

    def write(self, name: str, value: str) -> None:
        """Store `value` under `name`."""
        if name not in self.IN_DATABASE:
            (self._home / f"{name}.stamp").write_text(value)
            return
        with self._connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE IF NOT EXISTS demo_stamp (name text PRIMARY KEY, value text NOT NULL)"
            )
            cursor.execute(
                "INSERT INTO demo_stamp VALUES (%s, %s)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                [name, value],
            )


def stale(stamps: Stamps, home: Path) -> dict[str, str]:
    """Return the steps to be done again, each with its new fingerprint."""
    steps = {name: value for name, value in wanted().items() if stamps.read(name) != value}
    if "static" not in steps and not (home / "static").is_dir():
        steps["static"] = wanted()["static"]
    if "translations" not in steps and any(
        not po.with_suffix(".mo").exists() for po in (ROOT / "locale").rglob("*.po")
    ):
        steps["translations"] = wanted()["translations"]
    return steps


def prepare(home: Path) -> None:
    """Do what is stale, in order. Raises what the commands raise."""
    import django
    from django.core.management import call_command

    stamps = Stamps(home)
    todo = stale(stamps, home)
    django.setup()
    lines = (
        (4, "translations", "编译译文", "Compiling translations"),
        (5, "migrations", "建立数据库结构", "Migrating the database"),
        (6, "static", "收集样式与图片", "Collecting static files"),
        (7, "demo", "载入示范数据", "Loading the demo union"),
    )
    for number, name, chinese, english in lines:
        if name not in todo:
            step(number, f"{chinese}：无变化", f"{english}: nothing new")
            continue
        step(number, chinese, english)
        if name == "translations":
            call_command("translations", compile=True)
        elif name == "migrations":
            call_command("migrate", interactive=False, verbosity=0)
        elif name == "static":
            call_command("collectstatic", interactive=False, verbosity=0)
        else:
            call_command("load_demo")
        stamps.write(name, todo[name])
    logins = io.StringIO()
    call_command("load_demo", logins=True, stdout=logins)
    stamps.write("logins", logins.getvalue())
    stamps.close()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    prepare(Path(sys.argv[1]))
