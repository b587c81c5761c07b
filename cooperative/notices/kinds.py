"""Kinds of notices: each app registers its own in ``AppConfig.ready()``."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Kind:
    """What sort of thing a notice tells of.

    ``sms``: it also goes out by SMS. ``urgent``: it is marked on the page and goes first when
    several wait; quiet hours hold for it all the same.
    """

    code: str
    title: Text
    sms: bool = False
    urgent: bool = False


_KINDS: dict[str, Kind] = {}


def register_kind(code: str, title: Text, *, sms: bool = False, urgent: bool = False) -> Kind:
    """Make a kind known. ``code`` is ``<app>.<what>``; the same kind may be registered again.

    Raises:
        ValueError: another kind has the code.
    """
    kind = Kind(code, title, sms, urgent)
    known = _KINDS.setdefault(code, kind)
    if (known.sms, known.urgent, str(known.title)) != (sms, urgent, str(title)):
        raise ValueError(f"notice kind {code} is registered twice with different meanings")
    return known


def kind_of(code: str) -> Kind:
    """The kind of a code.

    Raises:
        KeyError: nobody registered it.
    """
    return _KINDS[code]


def kinds() -> list[Kind]:
    """All kinds by code."""
    return [_KINDS[code] for code in sorted(_KINDS)]


def kind_title(code: str) -> str:
    """The kind's title, or the code of a kind that is no longer registered."""
    kind = _KINDS.get(code)
    return str(kind.title) if kind else code
