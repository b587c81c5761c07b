"""What the database itself refuses, whoever writes (I1, I2, I3)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from cooperative.ledger.models import Account, Chain, Entry, Evidence, Posting
from cooperative.ledger.services import reverse_entry
from core.errors import violated_constraint
from tests.factories.core import StoredFileFactory
from tests.factories.ledger import NOON, AccountFactory, EntryFactory, EvidenceFactory, delivery

pytestmark = pytest.mark.django_db

TABLES = [Account, Chain, Entry, Posting, Evidence]


@pytest.fixture
def entry() -> Entry:
    found: Entry = EntryFactory()
    EvidenceFactory(entry=found)
    return found


def at_commit() -> None:
    """The checks that wait for the end of the transaction, now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def refused(violate: Any) -> str:
    """The name of the guard that refused, or the text of the error."""

    @transaction.atomic
    def attempt() -> None:
        violate()
        at_commit()

    with pytest.raises(DatabaseError) as caught:
        attempt()
    return violated_constraint(caught.value) or str(caught.value)  # type: ignore[arg-type]


def copy_of(row: Any, **values: Any) -> Any:
    """The same row anew, with these values."""
    kept = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return type(row)(**(kept | values | {"id": None}))


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_no_row_is_removed(entry, model):
    table = model._meta.db_table
    with connection.cursor() as cursor:
        told = refused(lambda: cursor.execute(f"DELETE FROM {table}"))
    assert "append-only" in told
    assert model.objects.exists()


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_no_table_is_emptied(entry, model):
    at_commit()
    with connection.cursor() as cursor:
        told = refused(lambda: cursor.execute(f"TRUNCATE {model._meta.db_table} CASCADE"))
    assert "append-only" in told


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Account, {"holder": "member:9"}),
        (Entry, {"business_date": "2020-01-01"}),
        (Entry, {"reference": "Z9"}),
        (Posting, {"debit": 1}),
        (Evidence, {"what": "photo"}),
    ],
    ids=str,
)
def test_no_row_is_changed(entry, model, change):
    assert "append-only" in refused(lambda: model.objects.update(**change))


@pytest.mark.parametrize(
    "change",
    [
        {"length": 0},
        {"head": "1" * 64},
        {"evidence_length": 0},
        {"evidence_head": "1" * 64},
        {"subject_id": 5},
    ],
    ids=str,
)
def test_a_chain_only_grows(entry, change):
    assert "only grows" in refused(lambda: Chain.objects.update(**change))


@pytest.mark.parametrize(
    "change",
    [{"length": 2, "head": "1" * 64}, {"evidence_length": 2, "evidence_head": "1" * 64}],
    ids=str,
)
def test_a_chain_ends_as_it_says(entry, change):
    assert refused(lambda: Chain.objects.update(**change)) == "ledger_chain_ends_as_it_says"


def raw_entry(entry: Entry, **values: Any) -> Entry:
    """The next entry of the chain, stored without its service."""
    given = {"sequence": 2, "previous_hash": entry.hash, "hash": "2" * 64} | values
    row = copy_of(entry, **given)
    row.save()
    Chain.objects.filter(pk=entry.chain_id).update(length=row.sequence, head=row.hash)
    return row


def lines(row: Entry, *amounts: tuple[str, str, int, int]) -> None:
    """Postings of an entry in one statement."""
    Posting.objects.bulk_create(
        Posting(
            entry=row,
            account=Account.objects.get_or_create(holder=holder, kind=kind)[0],
            debit=Decimal(debit),
            credit=Decimal(credit),
        )
        for holder, kind, debit, credit in amounts
    )


GOOD = (("member:1", "claim", 5, 0), ("member:1", "money", 0, 5))


def test_a_whole_entry_is_accepted_without_its_service(entry):
    lines(raw_entry(entry), *GOOD)
    at_commit()


@pytest.mark.parametrize(
    "amounts",
    [
        (("member:1", "claim", 5, 0), ("member:1", "money", 0, 4)),
        (("member:1", "claim", 5, 0),),
        # The entry balances, but not the book of each holder.
        (("member:1", "claim", 5, 0), ("member:2", "money", 0, 5)),
    ],
    ids=["unequal", "one line", "across holders"],
)
def test_an_entry_balances_for_each_holder(entry, amounts):
    told = refused(lambda: lines(raw_entry(entry), *amounts))
    assert told == "ledger_posting_balances"


