"""Work of the queue: sending and cleaning up."""

from __future__ import annotations

import logging
import time

from celery import current_app, shared_task
from django.utils import timezone

from cooperative.notices import selectors, services
from cooperative.notices.senders import current_port

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 50.0
ROWS_PER_LANE = 100
MOST_LANES = 4
_DEFECTS_IN_A_ROW = 3


@shared_task(name="notices.deliver")
def deliver(delivery_id: int) -> None:
    """Send one message that was just committed, if nobody else has and it is not quiet."""
    services.deliver_next(port=current_port(), clock=timezone.now, delivery_id=delivery_id)


@shared_task(name="notices.deliver_due")
def deliver_due() -> None:
    """Every minute: send what waits; more workers help when much does."""
    waiting = selectors.due_count(timezone.now())
    for _lane in range(min(MOST_LANES, waiting // ROWS_PER_LANE)):
        current_app.send_task("notices.drain", expires=SWEEP_SECONDS)
    if waiting:
        drain()


@shared_task(name="notices.drain")
def drain(seconds: float = SWEEP_SECONDS) -> int:
    """Send due messages one after another for at most ``seconds``; how many were tried.

    A message that trips over a defect of ours keeps its claim until the lease ends, so the others
    go on; three defects in a row are no accident and end the sweep.
    """
    port = current_port()
    end = time.monotonic() + seconds
    tried = defects = 0
    while time.monotonic() < end and defects < _DEFECTS_IN_A_ROW:
        try:
            if not services.deliver_next(port=port, clock=timezone.now):
                break
            defects = 0
        except Exception:  # the outer ring: logged, and the next message gets its turn
            logger.exception("sending a message failed")
            defects += 1
        tried += 1
    return tried


@shared_task(name="notices.purge")
def purge() -> None:
    """Nightly: drop numbers and texts that are no longer needed."""
    logger.info("notices purged: %s", services.purge_old(at=timezone.now()))
