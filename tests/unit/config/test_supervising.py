"""The supervisor of the demo: what it starts it ends, and it says who died."""

import os
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from config.embedded import EmbeddedError, RunFolder, free_port
from config.prepare import ROOT, fingerprint
from config.supervise import MARK, MOST_RESTARTS, Child, ChildEnded, Supervisor

SLEEP = "import time; print('up', flush=True); time.sleep(60)"
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"


@pytest.fixture
def supervisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    monkeypatch.setattr("config.supervise.TERM_SECONDS", 0.5)
    supervisor = Supervisor(tmp_path)
    yield supervisor
    supervisor.end()


def start(supervisor: Supervisor, code: str, name: str = "worker"):
    env = {**os.environ, MARK: str(supervisor.home)}
    log = supervisor.home / f"{name}.log"
    return supervisor.start(name, [sys.executable, "-c", code], env=env, log=log, ready_line="up")


def test_child_is_ready_when_it_says_so(supervisor):
    child = start(supervisor, SLEEP)
    assert supervisor.wait_for(child.ready.is_set, seconds=20)
    assert (supervisor.home / "worker.log").read_text() == "up\n"


def test_dead_child_is_named_with_its_last_lines(supervisor):
    start(supervisor, "print('no such table'); raise SystemExit(3)", name="beat")
    with pytest.raises(ChildEnded) as raised:
        supervisor.wait_for(lambda: False, seconds=20)
    assert "beat ended unexpectedly (code 3)" in str(raised.value)
    assert str(raised.value).endswith("no such table")


@pytest.mark.parametrize("code", [SLEEP, DEAF], ids=["obedient", "deaf"])
def test_end_leaves_nothing_running(supervisor, code):
    child = start(supervisor, code)
    supervisor.wait_for(child.ready.is_set, seconds=20)
    supervisor.end()
    assert not psutil.pid_exists(child.process.pid)


def test_sweep_ends_what_a_killed_supervisor_left(supervisor, tmp_path):
    child = start(supervisor, SLEEP)
    supervisor.wait_for(child.ready.is_set, seconds=20)
    assert Supervisor(tmp_path / "another").sweep() == 0
    assert child.process.poll() is None
    assert Supervisor(tmp_path).sweep() == 1
    assert not psutil.pid_exists(child.process.pid)


def test_taken_port_gives_the_next_free_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port < free_port(port) < port + 100


def test_port_beyond_the_last_is_refused_with_a_sentence():
    with pytest.raises(EmbeddedError, match="choose one with PORT="):
        free_port(65_536)


def test_run_folder_is_short_and_swept_once_its_process_is_gone():
    folder = RunFolder()
    gone = folder.path.with_name(f"sanwei-{2**22 + 1}-left")  # beyond the largest process id
    gone.mkdir()
    RunFolder().remove()
    assert not gone.exists()
    assert folder.path.exists()
    assert len(str(folder.path / "pg/.s.PGSQL.5432")) < 107
    folder.remove()
    assert not folder.path.exists()


def test_fingerprint_changes_with_a_name_and_with_a_content():
    one, two = ROOT / "manage.py", ROOT / "Makefile"
    assert fingerprint([one, two]) == fingerprint([two, one])
    assert fingerprint([one]) != fingerprint([two])


def test_a_killed_child_is_started_anew_until_it_is_too_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Child, "loud", threading.Event())
    Child.loud.set()
    supervisor = Supervisor(tmp_path)
    supervisor.start("worker", ["sleep", "60"], env=dict(os.environ), log=tmp_path / "worker.log")
    try:
        seen = set()
        for _kill in range(MOST_RESTARTS):
            process = supervisor._children[0].process
            seen.add(process.pid)
            process.kill()
            process.wait(10)
            supervisor.check()
        assert capsys.readouterr().out.count("starting it anew") == MOST_RESTARTS
        last = supervisor._children[0].process
        assert last.pid not in seen
        last.kill()
        last.wait(10)
        with pytest.raises(ChildEnded, match="signal 9"):
            supervisor.check()
    finally:
        supervisor.end()
