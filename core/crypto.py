"""Personal identifiers at rest: sealed with AES-256-GCM, found again by a keyed blind index."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

_NONCE_BYTES = 12


def seal(plain: str) -> str:
    """Encrypt under the newest key: ``key id . base64(nonce + ciphertext)``."""
    key_id, key = next(iter(settings.FIELD_KEYS.items()))
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, plain.encode(), key_id.encode())
    return f"{key_id}.{base64.b64encode(nonce + sealed).decode()}"


def unseal(sealed: str) -> str:
    """Decrypt what ``seal`` made, with whichever listed key made it.

    Raises:
        KeyError: its key is no longer in FIELD_KEYS.
        cryptography.exceptions.InvalidTag: the text was changed.
    """
    key_id, _, body = sealed.partition(".")
    raw = base64.b64decode(body)
    key = settings.FIELD_KEYS[key_id]
    plain = AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], key_id.encode())
    return plain.decode()


def is_current(sealed: str) -> bool:
    """Whether the newest key made it; older ones are re-sealed by ``rotate_field_keys``."""
    return sealed.partition(".")[0] == next(iter(settings.FIELD_KEYS))


_RESEALERS: dict[str, Callable[[], int]] = {}


def register_resealer(name: str, reseal: Callable[[], int]) -> None:
    """Declare sealed text that stands in no ``SealedTextField``, from an ``AppConfig.ready``.

    ``reseal`` puts all of it under the newest key and returns how many rows needed it.
    """
    _RESEALERS[name] = reseal


def resealers() -> dict[str, Callable[[], int]]:
    """The declared ones by name."""
    return dict(_RESEALERS)


def blind_index(purpose: str, value: str) -> str:
    """Keyed digest (64 hex) by which a sealed value is found; equal values, equal digests."""
    message = f"{purpose}\0{value}".encode()
    return hmac.new(settings.BLIND_INDEX_KEY, message, hashlib.sha256).hexdigest()


class SealedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that is encrypted in the database and plain in Python. Empty text stays empty."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return unseal(value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        return seal(str(value)) if value else value


class BlindIndexField(models.CharField):  # type: ignore[type-arg]
    """The blind index beside a sealed field; NULL where there is no value."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 64
        kwargs.setdefault("null", True)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_length", None)
        return name, path, args, kwargs
