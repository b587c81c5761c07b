"""Servers and secrets of a test run: loaded by pytest before Django reads its settings.

Without DATABASE_URL the run gets a throw-away PostgreSQL and Valkey of its own, so any number of
runs may go at once. Workers of pytest-xdist inherit the environment and start nothing. With
DATABASE_URL set, REDIS_URL must be set too; both are used as they are.
"""

from __future__ import annotations

import atexit
import base64
import os
import secrets
import shutil
import signal
import threading
from types import FrameType

import pytest

from config.embedded import EmbeddedError, Postgres, RunFolder, Valkey
from core.translations import compile_catalogues

# What a test run always uses, whatever the machine's environment says.
FIXED = {"DEMO": "0", "DEBUG": "0", "DJANGO_SETTINGS_MODULE": "config.settings"}

NO_CHROMIUM = "no Chromium found (CHROMIUM=/path/to/it, or install chromium)"


class Servers:
    """The throw-away servers of one run; `stop()` may be called twice."""

    def __init__(self) -> None:
        self._run = RunFolder()
        self._postgres = Postgres(
            self._run.path / "data",
            run=self._run,
            log=self._run.path / "postgres.log",
            durable=False,
        )
        self._valkey = Valkey(
            self._run.path / "valkey", log=self._run.path / "valkey.log", durable=False
        )

    def start(self) -> dict[str, str]:
        """Start both and return the environment that points at them."""
        self._postgres.start()
        self._valkey.start()
        return {
            "DATABASE_URL": self._postgres.url,
            "REDIS_URL": self._valkey.url,
            "PRIVATE_ROOT": str(self._run.path / "private"),
        }

    def stop(self) -> None:
        """End both and remove everything they wrote."""
        self._postgres.stop()
        self._valkey.stop()
        self._run.remove()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Export the environment before pytest-django imports the settings."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    os.environ.update(FIXED)
    os.environ.update(_fresh_secrets())
    _end_on_sigterm()
    if not os.environ.get("DATABASE_URL"):
        _start_servers(early_config)
    compile_catalogues()  # they are not kept in git


def _start_servers(early_config: pytest.Config) -> None:
    servers = Servers()
    atexit.register(servers.stop)
    early_config.add_cleanup(servers.stop)
    try:
        os.environ.update(servers.start())
    except EmbeddedError as error:
        servers.stop()
        raise pytest.UsageError(str(error)) from error


def _fresh_secrets() -> dict[str, str]:
    def key() -> str:
        return base64.b64encode(secrets.token_bytes(32)).decode()

    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_KEYS": f"k1:{key()}",
        "BLIND_INDEX_KEY": key(),
    }


def _end_on_sigterm() -> None:
    """Let SIGTERM end the run like Ctrl-C, so that the servers are stopped in order."""

    def end(_signum: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt("SIGTERM")

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, end)


def find_chromium() -> str | None:
    """Return the path of a Chromium: of the variable CHROMIUM, or of the machine."""
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip browser tests where there is no Chromium, unless REQUIRE_BROWSER=1 forbids it."""
    if find_chromium() or os.environ.get("REQUIRE_BROWSER") == "1":
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly how many browser tests were not run."""
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum(NO_CHROMIUM in str(report.longrepr) for report in skipped)
    if count:
        terminalreporter.section("BROWSER TESTS WERE NOT RUN", red=True, bold=True)
        terminalreporter.line(f"{count} tests skipped: {NO_CHROMIUM}", red=True)
