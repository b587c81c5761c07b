"""The registry of indicators: what apps know of a member, asked for a whole chunk at a time.

An app that owns facts declares sources; each is one set-based query that gives a row a member. The
apps below credit cannot know this registry: their sources stand in ``credit.scoring.sources``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

_OF_CHUNK = "{chunk}"


@dataclass(frozen=True)
class Indicator:
    """One figure about a member. ``meaning`` says in plain words what is counted, and from where."""

    code: str
    title: str | Promise
    unit: str | Promise
    meaning: str | Promise


@dataclass(frozen=True)
class Source:
    """A query over a chunk of members that yields some indicators.

    ``sql`` selects ``member_id`` and a numeric column named after each indicator, at most one row a
    member, NULL where unknown; ``{chunk}`` in it stands for the condition that limits ``member`` (an
    SQL expression of the member's key) to the chunk, ``%(day)s`` for the business date. ``changed``
    selects the ``member_id`` of members whose figures may have changed by a write after
    ``%(since)s`` (a moment), or by time alone in ``(%(after)s, %(day)s]``; too many do no harm.
    """

    code: str
    indicators: tuple[Indicator, ...]
    member: str
    sql: str
    changed: str


_SOURCES: dict[str, Source] = {}


def register_source(source: Source) -> None:
    """Declare a source, once, from an ``AppConfig.ready``.

    Raises:
        ValueError: the query is not limited to a chunk, or an indicator has a source already.
    """
    if _OF_CHUNK not in source.sql:
        raise ValueError(f"the source {source.code} is not limited to a chunk of members")
    others = {i.code for s in _SOURCES.values() if s.code != source.code for i in s.indicators}
    if taken := others & {indicator.code for indicator in source.indicators}:
        raise ValueError(f"of two sources: {', '.join(sorted(taken))}")
    _SOURCES[source.code] = source


def sources() -> list[Source]:
    """All sources in alphabetical order."""
    return [_SOURCES[code] for code in sorted(_SOURCES)]


def sources_of(indicators: Iterable[str]) -> list[Source]:
    """The sources that some indicators need, in alphabetical order."""
    wanted = set(indicators)
    return [s for s in sources() if any(i.code in wanted for i in s.indicators)]


def indicators() -> dict[str, Indicator]:
    """All indicators by code."""
    return {i.code: i for source in sources() for i in source.indicators}


def changed_by_deeds(label: str) -> str:
    """SQL for ``changed``: the members of the rows (``app.model``) on which a deed was recorded."""
    app, model = label.split(".")
    return f"""
        SELECT fact.member_id FROM {app}_{model} fact
        JOIN core_auditrow deed ON deed.subject_id = fact.id
        JOIN django_content_type kind ON kind.id = deed.subject_type_id
            AND kind.app_label = '{app}' AND kind.model = '{model}'
        WHERE deed.at > %(since)s
    """  # noqa: S608 - only labels of our own models are put in
