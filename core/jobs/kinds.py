"""The registered kinds of long work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.models import JobRun


def _nothing_more(run: JobRun) -> None:
    """The default finish hook."""


def _by_number(run: JobRun, item: int) -> str:
    return str(_("第 %(number)s 项") % {"number": item + 1})


@dataclass(frozen=True)
class JobKind:
    """What a kind of work does.

    ``plan`` prepares and returns the number of items; ``do_items`` does the items ``[first, last)``
    and is called inside one transaction, which it must not leave: what it writes is committed
    together with the mark that the chunk is done. ``finish`` runs exactly once, after the last
    chunk. ``describe_item`` names one item for people. All take what they need from the run's row, so
    that a resumed run gives the same result.
    """

    code: str
    title: str | Promise
    chunk_size: int
    plan: Callable[[JobRun], int]
    do_items: Callable[[JobRun, int, int], None]
    finish: Callable[[JobRun], None] = _nothing_more
    describe_item: Callable[[JobRun, int], str] = _by_number


_KINDS: dict[str, JobKind] = {}


def register_job(kind: JobKind) -> None:
    """Declare a kind, once, from an ``AppConfig.ready``."""
    _KINDS[kind.code] = kind


def job_kind(code: str) -> JobKind:
    """The kind with this code.

    Raises:
        KeyError: nobody registered it.
    """
    return _KINDS[code]


def job_title(code: str) -> str:
    """The title of a kind for people; its code when the kind is no longer known."""
    kind = _KINDS.get(code)
    return str(kind.title) if kind else code
