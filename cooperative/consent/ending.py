"""What an app above does at once when a member no longer agrees to a purpose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

# (member's key, who ended it, when), in the transaction that ends the consent
OnEnd = Callable[[int, Any, datetime], None]

_ON_END: dict[str, OnEnd] = {}


def register_end(purpose: str, then: OnEnd) -> None:
    """Declare, from an ``AppConfig.ready``, what follows when nobody may use a member's data for this.

    Source: PIPL art. 15: withdrawing works at once.
    """
    _ON_END[purpose] = then


def consent_ended(purpose: str, member_id: int, by: Any, at: datetime) -> None:
    """Do what was declared, if anything."""
    if then := _ON_END.get(purpose):
        then(member_id, by, at)
