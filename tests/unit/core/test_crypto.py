"""Sealed text and blind indexes."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from core.crypto import blind_index, is_current, seal, unseal


@given(st.text(min_size=1))
def test_what_was_sealed_comes_back(text: str) -> None:
    assert unseal(seal(text)) == text


def test_the_same_text_is_never_sealed_alike_and_never_readable() -> None:
    first, second = seal("230113198001010010"), seal("230113198001010010")
    assert first != second
    assert "230113" not in first


def test_a_changed_byte_is_noticed() -> None:
    key_id, _dot, body = seal("13800001234").partition(".")
    raw = bytearray(base64.b64decode(body))
    raw[-1] ^= 1
    with pytest.raises(InvalidTag):
        unseal(f"{key_id}.{base64.b64encode(bytes(raw)).decode()}")


def test_a_text_cannot_be_moved_to_another_key(settings: Any) -> None:
    sealed = seal("13800001234")
    settings.FIELD_KEYS = {"k9": settings.FIELD_KEYS["k1"], **settings.FIELD_KEYS}
    with pytest.raises(InvalidTag):
        unseal(sealed.replace("k1.", "k9.", 1))


def test_an_older_key_still_opens_and_the_newest_seals(settings: Any) -> None:
    old = seal("13800001234")
    settings.FIELD_KEYS = {"k2": b"2" * 32, **settings.FIELD_KEYS}
    assert unseal(old) == "13800001234"
    assert not is_current(old)
    assert is_current(seal("13800001234"))


def test_an_index_depends_on_purpose_and_value() -> None:
    assert blind_index("phone", "138") == blind_index("phone", "138")
    assert blind_index("phone", "138") != blind_index("identity", "138")
    assert blind_index("phone", "138") != blind_index("phone", "139")
