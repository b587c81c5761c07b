"""``verify_ledger`` finds the first thing that somebody changed behind the database's guards."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from cooperative.ledger.contents import as_lines, content_of
from cooperative.ledger.models import Chain, Entry, Evidence, Posting
from cooperative.ledger.rules import digest
from cooperative.ledger.services import post_entry, reverse_entry
from core.models import StoredFile
from tests.factories.core import StoredFileFactory
from tests.factories.ledger import DAY, KIND, NOON, EvidenceFactory, delivery, subject

pytestmark = pytest.mark.django_db

TABLES = ("account", "chain", "entry", "posting", "evidence")


@contextmanager
def behind_the_guards() -> Iterator[None]:
    """As the database's owner could, without a trigger; undone at the end."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
            for table in TABLES:
                cursor.execute(f"ALTER TABLE ledger_{table} DISABLE TRIGGER USER")
        yield
        transaction.set_rollback(True)


def verified(*arguments: str) -> str:
    """What the command says, of a whole book or of the first fault."""
    said = StringIO()
    try:
        call_command("verify_ledger", *arguments, stdout=said)
    except CommandError as error:
        return f"{error}" if error.returncode == 1 else f"exit code {error.returncode}"
    return said.getvalue().strip()


@pytest.fixture
def book() -> list[Entry]:
    """Four entries about row 1, the third taken back by the fourth; two about row 2; evidence."""
    entries = [
        post_entry(
            subject=subject(about),
            kind=KIND,
            business_date=DAY,
            lines=delivery(amount),
            by=None,
            at=NOON,
            scope="A/",
        )
        for about, amount in [(1, "10.00"), (1, "20.00"), (1, "30.00"), (2, "40.00"), (2, "50.00")]
    ]
    back = reverse_entry(entry=entries[2], reason="twice", by=None, at=NOON)
    EvidenceFactory(entry=entries[0])
    EvidenceFactory(entry=entries[1])
    return [*entries[:3], back, *entries[3:]]


def test_a_whole_book_is_whole(book):
    assert verified() == "账本完整：记账 6 笔，分录 24 条，凭证 2 份。"


def test_an_empty_book_is_whole():
    assert verified() == "账本完整：记账 0 笔，分录 0 条，凭证 0 份。"


def changed_amount(book: list[Entry]) -> None:
    # Both sides, so that it still balances.
    Posting.objects.filter(entry=book[1], debit__gt=0).update(debit=Decimal("19.00"))
    Posting.objects.filter(entry=book[1], credit__gt=0).update(credit=Decimal("19.00"))


def changed_date(book: list[Entry]) -> None:
    Entry.objects.filter(pk=book[1].pk).update(business_date=date(2026, 5, 19))


def changed_holder(book: list[Entry]) -> None:
    from cooperative.ledger.models import Account

    Account.objects.filter(holder="member:2").update(holder="member:3")


def deleted_posting(book: list[Entry]) -> None:
    Posting.objects.filter(entry=book[1]).order_by("pk")[0].delete()


def deleted_postings(book: list[Entry]) -> None:
    Posting.objects.filter(entry=book[1]).delete()


