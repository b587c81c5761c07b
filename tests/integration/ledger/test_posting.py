"""Posting, taking back, adding evidence: what is written, what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from cooperative.ledger.models import Account, Chain, Entry, Evidence, Posting
from cooperative.ledger.rules import ORIGIN, Line, Unbalanced
from cooperative.ledger.services import (
    Draft,
    Proof,
    add_evidence,
    post_entries,
    post_entry,
    reverse_entry,
)
from core.errors import Refused
from tests.factories.accounts import UserFactory
from tests.factories.core import StoredFileFactory
from tests.factories.ledger import (
    BORROWER,
    DAY,
    KIND,
    LENDER,
    NOON,
    EntryFactory,
    delivery,
    subject,
)

pytestmark = pytest.mark.django_db


def draft(amount: str = "5.00", about: int = 1, **values: object) -> Draft:
    given = {"kind": KIND, "business_date": DAY, "lines": delivery(amount), "scope": "A/"}
    return Draft(subject=subject(about), **(given | values))  # type: ignore[arg-type]


def test_an_entry_keeps_what_was_posted():
    by = UserFactory()
    entry = post_entry(
        subject=subject(7),
        kind=KIND,
        business_date=DAY,
        lines=delivery("100.00"),
        by=by,
        at=NOON,
        scope="A/B/",
        reference="2026-0520-1",
    )
    entry = Entry.objects.select_related("chain").get(pk=entry.pk)
    assert (entry.chain.subject_id, entry.sequence, entry.previous_hash) == (7, 1, ORIGIN)
    assert (entry.kind, entry.business_date, entry.scope) == (KIND, DAY, "A/B/")
    assert (entry.reference, entry.recorded_at, entry.recorded_by) == ("2026-0520-1", NOON, by)
    assert (entry.chain.length, entry.chain.head) == (1, entry.hash)
    lines = Posting.objects.order_by("pk").values_list(
        "account__holder", "account__kind", "debit", "credit"
    )
    hundred, nothing = Decimal("100.00"), Decimal("0.00")
    assert list(lines) == [
        (LENDER, "claim", hundred, nothing),
        (LENDER, "money", nothing, hundred),
        (BORROWER, "money", hundred, nothing),
        (BORROWER, "debt", nothing, hundred),
    ]


def test_entries_of_one_subject_are_chained_and_others_are_not():
    first, other, second = post_entries([draft(), draft(about=2), draft()], by=None, at=NOON)
    third = post_entries([draft()], by=None, at=NOON)[0]
    assert [e.sequence for e in (first, second, third)] == [1, 2, 3]
    assert (second.previous_hash, third.previous_hash) == (first.hash, second.hash)
    assert (other.sequence, other.previous_hash) == (1, ORIGIN)
    assert Account.objects.count() == 4


@pytest.mark.parametrize("count", [1, 2, 50])
def test_posting_takes_the_same_number_of_statements(django_assert_num_queries, count):
    EntryFactory(lines=delivery("1.00", "member:8", "member:9"))  # content types are known
    drafts = [draft(about=10**6 + number) for number in range(count)]
    with django_assert_num_queries(11):
        post_entries(drafts, by=None, at=NOON)
    with django_assert_num_queries(7):
        post_entries(drafts, by=None, at=NOON)


def test_nothing_is_posted_when_one_of_many_does_not_balance():
    bad = [Line(LENDER, "claim", debit=Decimal(5)), Line(BORROWER, "money", credit=Decimal(5))]
    with pytest.raises(Unbalanced, match=r"member:1 does not balance: 5\.00"):
        post_entries([draft(), draft(lines=bad)], by=None, at=NOON)
    assert not Chain.objects.exists()
    assert not Account.objects.exists()


def test_unknown_kind_is_a_fault_of_the_program():
    with pytest.raises(KeyError):
        post_entries([draft(kind="probe.unknown")], by=None, at=NOON)


def test_no_drafts_write_nothing(django_assert_num_queries):
    with django_assert_num_queries(2):  # the savepoint
        assert post_entries([], by=None, at=NOON) == []


def test_reversal_mirrors_and_names_what_it_takes_back():
    entry = EntryFactory(lines=delivery("70.00"), scope="A/", reference="Z1")
    back = reverse_entry(entry=entry, reason="wrong_amount", by=None, at=NOON)
    back = Entry.objects.get(pk=back.pk)
    assert (back.reverses, back.reason, back.sequence) == (entry, "wrong_amount", 2)
    assert (back.scope, back.reference, back.kind) == ("A/", "Z1", entry.kind)
    assert back.business_date == DAY
    sums = {account.pk: Decimal(0) for account in Account.objects.order_by("pk")}
    for posting in Posting.objects.order_by("pk"):
        sums[posting.account_id] += posting.debit - posting.credit
    assert set(sums.values()) == {Decimal(0)}


def test_reversal_may_be_dated_otherwise():
    entry = EntryFactory()
    back = reverse_entry(
        entry=entry, reason="wrong_day", by=None, at=NOON, business_date=date(2026, 5, 1)
    )
    assert back.business_date == date(2026, 5, 1)


def test_an_entry_is_reversed_once():
    entry = EntryFactory()
    reverse_entry(entry=entry, reason="twice", by=None, at=NOON)
    with pytest.raises(Refused) as refused:
        reverse_entry(entry=entry, reason="twice", by=None, at=NOON)
    assert refused.value.code == "already_reversed"
    assert Entry.objects.count() == 2
    assert Chain.objects.get().length == 2


def test_a_reversal_stays():
    back = reverse_entry(entry=EntryFactory(), reason="twice", by=None, at=NOON)
    with pytest.raises(Refused) as refused:
        reverse_entry(entry=back, reason="twice", by=None, at=NOON)
    assert refused.value.code == "reversal_stays"


def test_a_reason_that_is_none_is_a_fault_of_the_program():
    with pytest.raises(ValueError, match="because"):
        reverse_entry(entry=EntryFactory(), reason="because", by=None, at=NOON)


def test_evidence_comes_with_the_entry_or_later():
    slip, receipt = StoredFileFactory.create_batch(2, sha256="a" * 64)
    entry = post_entries([draft(evidence=[Proof(slip, "slip")])], by=None, at=NOON)[0]
    by = UserFactory()
    added = add_evidence(entry=entry, file=receipt, what="receipt", by=by, at=NOON)
    first, second = Evidence.objects.order_by("sequence")
    assert (first.file, first.what, first.previous_hash) == (slip, "slip", ORIGIN)
    assert (second, second.previous_hash, second.added_by) == (added, first.hash, by)
    chain = Chain.objects.get()
    assert (chain.evidence_length, chain.evidence_head) == (2, second.hash)
    assert (chain.length, chain.head) == (1, entry.hash)


def test_a_file_hangs_on_an_entry_once():
    entry, file = EntryFactory(), StoredFileFactory()
    add_evidence(entry=entry, file=file, what="slip", by=None, at=NOON)
    with pytest.raises(Refused) as refused:
        add_evidence(entry=entry, file=file, what="slip", by=None, at=NOON)
    assert refused.value.code == "evidence_there"
    assert Chain.objects.get().evidence_length == 1
