"""Who looked at a member: membership says that someone looks, a higher app writes it down.

An officer's page that shows a member's own data, and every reveal of a masked field, calls
``record_look`` in the transaction that reads (rule I12: no read without a disclosure row).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from cooperative.membership.models import Member


class LookRecorder(Protocol):
    """Writes one look down, or raises."""

    def __call__(
        self,
        *,
        member: Member,
        by: Any,
        purpose: str,
        categories: Sequence[str],
        at: datetime,
        address: str | None,
    ) -> Any:
        """Record that ``by`` saw these kinds of the member's data."""


_RECORDERS: list[LookRecorder] = []


def register_look_recorder(recorder: LookRecorder) -> None:
    """Name who writes looks down, from ``AppConfig.ready``; registering again changes nothing."""
    if recorder not in _RECORDERS:
        _RECORDERS.append(recorder)


def record_look(
    *,
    member: Member,
    by: Any,
    purpose: str,
    categories: Sequence[str],
    at: datetime,
    address: str | None = None,
) -> None:
    """Have the look written down by every recorder.

    Raises:
        RuntimeError: nobody writes looks down: better no page than an unseen look.
    """
    if not _RECORDERS:
        raise RuntimeError("no recorder of looks is registered")
    for recorder in _RECORDERS:
        recorder(
            member=member,
            by=by,
            purpose=purpose,
            categories=categories,
            at=at,
            address=address,
        )
