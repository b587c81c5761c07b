"""Which errors pass by themselves, and how the others are told without personal data."""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, OperationalError
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from core.errors import Busy, Refused

logger = logging.getLogger(__name__)

# lock_not_available, deadlock_detected, serialization_failure, admin_shutdown, crash_shutdown,
# cannot_connect_now, too_many_connections; class 08 is "connection exception".
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_PASSING_STATES = {"55P03", "40P01", "40001", "57P01", "57P02", "57P03", "53300"}
_CONNECTION_CLASS = "08"


def passes_by_itself(error: BaseException) -> bool:
    """Whether the same work may succeed when it is tried again: locks and lost connections.

    A statement that ran out of time does not pass: half as many items may.
    """
    if isinstance(error, (Busy, InterfaceError, RedisConnectionError, RedisTimeoutError)):
        return True
    if isinstance(error, BrokerError):
        return True
    if isinstance(error, DatabaseError):
        state = getattr(error.__cause__, "pgcode", None)
        if state is None:
            # The server was gone before it could say why.
            return isinstance(error, OperationalError)
        return state in _PASSING_STATES or state.startswith(_CONNECTION_CLASS)
    return False


@dataclass(frozen=True)
class Fault:
    """Why an item, a plan or an end did not work, as it is stored and shown."""

    code: str
    reason: str


def told(error: Exception) -> Fault:
    """A refusal in its own words; any other error as one sentence, its cause in the log.

    The text of an unforeseen error may hold personal data (a database names the values it
    refused), so only its type and the places it passed go to the log.
    """
    if isinstance(error, Refused):
        return Fault(error.code, str(error))
    places = "".join(traceback.format_tb(error.__traceback__))
    logger.error("unforeseen %s\n%s", type(error).__name__, places)
    return Fault("error", _("程序出错，没有办成，原因已记入日志。请联系管理员。"))