def deleted_entry(book: list[Entry]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_posting WHERE entry_id = %s", [book[1].pk])
        cursor.execute("DELETE FROM ledger_evidence WHERE entry_id = %s", [book[1].pk])
        cursor.execute("DELETE FROM ledger_entry WHERE id = %s", [book[1].pk])


def deleted_and_renumbered(book: list[Entry]) -> None:
    deleted_entry(book)
    Entry.objects.filter(pk=book[2].pk).update(sequence=2)
    Entry.objects.filter(pk=book[3].pk).update(sequence=3)
    Chain.objects.filter(pk=book[0].chain_id).update(length=3)


def deleted_last(book: list[Entry]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_posting WHERE entry_id = %s", [book[3].pk])
        cursor.execute("DELETE FROM ledger_entry WHERE id = %s", [book[3].pk])


def deleted_all_of_a_chain(book: list[Entry]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_posting WHERE entry_id > %s", [0])
        cursor.execute("DELETE FROM ledger_evidence")
        cursor.execute("DELETE FROM ledger_entry")


def swapped(book: list[Entry]) -> None:
    Entry.objects.filter(pk=book[1].pk).update(sequence=99)
    Entry.objects.filter(pk=book[2].pk).update(sequence=2)
    Entry.objects.filter(pk=book[1].pk).update(sequence=3)


def swapped_first(book: list[Entry]) -> None:
    Entry.objects.filter(pk=book[0].pk).update(sequence=99)
    Entry.objects.filter(pk=book[1].pk).update(sequence=1)
    Entry.objects.filter(pk=book[0].pk).update(sequence=2)


def unlinked(book: list[Entry]) -> None:
    Entry.objects.filter(pk=book[1].pk).update(previous_hash="1" * 64)


def rehashed(book: list[Entry]) -> None:
    Entry.objects.filter(pk=book[1].pk).update(hash="1" * 64)


def forged_unbalanced(book: list[Entry]) -> None:
    """Whoever changes an amount and computes the last hash again is found by the balance."""
    Posting.objects.filter(pk=min(p.pk for p in book[5].postings.order_by("pk"))).update(debit=9)
    entry = Entry.objects.select_related("chain").get(pk=book[5].pk)
    lines = as_lines(entry.postings.select_related("account").order_by("pk"))
    forged = digest(content_of(entry, lines))
    Entry.objects.filter(pk=entry.pk).update(hash=forged)
    Chain.objects.filter(pk=entry.chain_id).update(head=forged)


def forged_end(book: list[Entry]) -> None:
    Chain.objects.filter(pk=book[0].chain_id).update(head="1" * 64)


ROW = "core.jobrun:1"
TAMPERINGS: list[tuple[Callable[[list[Entry]], None], str, int | None]] = [
    (changed_amount, f"{ROW} 第 2 笔记账#：内容被改动。", 1),
    (changed_date, f"{ROW} 第 2 笔记账#：内容被改动。", 1),
    (changed_holder, f"{ROW} 第 1 笔记账#：内容被改动。", 0),
    (deleted_posting, f"{ROW} 第 2 笔记账#：内容被改动。", 1),
    (deleted_postings, f"{ROW} 第 2 笔记账#：内容被改动。", 1),
    (deleted_entry, f"{ROW} 第 2 笔记账：缺失。", None),
    (deleted_and_renumbered, f"{ROW} 第 2 笔记账：缺失。", None),
    (deleted_last, f"{ROW} 第 4 笔记账：缺失。", None),
    (deleted_all_of_a_chain, f"{ROW} 第 1 笔记账：缺失。", None),
    (swapped, f"{ROW} 第 2 笔记账#：次序被改动。", 2),
    (swapped_first, f"{ROW} 第 1 笔记账#：次序被改动。", 1),
    (unlinked, f"{ROW} 第 2 笔记账#：内容被改动。", 1),
    (rehashed, f"{ROW} 第 2 笔记账#：内容被改动。", 1),
    (forged_unbalanced, "core.jobrun:2 第 2 笔记账#：借贷不平。", 5),
    (forged_end, f"{ROW} 第 4 笔记账：内容被改动。", None),
]


@pytest.mark.parametrize(
    ("tamper", "told", "which"), TAMPERINGS, ids=[row[0].__name__ for row in TAMPERINGS]
)
def test_tampering_is_found_where_it_begins(book, tamper, told, which):
    with behind_the_guards():
        tamper(book)
        number = f" #{book[which].pk}" if which is not None else ""
        assert verified() == told.replace("#", number)


def changed_what() -> None:
    Evidence.objects.filter(sequence=2).update(what="photo")


def changed_file() -> None:
    Evidence.objects.filter(sequence=2).update(file=StoredFileFactory())


def changed_sum() -> None:
    StoredFile.objects.filter(pk=Evidence.objects.get(sequence=2).file_id).update(sha256="1" * 64)


def moved() -> None:
    first, second = Evidence.objects.order_by("sequence")
    Evidence.objects.filter(pk=second.pk).update(entry_id=first.entry_id)


def swapped_evidence() -> None:
    first, second = Evidence.objects.order_by("sequence")
    Evidence.objects.filter(pk=first.pk).update(sequence=9)
    Evidence.objects.filter(pk=second.pk).update(sequence=1)
    Evidence.objects.filter(pk=first.pk).update(sequence=2)


def deleted_evidence() -> None:
    Evidence.objects.get(sequence=2).delete()


def deleted_first_evidence() -> None:
    Evidence.objects.get(sequence=1).delete()


def deleted_all_evidence() -> None:
    Evidence.objects.all().delete()


@pytest.mark.parametrize(
    ("tamper", "place", "told"),
    [
        (changed_what, 2, "内容被改动"),
        (changed_sum, 2, "凭证文件被改动"),
        (moved, 2, "内容被改动"),
        (swapped_evidence, 1, "次序被改动"),
        (deleted_evidence, 2, "缺失"),
        (deleted_first_evidence, 1, "缺失"),
        (deleted_all_evidence, 1, "缺失"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_tampered_evidence_is_found(book, tamper, place, told):
    with behind_the_guards():
        tamper()
        found = verified()
    assert found.startswith(f"{ROW} 第 {place} 份凭证")
    assert found.endswith(f"：{told}。")


def test_another_file_of_the_same_content_proves_the_same(book):
    with behind_the_guards():
        changed_file()
        assert verified().startswith("账本完整")


def test_entries_without_their_chain_are_found(book):
    with behind_the_guards(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_chain WHERE id = %s", [book[0].chain_id])
        assert verified() == f"? 第 1 笔记账 #{book[0].pk}：缺失。"


def test_postings_without_their_entry_are_found(book):
    with behind_the_guards(), connection.cursor() as cursor:
        for table in ("evidence", "entry", "chain"):
            cursor.execute(f"DELETE FROM ledger_{table}")
        assert verified() == f"? 第 0 笔记账 #{book[0].pk}：缺失。"


def test_one_subject_alone_is_verified(book):
    with behind_the_guards():
        changed_date(book)
        assert verified("--subject", "core.jobrun:2").startswith("账本完整：记账 2 笔")
        assert "第 2 笔记账" in verified("--subject", "core.jobrun:1")


def test_chains_that_grew_since_a_day_are_verified_whole(book):
    post_entry(
        subject=subject(2),
        kind=KIND,
        business_date=DAY,
        lines=delivery("1.00"),
        by=None,
        at=NOON + timedelta(days=1),
        scope="A/",
    )
    assert verified("--from", "2026-05-21").startswith("账本完整：记账 3 笔")
    assert verified("--from", "2026-05-20").startswith("账本完整：记账 7 笔")
    assert verified("--from", "2026-05-22").startswith("账本完整：记账 0 笔")


@pytest.mark.parametrize(
    "arguments", [("--subject", "core.jobrun"), ("--subject", "no.row:1"), ("--from", "gestern")]
)
def test_bad_input_is_refused(arguments):
    with pytest.raises(CommandError):
        call_command("verify_ledger", *arguments)


def test_bytes_of_evidence_are_read_when_asked(book, tmp_path):
    with override_settings(PRIVATE_ROOT=tmp_path):
        path = Path(tmp_path) / "slip"
        path.write_bytes(b"slip")
        file = StoredFileFactory(path="slip", sha256=hashlib.sha256(b"slip").hexdigest())
        EvidenceFactory(entry=book[4], file=file)
        where = ("--subject", "core.jobrun:2", "--files")
        assert verified(*where).startswith("账本完整")
        path.write_bytes(b"slap")
        assert "凭证文件被改动" in verified(*where)
        path.unlink()
        assert "凭证文件被改动" in verified(*where)


def test_progress_is_told(book, monkeypatch):
    from cooperative.ledger.management.commands import verify_ledger

    monkeypatch.setattr(verify_ledger, "_SHOWN_EVERY", 3)
    assert verified().splitlines()[:2] == [
        "已核对记账 3 笔，凭证 0 份 …",
        "已核对记账 6 笔，凭证 0 份 …",
    ]


def test_a_longer_book_takes_no_more_statements(book: list[Entry]) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            verified()
        return len(queries)

    before = statements()
    EvidenceFactory.create_batch(5)
    assert statements() == before
