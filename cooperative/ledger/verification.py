"""Whether the book is as it was written: every hash, link, number and balance computed again.

It reads the entries as a stream in the order of their chains, so memory does not grow with the
book, and it may run while others post.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from cooperative.ledger.contents import as_lines, content_of, evidence_content_of, label_of
from cooperative.ledger.models import Chain, Entry, Evidence, Posting
from cooperative.ledger.rules import ORIGIN, differences, digest, evidence_digest
from core.files import path_of

_AT_ONCE = 1000


class Wrong(StrEnum):
    """What may be wrong with a link of a chain."""

    CHANGED = "changed"
    MISSING = "missing"
    ORDER = "order"
    UNBALANCED = "unbalanced"
    FILE = "file"


@dataclass(frozen=True)
class Fault:
    """The first thing that is not as it was written.

    ``number`` is the entry's number, None for one that is gone; ``sequence`` its place in the
    chain of ``subject`` (``app.model:id``). ``evidence``: the place counts pieces of evidence.
    """

    wrong: Wrong
    subject: str
    sequence: int
    number: int | None
    evidence: bool = False


@dataclass
class Tally:
    """How much was read."""

    entries: int = 0
    postings: int = 0
    evidence: int = 0


Progress = Callable[[Tally], None]


def first_fault(
    chains: QuerySet[Chain],
    *,
    tally: Tally,
    progress: Progress = lambda tally: None,
    with_files: bool = False,
) -> Fault | None:
    """The first fault in these chains, or None when they are whole; ``tally`` counts along.

    ``with_files`` also reads the bytes of every file. Needs a transaction: the rows are streamed.
    """
    walks = (_emptied(chains), _entry_faults(chains, tally, progress))
    for walk in (*walks, _evidence_faults(chains, tally, progress, with_files)):
        fault = next(walk, None)
        if fault is not None:
            return fault
    return None


def _emptied(chains: QuerySet[Chain]) -> Iterator[Fault]:
    """Chains that say they have entries or evidence and have none; entries without their chain."""
    for model, length, evidence in (
        (Entry, "length", False),
        (Evidence, "evidence_length", True),
    ):
        there = Exists(model.objects.filter(chain=OuterRef("pk")))
        for chain in chains.filter(~there, **{f"{length}__gt": 0}).order_by("pk")[:1]:
            yield Fault(Wrong.MISSING, _name(chain), 1, None, evidence)
    chained = Exists(Chain.objects.filter(pk=OuterRef("chain_id")))
    for entry in Entry.objects.filter(~chained).order_by("pk")[:1]:
        yield Fault(Wrong.MISSING, "?", entry.sequence, entry.pk)
    entered = Exists(Entry.objects.filter(pk=OuterRef("entry_id")))
    for posting in Posting.objects.filter(~entered).order_by("entry_id", "pk")[:1]:
        yield Fault(Wrong.MISSING, "?", 0, posting.entry_id)


def _entry_faults(chains: QuerySet[Chain], tally: Tally, progress: Progress) -> Iterator[Fault]:
    rows = (
        Entry.objects.filter(chain__in=chains)
        .select_related("chain", "reverses")
        .prefetch_related(
            Prefetch("postings", Posting.objects.select_related("account").order_by("pk"))
        )
        .order_by("chain_id", "sequence")
    )
    for _chain, entries in groupby(rows.iterator(_AT_ONCE), attrgetter("chain_id")):
        previous, place = ORIGIN, 0
        for entry in entries:
            place += 1
            tally.entries += 1
            tally.postings += len(entry.postings.all())
            wrong = _wrong_with(entry, place, previous)
            if wrong is Wrong.MISSING:
                yield Fault(wrong, _name(entry.chain), place, None)
            elif wrong is not None:
                yield Fault(wrong, _name(entry.chain), place, entry.pk)
            previous = entry.hash
            progress(tally)
        yield from _end(entry.chain, place, previous, entry.chain.length, entry.chain.head)


def _wrong_with(entry: Entry, place: int, previous: str) -> Wrong | None:
    if entry.sequence != place:
        return Wrong.MISSING
    lines = as_lines(entry.postings.all())
    content = content_of(entry, lines)
    if entry.previous_hash != previous:
        same_otherwise = digest(replace(content, previous_hash=previous)) == entry.hash
        return Wrong.CHANGED if same_otherwise else _unlinked(entry)
    if digest(content) != entry.hash:
        return Wrong.CHANGED
    if not lines or any(differences(lines).values()):
        return Wrong.UNBALANCED
    return None


def _unlinked(link: Any) -> Wrong:
    """A link that continues another one than stands before it: moved, or that one is gone."""
    before = type(link).objects.filter(chain=link.chain_id, hash=link.previous_hash)
    if link.previous_hash == ORIGIN or before.exists():
        return Wrong.ORDER
    return Wrong.MISSING


def _end(
    chain: Chain, place: int, last: str, length: int, head: str, *, evidence: bool = False
) -> Iterator[Fault]:
    """The chain ends where it says it does."""
    if place < length:
        yield Fault(Wrong.MISSING, _name(chain), place + 1, None, evidence)
    elif (place, last) != (length, head):
        yield Fault(Wrong.CHANGED, _name(chain), place, None, evidence)


def _evidence_faults(
    chains: QuerySet[Chain], tally: Tally, progress: Progress, with_files: bool
) -> Iterator[Fault]:
    rows = (
        Evidence.objects.filter(chain__in=chains)
        .select_related("chain", "entry", "file")
        .order_by("chain_id", "sequence")
    )
    for _chain, pieces in groupby(rows.iterator(_AT_ONCE), attrgetter("chain_id")):
        previous, place = ORIGIN, 0
        for piece in pieces:
            place += 1
            tally.evidence += 1
            wrong = _wrong_with_evidence(piece, place, previous, with_files)
            if wrong is not None:
                yield Fault(wrong, _name(piece.chain), place, piece.entry_id, evidence=True)
            previous = piece.hash
            progress(tally)
        chain = piece.chain
        yield from _end(
            chain, place, previous, chain.evidence_length, chain.evidence_head, evidence=True
        )


def _wrong_with_evidence(
    piece: Evidence, place: int, previous: str, with_files: bool
) -> Wrong | None:
    if piece.sequence != place:
        return Wrong.MISSING
    content = evidence_content_of(piece)
    if piece.previous_hash != previous:
        same_otherwise = evidence_digest(replace(content, previous_hash=previous)) == piece.hash
        return Wrong.CHANGED if same_otherwise else _unlinked(piece)
    if evidence_digest(content) != piece.hash or piece.entry.chain_id != piece.chain_id:
        return Wrong.CHANGED
    if piece.file.sha256 != piece.file_sha256 or (with_files and not _same_bytes(piece)):
        return Wrong.FILE
    return None


def _same_bytes(piece: Evidence) -> bool:
    if piece.file.erased_at is not None:
        return True  # its years are over: the hash is all that is kept
    try:
        with path_of(piece.file).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == piece.file_sha256
    except OSError:
        return False


def _name(chain: Chain) -> str:
    return f"{label_of(chain)}:{chain.subject_id}"
