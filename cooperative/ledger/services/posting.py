"""Posting entries, taking one back, adding evidence.

Each locks the chain of its subject, so two at once on one subject follow each other. An entry is
its own record of who and when; no audit row repeats it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from cooperative.ledger.contents import as_lines, content_of, evidence_content_of
from cooperative.ledger.kinds import check_entry_kind
from cooperative.ledger.models import Chain, Entry, Evidence
from cooperative.ledger.rules import Line, check_lines, digest, evidence_digest
from cooperative.ledger.services.appending import (
    accounts_for,
    lock_chains,
    move_heads,
    subject_of,
    write_postings,
)
from core import dates
from core.errors import Refused, refusing
from core.models import StoredFile


@dataclass(frozen=True)
class Proof:
    """A file that proves an entry, and what it is (``Evidence.What``)."""

    file: StoredFile
    what: str


@dataclass(frozen=True)
class Draft:
    """An entry to be posted: what ``post_entry`` takes, for many at once.

    ``subject`` is the row that the entry is about: its chain numbers and binds the entries.
    """

    subject: models.Model
    kind: str
    business_date: date
    lines: Sequence[Line]
    scope: str
    reference: str = ""
    evidence: Sequence[Proof] = ()
    reverses: Entry | None = None
    reason: str = ""


def post_entry(
    *,
    subject: models.Model,
    kind: str,
    business_date: date,
    lines: Sequence[Line],
    by: Any,
    at: datetime,
    scope: str,
    reference: str = "",
    evidence: Sequence[Proof] = (),
) -> Entry:
    """Post one entry about a row, in the caller's transaction.

    ``scope`` is the path of the union that may read it, ``reference`` a slip number or the like,
    never a name; ``by`` an account, or None for a job.

    Raises:
        Unbalanced: the lines of some holder do not balance.
        KeyError: nobody registered the kind.
    """
    draft = Draft(subject, kind, business_date, lines, scope, reference, evidence)
    return post_entries([draft], by=by, at=at)[0]


@transaction.atomic
def post_entries(drafts: Sequence[Draft], *, by: Any, at: datetime) -> list[Entry]:
    """Post many entries in a fixed number of statements; those about one row in the given order.

    Raises:
        Unbalanced: the lines of some holder do not balance; nothing is posted.
        KeyError: nobody registered a kind.
    """
    if not drafts:
        return []
    for draft in drafts:
        check_entry_kind(draft.kind)
        check_lines(draft.lines)
    subjects = [subject_of(draft.subject) for draft in drafts]
    chains = lock_chains(subjects)
    accounts = accounts_for(
        (line.holder, line.account_kind) for draft in drafts for line in draft.lines
    )
    entries = [
        _append(draft, chains[subject], by=by, at=at)
        for draft, subject in zip(drafts, subjects, strict=True)
    ]
    Entry.objects.bulk_create(entries)
    write_postings(
        [
            (entry.pk, accounts[line.holder, line.account_kind], line.debit, line.credit)
            for draft, entry in zip(drafts, entries, strict=True)
            for line in draft.lines
        ]
    )
    pieces = [
        _attach(proof, entry, by=by, at=at)
        for draft, entry in zip(drafts, entries, strict=True)
        for proof in draft.evidence
    ]
    if pieces:
        Evidence.objects.bulk_create(pieces)
    move_heads(chains.values())
    return entries


def _append(draft: Draft, chain: Chain, *, by: Any, at: datetime) -> Entry:
    """The next entry of a locked chain, not yet stored; the chain in memory goes on to it."""
    entry = Entry(
        chain=chain,
        sequence=chain.length + 1,
        business_date=draft.business_date,
        kind=draft.kind,
        scope=draft.scope,
        reference=draft.reference,
        reverses=draft.reverses,
        reason=draft.reason,
        recorded_at=at,
        recorded_by=by,
        previous_hash=chain.head,
    )
    entry.hash = digest(content_of(entry, draft.lines))
    chain.length, chain.head = entry.sequence, entry.hash
    return entry


def _attach(proof: Proof, entry: Entry, *, by: Any, at: datetime) -> Evidence:
    """The next evidence of a locked chain, not yet stored; the chain in memory goes on to it."""
    chain = entry.chain
    piece = Evidence(
        chain=chain,
        sequence=chain.evidence_length + 1,
        entry=entry,
        file=proof.file,
        file_sha256=proof.file.sha256,
        what=Evidence.What(proof.what),
        added_at=at,
        added_by=by,
        previous_hash=chain.evidence_head,
    )
    piece.hash = evidence_digest(evidence_content_of(piece))
    chain.evidence_length, chain.evidence_head = piece.sequence, piece.hash
    return piece


@transaction.atomic
def reverse_entry(
    *, entry: Entry, reason: str, by: Any, at: datetime, business_date: date | None = None
) -> Entry:
    """Take an entry back by one that mirrors it, dated ``business_date`` or else the day of ``at``.

    ``reason`` is one of ``Entry.Reason``.

    Raises:
        Refused: ``already_reversed``, or ``reversal_stays``: what took something back is not
            taken back itself.
    """
    if entry.reverses_id is not None:
        raise Refused(
            "reversal_stays",
            _("这一笔本身就是冲正，不能再冲正。"),
            way_on=_("请重新记一笔正确的账。"),
            entry=entry.pk,
        )
    lines = [line.mirrored for line in lines_of(entry)]
    draft = Draft(
        subject=_subject_row(entry.chain),
        kind=entry.kind,
        business_date=business_date or dates.business_date(at),
        lines=lines,
        scope=entry.scope,
        reference=entry.reference,
        reverses=entry,
        reason=Entry.Reason(reason),
    )
    already = Refused(
        "already_reversed",
        _("第%(number)s号账已经冲正过。") % {"number": entry.pk},
        way_on=_("请看这笔账下面的冲正记录。"),
        entry=entry.pk,
    )
    with refusing({"ledger_entry_reverses_id_key": already}):
        return post_entries([draft], by=by, at=at)[0]


def _subject_row(chain: Chain) -> models.Model:
    """The subject by type and id, without reading it."""
    model = chain.subject_type.model_class()
    assert model is not None
    return model(pk=chain.subject_id)


def lines_of(entry: Entry) -> list[Line]:
    """What was posted, as lines; 1 query."""
    return as_lines(entry.postings.select_related("account").order_by("pk"))


@transaction.atomic
def add_evidence(*, entry: Entry, file: StoredFile, what: str, by: Any, at: datetime) -> Evidence:
    """Hang one more file on an entry.

    Raises:
        Refused: ``evidence_there``, this file hangs there already.
    """
    subject = (entry.chain.subject_type_id, entry.chain.subject_id)
    chain = lock_chains([subject])[subject]
    entry.chain = chain
    piece = _attach(Proof(file, what), entry, by=by, at=at)
    there = Refused("evidence_there", _("这份文件已经附在这笔账上。"), entry=entry.pk)
    with refusing({"ledger_evidence_file_once": there}):
        piece.save(force_insert=True)
    move_heads([chain])
    return piece
