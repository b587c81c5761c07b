"""The browser's session: entering, leaving, what waits between two screens."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.usersessions.models import UserSession
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from cooperative.accounts.models import User
from core import audit

OFFICER_IDLE_SECONDS = 30 * 60
MEMBER_IDLE_SECONDS = 14 * 24 * 3600
_PENDING = "officer_pending"
_PENDING_SECONDS = 10 * 60


def enter(
    request: HttpRequest, user: User, *, method: str, at: datetime, second_step: str = ""
) -> None:
    """Sign in: a session of a new name, listed with its device, told in the audit trail.

    ``method`` is how they proved it: ``code`` or ``password``; ``second_step`` the kind of second
    factor they gave, if any, which shortens the time a session may idle.
    """
    get_adapter().login(request, user)
    record_authentication(request, user, method)
    if second_step:
        record_authentication(request, user, "mfa", type=second_step)
    request.session.set_expiry(OFFICER_IDLE_SECONDS if second_step else MEMBER_IDLE_SECONDS)
    note_session(request)
    audit.record(
        "account.signed_in", user, by=user, at=at, method=method, second_step=bool(second_step)
    )


def note_session(request: HttpRequest) -> None:
    """List this session under the account, and forget ended ones."""
    UserSession.objects.purge_and_list(request.user)
    UserSession.objects.create_from_request(request)


def leave(request: HttpRequest, *, at: datetime) -> None:
    """Sign out of this session."""
    row = UserSession.objects.filter(session_key=request.session.session_key).first()
    facts = {"session": row.pk} if row else {}
    audit.record("account.session_ended", request.user, by=request.user, at=at, **facts)
    if row:
        row.delete()
    get_adapter().logout(request)


def confirm(request: HttpRequest) -> None:
    """Note that the person just proved again who they are; this is no second factor of its own."""
    record_authentication(request, request.user, "confirmed", reauthenticated=True)


def safe_next(request: HttpRequest) -> str:
    """The page to go to afterwards, if it is one of ours; else empty."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else ""


def remember_challenge(request: HttpRequest, purpose: str, name: str, next_page: str = "") -> None:
    """Keep which code this browser asked for."""
    request.session[f"challenge:{purpose}"] = {"name": name, "next": next_page}


def challenge_of(request: HttpRequest, purpose: str) -> dict[str, str]:
    """What ``remember_challenge`` kept: name and next page, both maybe empty."""
    kept: Any = request.session.get(f"challenge:{purpose}")
    return kept or {"name": "", "next": ""}


def forget_challenge(request: HttpRequest, purpose: str) -> None:
    """The code was used."""
    request.session.pop(f"challenge:{purpose}", None)


def await_second_step(request: HttpRequest, user: User, next_page: str) -> None:
    """Keep for ten minutes that an officer gave the right password."""
    request.session.cycle_key()
    request.session[_PENDING] = {"user": user.pk, "at": time.time(), "next": next_page}


def awaiting_second_step(request: HttpRequest) -> tuple[User | None, str]:
    """The officer who gave the right password in the last ten minutes, and the next page."""
    kept: Any = request.session.get(_PENDING)
    if not kept or time.time() - kept["at"] > _PENDING_SECONDS:
        return None, ""
    return User.objects.filter(pk=kept["user"], is_active=True).first(), kept["next"]


def forget_pending(request: HttpRequest) -> None:
    """The second step was taken."""
    request.session.pop(_PENDING, None)
