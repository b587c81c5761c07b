"""What keeps a member from leaving: every app with open matters of members says so here."""

from __future__ import annotations

from collections.abc import Callable

from cooperative.membership.models import Membership
from core.errors import Refused

_CHECKS: list[Callable[[Membership], Refused | None]] = []


def register_leave_check(check: Callable[[Membership], Refused | None]) -> None:
    """Add a check from ``AppConfig.ready``: why this membership cannot end yet, or None.

    It runs while the membership is locked. Whoever begins something that keeps a member holds
    the same lock, so that nobody leaves in the middle of it.
    """
    _CHECKS.append(check)


def check_may_leave(membership: Membership) -> None:
    """Let a membership end unless some app has open matters of it.

    Raises:
        Refused: the first reason, with the way on.
    """
    for check in _CHECKS:
        reason = check(membership)
        if reason is not None:
            raise reason
