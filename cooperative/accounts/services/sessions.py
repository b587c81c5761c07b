"""Ending sessions: one's own on another device, all others, all of somebody who must leave;
forgetting those that ran out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from cooperative.accounts.models import User
from core import audit
from core.errors import NotFound


def end_session(*, user: User, session: Any, by: User, at: datetime) -> None:
    """End one session of ``user`` by the key of its row.

    Raises:
        NotFound: no such session, or somebody else's.
    """
    with transaction.atomic():
        row = UserSession.objects.filter(user=user, pk=session).select_for_update().first()
        if row is None:
            raise NotFound()
        _end(row, by=by, at=at)


def end_sessions(*, user: User, by: User | None, at: datetime, keep: str | None = None) -> int:
    """End every session of ``user`` but the one with the session key ``keep``; how many."""
    with transaction.atomic():
        rows = UserSession.objects.filter(user=user).exclude(session_key=keep or "")
        ended = list(rows.order_by("pk").select_for_update())
        for row in ended:
            _end(row, by=by, at=at)
    return len(ended)


def forget_ended_sessions(*, at: datetime) -> int:
    """Delete device and address of every session that ran out before ``at``; how many."""
    open_keys = Session.objects.filter(expire_date__gt=at).values("session_key")
    ended: int
    ended, _by_model = UserSession.objects.exclude(session_key__in=open_keys).delete()
    return ended


def _end(row: UserSession, *, by: User | None, at: datetime) -> None:
    audit.record("account.session_ended", row.user, by=by, at=at, session=row.pk)
    row.end()
