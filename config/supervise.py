"""Several processes as one: start them together, watch them, end them all.

Every child leads a session of its own, so that Ctrl-C reaches the supervisor alone and it decides
the order of the end. Children are marked in their environment; what a killed supervisor left
behind is found by that mark.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

import psutil

from config.embedded import end_process, tail, tie_to_parent

MARK = "SANWEI_DEMO_HOME"
TERM_SECONDS = 10
LAST_LINES = 15
LINE_WIDTH = 160
MOST_RESTARTS = 3  # of one process within RESTART_SECONDS; then something is wrong with it
RESTART_SECONDS = 60
_COLOURS = ("36", "33", "35", "32", "34")


class ChildEnded(Exception):
    """A child ended that should not have; the text names it and shows its last lines."""


class Child:
    """One process whose output goes to a log file and, shortened, to the terminal.

    The terminal stays quiet until `Child.loud` is set, so that banners do not bury the progress.
    """

    loud = threading.Event()

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        log: Path,
        colour: str = "0",
        ready_line: str = "",
        death_signal: int = signal.SIGTERM,
        restarts: Sequence[float] = (),
    ) -> None:
        self.name = name
        self.ready = threading.Event()
        self.restarts = [at for at in restarts if at > time.monotonic() - RESTART_SECONDS]
        self._recipe = (command, env, log, colour, ready_line, death_signal)
        self._ready_line = ready_line
        self.last: deque[str] = deque(maxlen=LAST_LINES)
        self._prefix = f"{name:<7}│ "
        if sys.stdout.isatty():
            self._prefix = f"\033[{colour}m{self._prefix}\033[0m"
        self._log = log.open("a" if restarts else "w", encoding="utf-8")
        self.process = subprocess.Popen(
            command,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=tie_to_parent(death_signal),
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def again(self) -> Child:
        """The same process started anew; its log goes on."""
        command, env, log, colour, ready_line, death_signal = self._recipe
        return Child(
            self.name,
            command,
            env=env,
            log=log,
            colour=colour,
            ready_line=ready_line,
            death_signal=death_signal,
            restarts=[*self.restarts, time.monotonic()],
        )

    def finish_reading(self) -> None:
        """Wait until the last lines of the ended process are taken."""
        self._reader.join(2)

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines, self._log as log:
            for raw in lines:
                self._take(raw.rstrip(), log)

    def _take(self, line: str, log: IO[str]) -> None:
        log.write(line + "\n")
        log.flush()
        if self._ready_line and self._ready_line in line:
            self.ready.set()
        if line:
            self.last.append(line)
            if self.loud.is_set():
                print(self._prefix + line[:LINE_WIDTH], flush=True)


class Supervisor:
    """Starts children and ends them. Its `end()` leaves nothing running.

    `home` is the folder whose path marks our children; one supervisor per home, which the caller
    makes sure of.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self._children: list[Child] = []
        self._running: subprocess.Popen[bytes] | None = None
        self._servers: list[tuple[str, subprocess.Popen[bytes], Path, Callable[[], None]]] = []

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        log: Path,
        ready_line: str = "",
        death_signal: int = signal.SIGTERM,
    ) -> Child:
        """Start one child and return it; its `ready` is set when it prints `ready_line`.

        `death_signal` ends it should the supervisor itself be killed.
        """
        child = Child(
            name,
            command,
            env=env,
            log=log,
            colour=_COLOURS[len(self._children) % len(_COLOURS)],
            ready_line=ready_line,
            death_signal=death_signal,
        )
        self._children.append(child)
        return child

    def run(self, command: Sequence[str], *, env: Mapping[str, str]) -> int:
        """Run one command to its end, its output as it comes; return its exit code."""
        self._running = subprocess.Popen(
            command,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=tie_to_parent(signal.SIGTERM),
        )
        return self._running.wait()

    def adopt(
        self, name: str, process: subprocess.Popen[bytes], log: Path, stop: Callable[[], None]
    ) -> None:
        """Watch a server that was started elsewhere; `stop` is called after all children ended."""
        self._servers.append((name, process, log, stop))

    def check(self) -> None:
        """Start a child anew that was killed; raise ChildEnded when that does not help.

        During start-up, for a server, or after MOST_RESTARTS within a minute, the end is told.
        """
        for place, child in enumerate(self._children):
            code = child.process.poll()
            if code is None:
                continue
            child.finish_reading()
            _kill_group(child.process.pid)
            if not Child.loud.is_set() or len(child.restarts) >= MOST_RESTARTS:
                raise ChildEnded(_obituary(child.name, code, "\n".join(child.last)))
            print(
                f"{child.name} 意外结束，重新启动 · {child.name} ended, starting it anew",
                flush=True,
            )
            self._children[place] = child.again()
        for name, process, log, _stop in self._servers:
            code = process.poll()
            if code is not None:
                raise ChildEnded(_obituary(name, code, tail(log, LAST_LINES)))

    def wait_for(self, condition: Callable[[], bool], *, seconds: float) -> bool:
        """Poll `condition` until it holds; False after `seconds`. Raises ChildEnded."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.check()
            if condition():
                return True
            time.sleep(0.1)
        return False

    def end(self) -> None:
        """End every child, then every server; kill what does not obey."""
        if self._running is not None:
            end_process(self._running, signal.SIGTERM, seconds=TERM_SECONDS)
        for signum in (signal.SIGTERM, signal.SIGQUIT):
            running = [c for c in self._children if c.process.poll() is None]
            for child in running:
                child.process.send_signal(signum)
            deadline = time.monotonic() + TERM_SECONDS
            for child in running:
                _wait(child.process, deadline - time.monotonic())
        for child in self._children:
            _kill_group(child.process.pid)
            child.process.wait()
            child.finish_reading()
        for _name, _process, _log, stop in reversed(self._servers):
            stop()
        self._children.clear()
        self._servers.clear()
        self.sweep()

    def sweep(self) -> int:
        """End processes that an earlier supervisor of this home left; return their number.

        PostgreSQL is asked, not killed, so that its data is written out.
        """
        left = [process for process in self._marked() if process.pid != os.getpid()]
        for process in left:
            asked = signal.SIGINT if process.name().startswith("postgres") else signal.SIGTERM
            _signal(process, asked)
        _gone, alive = psutil.wait_procs(left, timeout=TERM_SECONDS)
        for process in alive:
            _signal(process, signal.SIGKILL)
        psutil.wait_procs(alive, timeout=TERM_SECONDS)
        return len(left)

    def _marked(self) -> Iterator[psutil.Process]:
        for process in psutil.process_iter():
            try:
                if process.environ().get(MARK) == str(self.home):
                    yield process
            except psutil.Error:
                continue


def _obituary(name: str, code: int, last: str) -> str:
    end = f"signal {-code}" if code < 0 else f"code {code}"
    return (
        f"{name} 意外结束 · {name} ended unexpectedly ({end}). 最后的输出 · Its last lines:\n{last}"
    )


def _wait(process: subprocess.Popen[str], seconds: float) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(max(seconds, 0.01))


def _kill_group(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _signal(process: psutil.Process, signum: int) -> None:
    with contextlib.suppress(psutil.Error):
        process.send_signal(signum)
