"""The register of kinds."""

from __future__ import annotations

import pytest

from cooperative.notices import kinds


@pytest.fixture(autouse=True)
def own_register(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_KINDS", {})


def test_kind_is_known_when_registered_and_may_be_registered_again() -> None:
    first = kinds.register_kind("a.b", "到期", sms=True)
    assert kinds.register_kind("a.b", "到期", sms=True) is first
    assert kinds.kind_of("a.b").sms
    assert kinds.kinds() == [first]
    assert kinds.kind_title("a.b") == "到期"


def test_kind_is_refused_when_its_code_means_something_else() -> None:
    kinds.register_kind("a.b", "到期", sms=True)
    with pytest.raises(ValueError, match="twice"):
        kinds.register_kind("a.b", "到期")


def test_unknown_kind_is_a_typing_error_but_has_a_name_in_lists() -> None:
    with pytest.raises(KeyError):
        kinds.kind_of("no.such")
    assert kinds.kind_title("no.such") == "no.such"
