"""Two who post about one subject at once: both entries stand, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError

from cooperative.ledger.models import Chain, Entry, Evidence
from cooperative.ledger.rules import ORIGIN
from cooperative.ledger.services import add_evidence, appending, post_entry, posting, reverse_entry
from core.errors import Refused, violated_constraint
from core.models.base import LockedQuerySet
from tests.factories.core import StoredFileFactory
from tests.factories.ledger import DAY, KIND, NOON, EntryFactory, delivery, subject
from tests.race import meet, race

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def unlocked(rows: Any) -> Any:
    return rows.order_by("pk")


def race_at_the_chain(*calls: Callable[[], Any], errors: type[Exception] = Refused) -> list[Any]:
    """The calls read the chains and meet, if they all get so far; then the entries are written."""
    lock_chains = appending.lock_chains

    def lock_and_meet(subjects: Any) -> Any:
        found = lock_chains(subjects)
        meet()
        return found

    with mock.patch.object(posting, "lock_chains", lock_and_meet):
        return race(*calls, errors=errors)


def post(amount: str = "1.00") -> Entry:
    return post_entry(
        subject=subject(1),
        kind=KIND,
        business_date=DAY,
        lines=delivery(amount),
        by=None,
        at=NOON,
        scope="",
    )


def post_twice(errors: type[Exception] = Refused) -> list[Any]:
    post("9.00")
    return race_at_the_chain(lambda: post("1.00"), lambda: post("2.00"), errors=errors)


def test_two_entries_at_once_follow_each_other() -> None:
    assert all(isinstance(answer, Entry) for answer in post_twice())
    first, second, third = Entry.objects.order_by("sequence")
    assert (second.previous_hash, third.previous_hash) == (first.hash, second.hash)
    assert Chain.objects.get().length == 3


def test_without_the_lock_one_of_them_is_lost() -> None:
    """The twin: the second continues an entry that has been continued already."""
    with mock.patch.object(LockedQuerySet, "locked", unlocked):
        answers = post_twice(errors=IntegrityError)
    lost = [answer for answer in answers if isinstance(answer, IntegrityError)]
    assert [violated_constraint(error) for error in lost] == ["ledger_entry_sequence_once"]
    assert Chain.objects.get().length == 2


def test_two_first_entries_at_once_follow_each_other() -> None:
    answers = race_at_the_chain(post, post, post)
    assert all(isinstance(answer, Entry) for answer in answers)
    chain = Chain.objects.get()
    entries = Entry.objects.order_by("sequence")
    assert [entry.previous_hash for entry in entries] == [
        ORIGIN,
        *[entry.hash for entry in entries][:-1],
    ]
    assert (chain.length, chain.head) == (3, entries[2].hash)


def test_an_entry_is_taken_back_once() -> None:
    entry = EntryFactory()

    def back() -> Entry:
        found = Entry.objects.select_related("chain__subject_type").get(pk=entry.pk)
        return reverse_entry(entry=found, reason="twice", by=None, at=NOON)

    answers = race_at_the_chain(back, back)
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert [refusal.code for refusal in refused] == ["already_reversed"]
    assert Chain.objects.get().length == 2


def test_two_pieces_of_evidence_at_once_follow_each_other() -> None:
    entry, files = EntryFactory(), StoredFileFactory.create_batch(2)

    def add(file: Any) -> Evidence:
        found = Entry.objects.select_related("chain").get(pk=entry.pk)
        return add_evidence(entry=found, file=file, what="slip", by=None, at=NOON)

    answers = race_at_the_chain(lambda: add(files[0]), lambda: add(files[1]))
    assert all(isinstance(answer, Evidence) for answer in answers)
    first, second = Evidence.objects.order_by("sequence")
    assert second.previous_hash == first.hash
