"""Questions about accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from cooperative.accounts import devices
from cooperative.accounts.models import User


@dataclass(frozen=True)
class Device:
    """One session as its owner sees it."""

    pk: int
    name: str
    icon: str
    address: str
    since: datetime
    last_seen_at: datetime
    is_this: bool


def devices_of(user: User, *, this: str | None, at: datetime) -> list[Device]:
    """The sessions that are still open, this one (by session key) first, then the latest seen."""
    rows = list(UserSession.objects.filter(user=user).order_by("-last_seen_at", "-pk"))
    live = set(
        Session.objects.filter(
            session_key__in=[row.session_key for row in rows], expire_date__gt=at
        ).values_list("session_key", flat=True)
    )
    shown = [
        Device(
            pk=row.pk,
            name=devices.in_words(row.user_agent),
            icon="phone" if devices.is_phone(row.user_agent) else "person",
            address=row.ip,
            since=row.created_at,
            last_seen_at=row.last_seen_at,
            is_this=row.session_key == this,
        )
        for row in rows
        if row.session_key in live
    ]
    return sorted(shown, key=lambda device: not device.is_this)
