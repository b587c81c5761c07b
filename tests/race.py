"""Races: several calls at once on committed rows (mark such tests ``django_db(transaction=True)``).

Who is quicker decides nothing. Where the order matters a call stops at ``meet()``, put between the
check and the write, until each other call has come as far as it can: to a meeting too, to a lock
that somebody holds, or to its end. So a lock that is missing shows each time, on any machine.
"""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from core.errors import Refused

WAIT_SECONDS = 300  # only a fault waits so long
_LOOK_SECONDS = 0.01
# The site gives a lock up after three seconds; a slow machine may hold one longer than that.
_LOCK_TIMEOUT = f"SET lock_timeout = '{WAIT_SECONDS}s'"
_BLOCKED = "SELECT count(*) FROM unnest(%s::int[]) AS pid WHERE pg_blocking_pids(pid) <> '{}'"


class _Call(threading.Thread):
    """One call of a race, in a thread with a database connection of its own."""

    def __init__(self, call: Callable[[], Any], start: threading.Barrier) -> None:
        super().__init__(daemon=True)
        self._call = call
        self._start = start
        self.answer: Any = None
        self.error: Exception | None = None
        self.backend: int | None = None
        self.waits = False
        self.go_on = threading.Event()

    def run(self) -> None:
        try:
            self._start.wait(WAIT_SECONDS)
            self.answer = self._call()
        except Exception as error:  # noqa: BLE001 - handed to the test, which judges it
            self.error = error
        finally:
            connection.close()

    def where(self) -> str:
        """The lines the thread is at."""
        frame = sys._current_frames().get(self.ident or 0)
        return "".join(traceback.format_stack(frame)[-6:]) if frame else "ended\n"


def race(
    *calls: Callable[[], Any], errors: type[Exception] | tuple[type[Exception], ...] = Refused
) -> list[Any]:
    """Run the calls in threads that start together; their answers, or the refusals they raised.

    ``errors`` says which exceptions count as an answer.

    Raises:
        ExceptionGroup: of all other exceptions, so that none stays unread.
    """
    start = threading.Barrier(len(calls))
    threads = [_Call(call, start) for call in calls]
    with _connections_are_noted():
        for thread in threads:
            thread.start()
        _see_them_through(threads)
    unforeseen = [
        thread.error
        for thread in threads
        if thread.error is not None and not isinstance(thread.error, errors)
    ]
    if unforeseen:
        raise ExceptionGroup("calls of the race failed", unforeseen)
    return [thread.answer if thread.error is None else thread.error for thread in threads]


def meet() -> None:
    """In a call of a race: wait until the others are at a meeting, at a held lock, or at their end."""
    thread = threading.current_thread()
    assert isinstance(thread, _Call), "only the calls of a race meet"
    thread.go_on.clear()
    thread.waits = True
    assert thread.go_on.wait(WAIT_SECONDS), "the others neither came nor ended"


def _see_them_through(threads: Sequence[_Call]) -> None:
    """Let those at a meeting go on whenever nobody else can, until all calls have ended."""
    deadline = time.monotonic() + WAIT_SECONDS
    while running := [thread for thread in threads if thread.is_alive()]:
        if time.monotonic() > deadline:
            places = "\n".join(thread.where() for thread in running)
            raise AssertionError(f"the race does not end:\n{places}")
        waiting = [thread for thread in running if thread.waits]
        if waiting and _are_blocked([thread for thread in running if thread not in waiting]):
            for thread in waiting:
                thread.waits = False
                thread.go_on.set()
        running[0].join(_LOOK_SECONDS)


def _are_blocked(threads: Sequence[_Call]) -> bool:
    """Whether each of these waits for a lock that another transaction holds."""
    backends = [thread.backend for thread in threads]
    if None in backends:
        return False
    if not backends:
        return True
    with connection.cursor() as cursor:
        cursor.execute(_BLOCKED, [backends])
        return bool(cursor.fetchone()[0] == len(backends))


@contextmanager
def _connections_are_noted() -> Iterator[None]:
    """The server's number for each call's connection, on which locks are waited for with patience."""

    def note(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
        thread = threading.current_thread()
        if isinstance(thread, _Call):
            thread.backend = connection.connection.info.backend_pid
            with connection.cursor() as cursor:
                cursor.execute(_LOCK_TIMEOUT)

    connection_created.connect(note, weak=False, dispatch_uid="race")
    try:
        yield
    finally:
        connection_created.disconnect(dispatch_uid="race")
