"""Handing work to Celery by name. The queue is only a wake-up call: the rows are the truth."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError as BrokerError

logger = logging.getLogger(__name__)

PLAN = "core.plan_job"
CHUNK = "core.run_chunk"
# Nobody waits for a queue that is away: kombu alone would try for six seconds.
_QUICK = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "socket_connect_timeout": 2}


def wake(task: str, ids: Iterable[int], *, expires: float | None = None) -> None:
    """Send one message for each id. A queue that is away is no error: the sweep sends it again."""
    try:
        with (
            current_app.connection_for_write(transport_options=_QUICK) as connection,
            current_app.amqp.Producer(connection) as producer,
        ):
            for number in ids:
                current_app.send_task(
                    task, args=[number], producer=producer, expires=expires, retry=False
                )
    except (BrokerError, ConnectionError) as error:
        logger.warning("the queue is away (%s); the sweep will send %s", type(error).__name__, task)


def wake_after_commit(task: str, ids: Iterable[int]) -> None:
    """The same once the rows can be seen by others."""
    wanted = list(ids)
    transaction.on_commit(lambda: wake(task, wanted), robust=True)
