"""Appending to chains in few statements: lock the chains, open accounts, write, move the heads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from operator import attrgetter

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.db.models import Q

from cooperative.ledger.models import Account, Chain

Subject = tuple[int, int]

_POST = """
INSERT INTO ledger_posting (entry_id, account_id, debit, credit)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[], %s::numeric[])
"""

_MOVE_HEADS = """
UPDATE ledger_chain c
SET length = n.length, head = n.head,
    evidence_length = n.evidence_length, evidence_head = n.evidence_head
FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::int[], %s::text[])
    AS n (id, length, head, evidence_length, evidence_head)
WHERE c.id = n.id
"""


def subject_of(row: models.Model) -> Subject:
    """A row as (content type, id)."""
    assert row.pk is not None, "an entry is about a stored row"
    return ContentType.objects.get_for_model(row).pk, row.pk


def lock_chains(subjects: Iterable[Subject]) -> dict[Subject, Chain]:
    """The subjects' chains, locked until the transaction ends; new ones are begun.

    Two who begin the same chain meet at its unique key: the second waits and continues it.
    """
    wanted = sorted(set(subjects))
    found = _locked(wanted)
    missing = [subject for subject in wanted if subject not in found]
    if missing:
        begun = [Chain(subject_type_id=kind, subject_id=pk) for kind, pk in missing]
        Chain.objects.bulk_create(begun, ignore_conflicts=True)
        found |= _locked(missing)
    return found


def _locked(subjects: Sequence[Subject]) -> dict[Subject, Chain]:
    by_type: dict[int, list[int]] = {}
    for kind, pk in subjects:
        by_type.setdefault(kind, []).append(pk)
    about = Q(pk__in=[])
    for kind, pks in by_type.items():
        about |= Q(subject_type_id=kind, subject_id__in=pks)
    rows = Chain.objects.filter(about).locked()
    return {(chain.subject_type_id, chain.subject_id): chain for chain in rows}


def accounts_for(wanted: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], int]:
    """Ids of the accounts by (holder, kind); those not there yet are opened."""
    pairs = sorted(set(wanted))
    found = _account_ids(pairs)
    missing = [Account(holder=pair[0], kind=pair[1]) for pair in pairs if pair not in found]
    if missing:
        Account.objects.bulk_create(missing, ignore_conflicts=True)
        found = _account_ids(pairs)
    return found


def _account_ids(pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
    rows = Account.objects.filter(
        holder__in={holder for holder, _kind in pairs}, kind__in={kind for _holder, kind in pairs}
    )
    return {(a.holder, a.kind): a.pk for a in rows.order_by("pk")}


def write_postings(rows: Sequence[tuple[int, int, Decimal, Decimal]]) -> None:
    """Postings as (entry, account, debit, credit), all in one statement, without a model instance each."""
    with connection.cursor() as cursor:
        cursor.execute(_POST, [list(column) for column in zip(*rows, strict=True)])


def move_heads(chains: Iterable[Chain]) -> None:
    """Write how the chains end now, in one statement."""
    moved = sorted(chains, key=attrgetter("pk"))
    with connection.cursor() as cursor:
        cursor.execute(
            _MOVE_HEADS,
            [
                [getattr(chain, name) for chain in moved]
                for name in ("pk", "length", "head", "evidence_length", "evidence_head")
            ],
        )
