"""Who must not rate whom: by rule, not by trust.

An app that knows of a tie between two members registers how to find such pairs among many. Always
excluded are a member themself and people of one household.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cooperative.membership.models import Member

Pair = tuple[int, int]
Find = Callable[[Collection[int], Collection[int]], Iterable[Pair]]


@dataclass(frozen=True)
class Conflict:
    """A tie that excludes. ``reason`` in a word or two, for officers."""

    code: str
    reason: str | Promise
    find: Find


_CONFLICTS: dict[str, Conflict] = {}


def register_conflict(code: str, reason: str | Promise, find: Find) -> None:
    """Declare a tie, once, from an ``AppConfig.ready``.

    ``find(raters, subjects)`` takes keys of members and yields the pairs (rater, subject) that are
    tied, with a fixed number of queries; others than asked for do no harm.
    """
    _CONFLICTS[code] = Conflict(code, reason, find)


def conflicts_between(raters: Collection[int], subjects: Collection[int]) -> dict[Pair, Conflict]:
    """The excluded pairs (rater, subject) among these members, each with the first reason found.

    A fixed number of queries, whatever the size: one for households, those of the registered ties.
    """
    found: dict[Pair, Conflict] = {}
    asked = [SELF, HOUSEHOLD, *(_CONFLICTS[code] for code in sorted(_CONFLICTS))]
    for conflict in asked:
        for rater, subject in conflict.find(raters, subjects):
            if rater in raters and subject in subjects:
                found.setdefault((rater, subject), conflict)
    return found


def _selves(raters: Collection[int], subjects: Collection[int]) -> Iterable[Pair]:
    return [(member, member) for member in set(raters) & set(subjects)]


def _housemates(raters: Collection[int], subjects: Collection[int]) -> Iterable[Pair]:
    rows = Member.objects.filter(pk__in={*raters, *subjects}, household__isnull=False)
    homes = dict(rows.values_list("pk", "household_id"))
    at_home: dict[int, list[int]] = {}
    for subject in subjects:
        if subject in homes:
            at_home.setdefault(homes[subject], []).append(subject)
    return [(rater, mate) for rater in raters for mate in at_home.get(homes.get(rater, 0), [])]


SELF = Conflict("self", _("本人"), _selves)
HOUSEHOLD = Conflict("household", _("同一家庭户"), _housemates)
