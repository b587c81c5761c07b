"""Kinds of entries: each app registers its own in ``AppConfig.ready()``."""

from __future__ import annotations

from django.utils.functional import Promise

Text = str | Promise

_KINDS: dict[str, Text] = {}


def register_entry_kind(code: str, title: Text) -> None:
    """Make a kind of entry known. ``code`` is ``<app>.<what>``, stored for good.

    Raises:
        ValueError: the code has another title already.
    """
    known = _KINDS.setdefault(code, title)
    if str(known) != str(title):
        raise ValueError(f"entry kind {code} is registered twice with different meanings")


def check_entry_kind(code: str) -> None:
    """Whether somebody registered the kind.

    Raises:
        KeyError: nobody did.
    """
    if code not in _KINDS:
        raise KeyError(code)


def entry_kinds() -> list[tuple[str, Text]]:
    """All kinds as (code, title), by code."""
    return sorted(_KINDS.items())


def entry_kind_title(code: str) -> str:
    """The kind's title, or the code of a kind that is no longer registered."""
    return str(_KINDS.get(code, code))
