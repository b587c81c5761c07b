"""Rows of the book. They balance and chain, so services write them; a factory calls one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from cooperative.ledger.kinds import register_entry_kind
from cooperative.ledger.models import Account, Chain, Entry, Evidence, Posting
from cooperative.ledger.rules import Line
from cooperative.ledger.services import add_evidence, post_entry
from core.models import JobRun
from tests.factories.core import JobRunFactory, StoredFileFactory

NOON = datetime(2026, 5, 20, 4, tzinfo=UTC)
DAY = date(2026, 5, 20)
KIND = "probe.moved"
LENDER, BORROWER = "member:1", "member:2"

register_entry_kind(KIND, "试记一笔")


def delivery(amount: str, lender: str = LENDER, borrower: str = BORROWER) -> list[Line]:
    """A lender hands an amount to a borrower, in the books of both."""
    yuan = Decimal(amount)
    return [
        Line(lender, "claim", debit=yuan),
        Line(lender, "money", credit=yuan),
        Line(borrower, "money", debit=yuan),
        Line(borrower, "debt", credit=yuan),
    ]


def subject(pk: int = 1) -> JobRun:
    """A row that entries may be about; it need not be stored."""
    return JobRun(pk=pk)


class AccountFactory(DjangoModelFactory[Account]):
    """What a member owes."""

    class Meta:
        model = Account

    holder = factory.Sequence(lambda n: f"member:{n + 1000}")
    kind = "debt"


class EntryFactory(DjangoModelFactory[Entry]):
    """A delivery of 100 yuan about a subject of its own."""

    class Meta:
        model = Entry

    about = factory.SubFactory(JobRunFactory)
    kind = KIND
    business_date = DAY
    lines = factory.LazyFunction(lambda: delivery("100.00"))
    scope = ""
    recorded_by = None
    recorded_at = NOON

    @classmethod
    def _create(cls, model_class: type[Entry], *args: Any, **values: Any) -> Entry:
        return post_entry(
            subject=values.pop("about"),
            by=values.pop("recorded_by"),
            at=values.pop("recorded_at"),
            **values,
        )


class ChainFactory(DjangoModelFactory[Chain]):
    """The chain of a first entry."""

    class Meta:
        model = Chain

    @classmethod
    def _create(cls, model_class: type[Chain], *args: Any, **values: Any) -> Chain:
        return EntryFactory(**values).chain


class PostingFactory(DjangoModelFactory[Posting]):
    """The first line of an entry."""

    class Meta:
        model = Posting

    @classmethod
    def _create(cls, model_class: type[Posting], *args: Any, **values: Any) -> Posting:
        found = EntryFactory(**values).postings.order_by("pk").first()
        assert found is not None
        return found


class EvidenceFactory(DjangoModelFactory[Evidence]):
    """A transfer slip on an entry."""

    class Meta:
        model = Evidence

    entry = factory.SubFactory(EntryFactory)
    file = factory.SubFactory(StoredFileFactory)
    what = "slip"
    by = None
    at = NOON

    @classmethod
    def _create(cls, model_class: type[Evidence], *args: Any, **values: Any) -> Evidence:
        return add_evidence(**values)
