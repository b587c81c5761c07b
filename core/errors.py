"""The one family of anticipated refusals and how each ring shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext_lazy as _
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from core.sentences import Text as Text
from core.sentences import in_a_row


class Refused(Exception):
    """A rule says no. The message is a whole translated sentence: the cause and the next step.

    ``code`` is stable and for machines, ``message`` for people, ``way_on`` an optional second
    sentence that says what to do instead, ``facts`` the numbers behind the refusal.
    """

    status = 422

    def __init__(self, code: str, message: Text, *, way_on: Text = "", **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.way_on = way_on
        self.facts = facts

    def __str__(self) -> str:
        return in_a_row(self.message, self.way_on)


class NotFound(Refused):
    """The thing is not there, or not for this user: both look the same from outside."""

    status = 404

    def __init__(
        self, message: Text = _("没有找到这一页，或者您不能查看它。"), **facts: Any
    ) -> None:
        super().__init__("not_found", message, **facts)


class Forbidden(Refused):
    """The user is known and may not do this."""

    status = 403

    def __init__(self, code: str, message: Text, *, way_on: Text = "", **facts: Any) -> None:
        super().__init__(code, message, way_on=way_on, **facts)


class Busy(Refused):
    """Someone else holds the rows; nothing was changed and trying again will help."""

    status = 409

    def __init__(self) -> None:
        super().__init__("busy", _("有人正在办理同一件事，请过几秒再试一次。"))


_CONSTRAINT = re.compile(r'(?:constraint|index) "([^"]+)"')


def violated_constraint(error: IntegrityError) -> str:
    """Name of the database constraint that refused, or an empty string."""
    diagnostics = getattr(error.__cause__, "diag", None)
    name = getattr(diagnostics, "constraint_name", None)
    if name:
        return str(name)
    found = _CONSTRAINT.search(str(error))
    return found.group(1) if found else ""


@contextmanager
def refusing(violations: Mapping[str, Refused]) -> Iterator[None]:
    """Turn just the named constraint violations into their refusals, inside a savepoint.

    Raises:
        Refused: the one given for the violated constraint; any other error passes unchanged.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        refusal = violations.get(violated_constraint(error))
        if refusal is None:
            raise
        raise refusal from error


_LOCK_NOT_AVAILABLE = "55P03"
_DEADLOCK = "40P01"


def is_busy(error: OperationalError) -> bool:
    """Whether someone else held the rows: nothing is wrong, trying again will help."""
    return getattr(error.__cause__, "pgcode", None) in (_LOCK_NOT_AVAILABLE, _DEADLOCK)


def is_away(error: BaseException | None) -> bool:
    """Whether a server behind the site does not answer: its database, or Redis."""
    if isinstance(error, OperationalError):
        return not is_busy(error)
    return isinstance(error, RedisConnectionError | RedisTimeoutError)


@contextmanager
def busy_is_refused() -> Iterator[None]:
    """Turn a lock that could not be had in time, or a deadlock, into ``Busy``."""
    try:
        yield
    except OperationalError as error:
        if is_busy(error):
            raise Busy from error
        raise
