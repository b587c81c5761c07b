"""Django's own checks in one process: `make check` runs it with a real installation's settings."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from tempfile import TemporaryDirectory

from config.embedded import EmbeddedError, Postgres, RunFolder


def main() -> int:
    """Run every check, report each by name, return 1 when any failed."""
    import django
    from django.core.management import CommandError, call_command

    django.setup()
    checks: tuple[tuple[str, Callable[[], object]], ...] = (
        ("templates", lambda: call_command("check_templates")),
        ("translations", lambda: call_command("translations", check=True)),
        ("states", lambda: call_command("draw_states", check=True)),
        (
            "migrations",
            lambda: call_command("makemigrations", check_changes=True, dry_run=True),
        ),
        ("deployment", lambda: call_command("check", deploy=True, fail_level="WARNING")),
    )
    failed = []
    for name, check in checks:
        print(f"manage.py: {name}", flush=True)
        try:
            check()
        except CommandError as error:
            print(f"  {error}", file=sys.stderr)
            failed.append(name)
        except SystemExit as end:
            if end.code:
                failed.append(name)
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return bool(failed)


def with_database() -> int:
    """Give the checks an empty PostgreSQL unless DATABASE_URL names one."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")  # named, never opened
    if os.environ.get("DATABASE_URL"):
        return main()
    folder = RunFolder()
    try:
        postgres = Postgres(
            folder.path / "data", run=folder, log=folder.path / "postgres.log", durable=False
        )
        try:
            postgres.start()
            os.environ["DATABASE_URL"] = postgres.url
            with TemporaryDirectory() as private:
                os.environ.setdefault("PRIVATE_ROOT", private)
                return main()
        finally:
            postgres.stop()
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        folder.remove()


if __name__ == "__main__":
    sys.exit(with_database())
