"""Races: several calls at once on committed rows (mark such tests ``django_db(transaction=True)``)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

_WAIT_SECONDS = 20


def race(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls in threads that start together; their answers, or the exceptions they raised."""
    barrier = threading.Barrier(len(calls))
    answers: list[Any] = [None] * len(calls)

    def run(index: int, call: Callable[[], Any]) -> None:
        try:
            barrier.wait(_WAIT_SECONDS)
            answers[index] = call()
        except Exception as error:  # noqa: BLE001 - handed to the test, which judges it
            answers[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_WAIT_SECONDS * 2)
    return answers
