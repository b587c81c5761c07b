"""The strict test session (style.md §12) and the few fixtures that every test may use.

What makes it strict stands in ``tests/strict``; each rule has a test that proves it bites in
``tests/consistency/core/test_strict_session.py``. Warnings, sockets and order are set in
``pyproject.toml``.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache
from django.test import Client, override_settings
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.phones import Phones
from tests.strict.database import Strict, strict_database
from tests.strict.pages import strict_pages

# By itself Hypothesis fails an example that takes a fifth of a second, and examples drawn slowly.
hypothesis_settings.register_profile(
    "any machine",
    hypothesis_settings.get_profile(hypothesis_settings.get_current_profile_name()),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.load_profile("any machine")


@pytest.fixture(scope="session", autouse=True)
def test_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Plain http, no manifest of static files, passwords hashed fast."""
    storages = django_settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    with override_settings(
        STORAGES=storages,
        STATIC_ROOT=tmp_path_factory.mktemp("static"),
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        MAINTENANCE_FILE=tmp_path_factory.mktemp("run") / "maintenance",
        HTTPS=False,
        SECURE_SSL_REDIRECT=False,
        SESSION_COOKIE_SECURE=False,
        CSRF_COOKIE_SECURE=False,
        SECURE_PROXY_SSL_HEADER=None,
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def strict_session(test_settings: None) -> Iterator[None]:
    """Everything careless fails, see ``tests/strict``."""
    with strict_database(), strict_pages():
        yield


def _refuse_to_clear(_cache: RedisCache) -> None:
    raise Strict("cache.clear() would empty the caches of all tests; each has its own anyway")


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test has a cache of its own, also in the threads it starts."""
    monkeypatch.setattr(RedisCache, "clear", _refuse_to_clear)
    store = django_settings.CACHES["default"]
    before = store["KEY_PREFIX"]
    store["KEY_PREFIX"] = cache.key_prefix = f"test-{uuid.uuid4().hex}"
    yield
    store["KEY_PREFIX"] = cache.key_prefix = before


SignedIn = Callable[..., Client]


@pytest.fixture
def signed_in(db: None) -> SignedIn:
    """A function: ``signed_in(user)`` is a client in which the user has signed in.

    ``second_factor=True`` for an officer who also gave the code of the authenticator.
    """

    def sign_in(user: Any, *, second_factor: bool = False) -> Client:
        client = Client()
        client.force_login(user)
        if second_factor:
            session = client.session
            session["account_authentication_methods_user"] = str(user.pk)
            session["account_authentication_methods"] = [
                {"method": "password", "at": time.time()},
                {"method": "mfa", "at": time.time(), "type": "totp"},
            ]
            session.save()
        return client

    return sign_in


@pytest.fixture
def phones(monkeypatch: pytest.MonkeyPatch) -> Phones:
    """No code is sent to a real phone; ``phones.code`` is the code of the last message."""
    from cooperative.accounts import codes

    caught = Phones()
    monkeypatch.setattr(codes, "_sender", [caught])
    return caught
