"""Many shares for the night, written at once: of them it reads one date, and what is owed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

from core.dates import start_of_day
from core.jobs import kinds, run_job_now
from core.models import JobRun
from credit.lending.models import Loan, NightMark, Share, UnionDay
from credit.lending.services.nightly import close_day, closing, work_off
from tests.factories.lending import LoanFactory, PartyFactory, ShareFactory

AMOUNT = Decimal("1000.00")
DELIVERED_ON = date(2026, 1, 10)


def morning_after(day: date) -> datetime:
    """Half past midnight, when the day is over."""
    return start_of_day(day) + timedelta(days=1, minutes=30)


def shares_due(days: Iterable[date], *, delivered_on: date = DELIVERED_ON) -> list[Share]:
    """One formed share for each day, of loans of one union; the day is its oldest unpaid one."""
    borrower, shares = None, []
    for day in days:
        same = {"request__membership": borrower} if borrower else {}
        loan: Loan = LoanFactory(active=True, **same)
        borrower = borrower or loan.membership
        lender = shares[0].membership if shares else PartyFactory(union=loan.union)
        shares.append(share_due(day, loan=loan, lender=lender, at=delivered_on))
    return shares


def share_due(day: date, *, loan: Loan, lender: Any, at: date = DELIVERED_ON) -> Share:
    """A formed share whose oldest unpaid day this is."""
    share: Share = ShareFactory(
        formed=True,
        loan=loan,
        membership=lender,
        amount=AMOUNT,
        next_due_on=day,
        delivered_on=at,
    )
    return share


def close(on: date, *, chunk: int = 20_000, order: Callable[..., Any] | None = None) -> JobRun:
    """Close a date and write the unions' figures, in chunks of this size."""
    kind = replace(closing.KIND, chunk_size=chunk)
    with mock.patch.dict(kinds._KINDS, {kind.code: kind}):
        run = close_day(on=on, at=morning_after(on))
        if order is None:
            run_job_now(run)
        else:
            order(run)
        work_off()
    run.refresh_from_db()
    return run


def marks() -> list[tuple[Any, ...]]:
    """All that the nights marked, in one order."""
    rows = NightMark.objects.order_by("share_id", "on", "kind")
    return list(rows.values_list("share_id", "on", "kind", "outstanding", "bucket"))


def standings() -> list[tuple[Any, ...]]:
    """How the shares stand, in one order."""
    rows = Share.objects.order_by("pk")
    return list(rows.values_list("pk", "next_due_on", "overdue_since", "bucket"))


def as_before(shares: Iterable[Share]) -> None:
    """Forget all nights: the shares as they were, no marks, no figures, no runs."""
    for share in shares:
        Share.objects.filter(pk=share.pk).update(
            next_due_on=share.next_due_on,
            overdue_since=None,
            bucket=Share.Bucket.CURRENT,
            closed_on=None,
        )
    NightMark.objects.all().delete()
    UnionDay.objects.all().delete()
    JobRun.objects.all().delete()
