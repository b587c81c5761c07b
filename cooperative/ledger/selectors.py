"""Questions to the book: balances, entries, statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Prefetch, Q, QuerySet, Sum, Window

from cooperative.ledger.models import Entry, Evidence, Posting
from core.money import ZERO

_SIGNED = F("debit") - F("credit")


def balances(holder: str, on: date | None = None) -> dict[str, Decimal]:
    """A holder's balances by kind of account, debits less credits, ``on`` included; 1 query.

    Kinds without a posting are left out. Without ``on``: of everything posted.
    """
    return balances_of([holder], on).get(holder, {})


def balances_of(holders: Collection[str], on: date | None = None) -> dict[str, dict[str, Decimal]]:
    """``balances`` of many holders, still in one query."""
    rows = Posting.objects.filter(account__holder__in=holders)
    if on is not None:
        rows = rows.filter(entry__business_date__lte=on)
    sums = (
        rows.values_list("account__holder", "account__kind")
        .annotate(balance=Sum(_SIGNED))
        .order_by("account__holder", "account__kind")
    )
    found: dict[str, dict[str, Decimal]] = {}
    for holder, kind, balance in sums:
        found.setdefault(holder, {})[kind] = balance
    return found


def entries_about(subject: models.Model) -> QuerySet[Entry]:
    """All entries about a row, as they were posted, with lines and evidence; 3 queries."""
    return with_parts(
        Entry.objects.filter(
            chain__subject_type=ContentType.objects.get_for_model(subject),
            chain__subject_id=subject.pk,
        )
    ).order_by("sequence")


def with_parts(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Entries with what a page shows of them: lines, accounts, evidence, reversals."""
    return entries.select_related("recorded_by", "reverses", "reversed_by").prefetch_related(
        Prefetch("postings", Posting.objects.select_related("account").order_by("pk")),
        Prefetch("evidence", Evidence.objects.select_related("file").order_by("sequence")),
    )


@dataclass(frozen=True)
class StatementLine:
    """One posting of a statement; ``balance`` is that of its account after it."""

    entry: Entry
    account_kind: str
    debit: Decimal
    credit: Decimal
    balance: Decimal


@dataclass(frozen=True)
class Statement:
    """What moved on a holder's accounts in ``[starts_on, ends_on]``; balances by kind of account."""

    holder: str
    opening: dict[str, Decimal]
    lines: list[StatementLine]
    closing: dict[str, Decimal]


def statement(
    holder: str,
    *,
    starts_on: date,
    ends_on: date,
    kinds: Iterable[str] = (),
    about: Iterable[models.Model] = (),
) -> Statement:
    """A holder's statement in order of business dates; both ends included; 2 queries.

    ``kinds`` and ``about`` narrow it to some accounts, or to entries about some rows of one type.
    """
    rows = Posting.objects.filter(account__holder=holder, entry__business_date__lte=ends_on)
    wanted, subjects = list(kinds), list(about)
    if wanted:
        rows = rows.filter(account__kind__in=wanted)
    if subjects:
        rows = rows.filter(_about(subjects))
    before = rows.filter(entry__business_date__lt=starts_on)
    opening = dict(
        before.values_list("account__kind").annotate(b=Sum(_SIGNED)).order_by("account__kind")
    )
    lines = _with_balances(rows.filter(entry__business_date__gte=starts_on), opening)
    return Statement(holder, opening, lines, opening | {x.account_kind: x.balance for x in lines})


def _about(subjects: list[models.Model]) -> Q:
    return Q(
        entry__chain__subject_type=ContentType.objects.get_for_model(subjects[0]),
        entry__chain__subject_id__in=[subject.pk for subject in subjects],
    )


def _with_balances(rows: QuerySet[Posting], opening: dict[str, Decimal]) -> list[StatementLine]:
    """The lines, each with what its account has after it."""
    order = ("entry__business_date", "entry_id", "pk")
    running = Window(Sum(_SIGNED), partition_by=F("account_id"), order_by=order)
    found = (
        rows.select_related("account", "entry", "entry__chain")
        .annotate(running=running)
        .order_by(*order)
    )
    return [
        StatementLine(
            row.entry,
            row.account.kind,
            row.debit,
            row.credit,
            opening.get(row.account.kind, ZERO) + row.running,
        )
        for row in found
    ]