def test_one_of_many_in_a_statement_is_found(entry):
    def violate() -> None:
        second = raw_entry(entry)
        third = raw_entry(second, sequence=3, hash="3" * 64)
        rows = [
            Posting(entry=row, account=AccountFactory(), debit=debit, credit=credit)
            for row, debit, credit in [(second, 5, 0), (second, 0, 5), (third, 5, 0)]
        ]
        rows[1].account = rows[0].account
        Posting.objects.bulk_create(rows)

    assert refused(violate) == "ledger_posting_balances"


def test_an_entry_has_postings(entry):
    assert refused(lambda: raw_entry(entry)) == "ledger_entry_whole"


def test_nothing_is_added_to_an_entry_later(entry):
    assert refused(lambda: lines(entry, *GOOD)) == "ledger_posting_all_at_once"


def test_nothing_is_posted_on_an_entry_that_is_not_there(entry):
    nowhere = Entry(pk=entry.pk + 1000)
    assert refused(lambda: lines(nowhere, *GOOD)) == "ledger_posting_all_at_once"


@pytest.mark.parametrize(
    "values",
    [{"previous_hash": "0" * 64}, {"sequence": 3}, {"sequence": 1, "previous_hash": "1" * 64}],
    ids=str,
)
def test_an_entry_continues_its_chain(entry, values):
    def violate() -> None:
        begun = {}
        if values.get("sequence") == 1:
            kind = entry.chain.subject_type
            begun["chain_id"] = Chain.objects.create(subject_type=kind, subject_id=77).pk
        raw_entry(entry, **(values | begun))

    assert refused(violate) == "ledger_entry_continues_chain"


def test_a_chain_counts_its_entries(entry):
    def violate() -> None:
        row = copy_of(entry, sequence=2, previous_hash=entry.hash, hash="2" * 64)
        row.save()
        lines(row, *GOOD)

    assert refused(violate) == "ledger_entry_whole"


def test_a_reversal_stays_within_its_chain(entry):
    other = EntryFactory()

    def violate() -> None:
        raw_entry(entry, reverses_id=other.pk, reason="twice")

    assert refused(violate) == "ledger_entry_reverses_earlier"


def test_a_reversal_is_not_reversed(entry):
    back = reverse_entry(entry=entry, reason="twice", by=None, at=NOON)

    def violate() -> None:
        raw_entry(back, sequence=3, hash="3" * 64, reverses_id=back.pk)

    assert refused(violate) == "ledger_entry_reverses_earlier"


def test_a_reversal_mirrors(entry):
    def violate() -> None:
        lines(raw_entry(entry, reverses_id=entry.pk, reason="twice"), *GOOD)

    assert refused(violate) == "ledger_posting_mirrors"


def test_evidence_continues_its_chain(entry):
    piece = Evidence.objects.get()
    file = StoredFileFactory()
    row = copy_of(piece, sequence=2, file_id=file.pk, hash="2" * 64)
    assert refused(row.save) == "ledger_evidence_continues_chain"


def test_evidence_is_counted(entry):
    piece = Evidence.objects.get()
    row = copy_of(
        piece,
        sequence=2,
        file_id=StoredFileFactory().pk,
        previous_hash=piece.hash,
        hash="2" * 64,
    )
    assert refused(row.save) == "ledger_evidence_counted"


def test_evidence_tells_what_the_file_was(entry):
    piece = Evidence.objects.get()
    file = StoredFileFactory(sha256="a" * 64)
    row = copy_of(
        piece, sequence=2, file_id=file.pk, previous_hash=piece.hash, file_sha256="b" * 64
    )
    assert refused(row.save) == "ledger_evidence_continues_chain"


def test_evidence_of_another_subject_is_no_part_of_the_chain(entry):
    other = EntryFactory(lines=delivery("1.00"))
    piece = Evidence.objects.get()
    row = copy_of(piece, chain_id=other.chain_id, sequence=1, file_id=StoredFileFactory().pk)
    assert refused(row.save) == "ledger_evidence_continues_chain"
