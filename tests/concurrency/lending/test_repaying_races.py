"""Payments at once: confirmed twice, taken back meanwhile, two on one share, the last two shares."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, models

from core.errors import Refused, violated_constraint
from core.models.base import LockedQuerySet
from credit.lending.models import Loan, LoanEvent, Repayment, Share
from credit.lending.services import counting, projecting, repaying, reversing
from tests.factories.running import (
    DELIVERED_ON,
    Parties,
    assert_sound,
    declared,
    noon,
    paid,
    running_loan,
)
from tests.race import meet, race

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
DAY = DELIVERED_ON + timedelta(days=100)
AT = noon(DAY)
ANY = (Refused, IntegrityError)


def unlocked(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """``locked()`` without the lock: the twin that must show the fault."""
    return rows.order_by("pk")


def without_locks() -> AbstractContextManager[Any]:
    return mock.patch.object(LockedQuerySet, "locked", unlocked)


def meeting_after(owner: Any, name: str) -> AbstractContextManager[Any]:
    """Each call meets the others once it has passed this step."""
    step = getattr(owner, name)

    def met(*args: Any, **values: Any) -> Any:
        done = step(*args, **values)
        meet()
        return done

    return mock.patch.object(owner, name, met)


def confirming(row: Repayment, by: Any) -> Callable[[], Any]:
    return lambda: repaying.confirm_repayment(repayment_id=row.pk, by=by, at=AT)


def refusals(answers: list[Any]) -> list[str]:
    return [
        answer.code if isinstance(answer, Refused) else violated_constraint(answer)
        for answer in answers
        if isinstance(answer, Exception)
    ]


# --- one payment, confirmed by two taps ---


def confirm_twice() -> tuple[int, list[str]]:
    loan = running_loan()
    parties = Parties(loan)
    row = declared(parties.shares()[0], "1219.18", DAY)
    with meeting_after(repaying, "_check_may"):
        answers = race(
            confirming(row, parties.lender()), confirming(row, parties.lender()), errors=ANY
        )
    return LoanEvent.objects.filter(kind="paid").count(), refusals(answers)


def test_a_payment_confirmed_twice_counts_once() -> None:
    assert confirm_twice() == (1, ["wrong_state"])
    assert_sound(Loan.objects.get())


def test_without_the_lock_it_counts_twice() -> None:
    with without_locks():
        assert confirm_twice() == (2, [])


# --- the lender confirms while the borrower takes it back ---


def confirm_and_withdraw() -> tuple[Repayment, int, list[str]]:
    loan = running_loan()
    parties = Parties(loan)
    row = declared(parties.shares()[0], "1219.18", DAY)
    with meeting_after(repaying, "_check_may"):
        answers = race(
            confirming(row, parties.lender()),
            lambda: repaying.withdraw_repayment(repayment_id=row.pk, by=parties.borrower, at=AT),
            errors=ANY,
        )
    row.refresh_from_db()
    return row, LoanEvent.objects.filter(kind="paid").count(), refusals(answers)


def test_a_payment_is_either_confirmed_or_taken_back() -> None:
    row, events, refused = confirm_and_withdraw()
    assert refused == ["wrong_state"]
    assert (row.state, events) in [("confirmed", 1), ("withdrawn", 0)]


def test_without_the_lock_both_go_through_or_the_state_contradicts_its_date() -> None:
    with without_locks():
        _row, _events, refused = confirm_and_withdraw()
    # Both are told that it went well; or who writes last meets the row as the other left it.
    assert refused in ([], ["lending_repayment_confirmed_dated"])


# --- two payments on one share ---


def two_on_one_share() -> tuple[Loan, list[str]]:
    loan = running_loan()
    parties = Parties(loan)
    (share,) = parties.shares()
    rows = [declared(share, "1000.00", DAY), declared(share, "500.00", DAY)]
    with meeting_after(projecting, "_next_sequence"):
        answers = race(*(confirming(row, parties.lender()) for row in rows), errors=ANY)
    return loan, refusals(answers)


def test_two_payments_on_one_share_follow_each_other() -> None:
    loan, refused = two_on_one_share()
    assert refused == []
    (share,) = Parties(loan).shares()
    assert share.principal_outstanding == Decimal("8719.18")  # 1 500.00 less 219.18 of interest
    assert_sound(loan)


def test_without_the_lock_one_of_them_is_lost() -> None:
    with without_locks():
        _loan, refused = two_on_one_share()
    assert refused == ["lending_loanevent_sequence_once"]


# --- the last two shares are paid off at once ---


def last_two_shares() -> Loan:
    loan = running_loan("6000.00", "4000.00")
    parties = Parties(loan)
    first, second = parties.shares()
    # the borrower's accounts are there: opening one would make the second call wait
    paid(first, "200.00", DAY)
    rows = [declared(first, "5931.51", DAY), declared(second, "4087.67", DAY)]
    lenders = [parties.lender(0), parties.lender(1)]
    with meeting_after(counting, "_has_ended"):
        answers = race(
            *(confirming(row, by) for row, by in zip(rows, lenders, strict=True)), errors=ANY
        )
    assert refusals(answers) == []
    assert {share.state for share in Share.objects.filter(loan=loan)} == {"settled"}
    loan.refresh_from_db()
    return loan


def test_the_last_two_shares_settle_the_loan() -> None:
    loan = last_two_shares()
    assert loan.state == "settled"
    assert_sound(loan)


def test_without_the_lock_each_leaves_the_end_to_the_other() -> None:
    with without_locks():
        assert last_two_shares().state == "active"


# --- a payment is taken back while another is confirmed ---


def reverse_and_confirm() -> tuple[Loan, list[str]]:
    loan = running_loan()
    parties = Parties(loan)
    (share,) = parties.shares()
    old = paid(share, "10219.18", DAY)
    new = repaying.declare_repayment(
        share_id=share.pk,
        key=uuid.uuid4(),
        amount=Decimal("300.00"),
        paid_on=DAY,
        by=parties.lender(),
        at=AT,
    )
    repaying.propose_reversal(
        cause="wrong_amount",
        repayment_id=old.pk,
        reason="错。",
        by=parties.officer("convener"),
        at=AT,
    )
    reviewer = parties.officer("reviewer")
    with (
        meeting_after(counting, "standing_of"),
        meeting_after(reversing, "standing_of"),
    ):
        answers = race(
            lambda: repaying.confirm_reversal(repayment_id=old.pk, by=reviewer, at=AT),
            confirming(new, parties.borrower),
            errors=ANY,
        )
    loan.refresh_from_db()
    return loan, refusals(answers)


def test_a_payment_beside_a_reversal_counts_in_either_order() -> None:
    loan, refused = reverse_and_confirm()
    assert refused == []
    (share,) = Parties(loan).shares()
    assert (loan.state, share.state) == ("active", "formed")
    assert share.principal_outstanding == Decimal("9919.18")  # 300.00 less 219.18 of interest
    assert_sound(loan)


def test_without_the_lock_a_reversal_and_a_payment_collide() -> None:
    with without_locks():
        _loan, refused = reverse_and_confirm()
    assert refused == ["lending_loanevent_sequence_once"]


# --- many at once ---


@pytest.mark.slow
def test_two_hundred_payments_on_forty_shares_lose_nothing() -> None:
    """Eight threads, each with payments on every share in turn; not one fen is lost."""
    loans = [running_loan("6000.00", "4000.00") for _number in range(20)]
    shares = [share for loan in loans for share in Parties(loan).shares()]
    rows = [
        declared(share, f"{10 + number}.{share.pk % 100:02d}", DAY)
        for number in range(5)
        for share in shares
    ]
    threads = 8

    def confirm_some(start: int) -> Callable[[], int]:
        def confirm() -> int:
            mine = rows[start::threads]
            for row in mine:
                lender = row.share.membership.member.user
                repaying.confirm_repayment(repayment_id=row.pk, by=lender, at=AT)
            return len(mine)

        return confirm

    answers = race(*(confirm_some(start) for start in range(threads)))
    assert sum(answers) == len(rows) == 200
    confirmed = Repayment.objects.filter(state="confirmed")
    assert confirmed.count() == 200
    wanted = sum(row.amount for row in rows)
    assert confirmed.aggregate(sum=models.Sum("amount"))["sum"] == wanted
    stored = Share.objects.aggregate(
        sum=models.Sum(models.F("principal_paid") + models.F("interest_paid"))
    )
    assert stored["sum"] == wanted
    for loan in loans:
        assert_sound(loan)
