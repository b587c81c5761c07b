"""Shows pages in the language the user chose; keeps the list of sessions and ends idle ones."""

from __future__ import annotations

from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from cooperative.accounts import second_factor, sessions
from core.address import address_of


class UserPreferences:
    """Language: the account's, else the cookie's, else Chinese. The browser's is not asked:
    phones sold with an English system belong to farmers who read Chinese."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if request.user.is_authenticated:
            chosen = request.user.language
        if chosen not in dict(settings.LANGUAGES):
            chosen = settings.LANGUAGE_CODE
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen  # type: ignore[attr-defined]
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", chosen)
            return response


class TrackActivity:
    """Notes when and from where a session was last used, and lets it end when it idles too long.

    Once a minute for officers' sessions, else once in five minutes: one cheap look into the cache
    in between. A session ends 30 minutes (officers) or 14 days (members) after the last note.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and request.session.session_key:
            _track(request)
        return self.get_response(request)


_OFFICER_EVERY = 60
_MEMBER_EVERY = 300


def _track(request: HttpRequest) -> None:
    is_officer = second_factor.gave_second_factor(request)
    every = _OFFICER_EVERY if is_officer else _MEMBER_EVERY
    if not cache.add(f"seen:{request.session.session_key}", 1, every):
        return
    seen = UserSession.objects.filter(session_key=request.session.session_key)
    if not seen.update(last_seen_at=timezone.now(), ip=address_of(request)):
        UserSession.objects.create_from_request(request)
    today = timezone.localdate().isoformat()
    if is_officer:
        request.session.set_expiry(sessions.OFFICER_IDLE_SECONDS)
    elif request.session.get("renewed_on") != today:
        request.session["renewed_on"] = today
        request.session.set_expiry(sessions.MEMBER_IDLE_SECONDS)
