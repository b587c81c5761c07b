"""Stored rows as their digests see them."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType

from cooperative.ledger.models import Chain, Entry, Evidence, Posting
from cooperative.ledger.rules import Content, EvidenceContent, Line


def label_of(chain: Chain) -> str:
    """What a chain is about, as ``app.model``; content types are remembered by Django."""
    found = ContentType.objects.get_for_id(chain.subject_type_id)
    return f"{found.app_label}.{found.model}"


def as_lines(postings: Iterable[Posting]) -> list[Line]:
    """Postings as lines; their accounts are at hand."""
    return [Line(p.account.holder, p.account.kind, p.debit, p.credit) for p in postings]


def content_of(entry: Entry, lines: Iterable[Line]) -> Content:
    """An entry as its digest sees it; its chain, and what it reverses, are at hand."""
    return Content(
        subject=(label_of(entry.chain), entry.chain.subject_id),
        sequence=entry.sequence,
        business_date=entry.business_date,
        kind=entry.kind,
        scope=entry.scope,
        reference=entry.reference,
        reason=entry.reason,
        recorded_at=entry.recorded_at,
        by=entry.recorded_by_id,
        reverses=entry.reverses.hash if entry.reverses else "",
        previous_hash=entry.previous_hash,
        lines=tuple(lines),
    )


def evidence_content_of(piece: Evidence) -> EvidenceContent:
    """A piece of evidence as its digest sees it; its entry is at hand."""
    return EvidenceContent(
        entry=piece.entry.hash,
        sequence=piece.sequence,
        what=piece.what,
        file_sha256=piece.file_sha256,
        at=piece.added_at,
        by=piece.added_by_id,
        previous_hash=piece.previous_hash,
    )
