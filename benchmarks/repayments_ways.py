"""What ``benchmarks.repayments`` does once there is a database."""

from __future__ import annotations

import random
import statistics
import threading
import time
import uuid
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import F, Sum  # noqa: E402

from cooperative.accounts.models import User  # noqa: E402
from core.errors import Busy  # noqa: E402
from credit.lending.models import Loan, Repayment, Share  # noqa: E402
from credit.lending.services import repaying  # noqa: E402
from credit.lending.services.projecting import differences_of  # noqa: E402
from tests.factories.running import DELIVERED_ON, noon, running_loan  # noqa: E402

SEED = 20260110
PAID_ON = DELIVERED_ON + timedelta(days=30)
AT = noon(PAID_ON)
AMOUNT = Decimal("1900.00")
MOST_TRIES = 20


def measure(loans: int, payments: int, threads: int) -> None:
    """Fill, let the threads loose, count."""
    call_command("migrate", verbosity=0)
    fill(loans)
    rows = declare(payments)
    print(f"{loans} loans of one share, {payments} payments, {threads} threads", flush=True)
    started = time.perf_counter()
    done = confirm_all(rows, threads)
    seconds = time.perf_counter() - started
    took = sorted(done.took)
    print(f"{seconds:.1f} s, {len(took) / seconds:.1f} payments a second")
    print(f"median {statistics.median(took):.3f} s, 99 % {took[int(len(took) * 0.99)]:.3f} s")
    print(f"tried again because somebody held the share too long: {done.counts['busy']}")
    check(rows)


def fill(loans: int) -> None:
    """Loans as the services write them, in one transaction each hundred."""
    for start in range(0, loans, 100):
        with transaction.atomic():
            for _number in range(min(100, loans - start)):
                running_loan("10000.00", method="equal_principal")


def declare(payments: int) -> list[tuple[int, int]]:
    """Declared payments over all shares in turn: (repayment, lender's account)."""
    shares = list(
        Share.objects.select_related("membership__member", "loan__membership__member").order_by(
            "pk"
        )
    )
    rows = [
        Repayment(
            share=(share := shares[number % len(shares)]),
            key=uuid.uuid4(),
            # so that a share is paid off somewhere among its payments
            amount=AMOUNT + Decimal(number % 997) / 100 + 300 * (number % 3),
            paid_on=PAID_ON,
            declared_side="borrower",
            declared_by_id=share.loan.membership.member.user_id,
            declared_at=AT,
        )
        for number in range(payments)
    ]
    Repayment.objects.bulk_create(rows, batch_size=1000)
    return [(row.pk, row.share.membership.member.user_id) for row in rows]


class Done:
    """What the threads report."""

    def __init__(self) -> None:
        self.took: list[float] = []
        self.counts: Counter[str] = Counter()
        self.lock = threading.Lock()


def confirm_all(rows: list[tuple[int, int]], threads: int) -> Done:
    """Each thread takes the next payment from one shuffled list."""
    waiting = list(rows)
    random.Random(SEED).shuffle(waiting)
    done = Done()
    errors: list[BaseException] = []

    def work() -> None:
        try:
            while True:
                with done.lock:
                    if not waiting or errors:
                        return
                    row = waiting.pop()
                confirm(row, done)
        except BaseException as error:  # noqa: BLE001 - handed to the main thread
            errors.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if errors:
        raise errors[0]
    return done


def confirm(row: tuple[int, int], done: Done) -> None:
    """One payment, tried again while somebody else holds its share."""
    pk, lender = row
    by = User(pk=lender)
    for _try in range(MOST_TRIES):
        started = time.perf_counter()
        try:
            repaying.confirm_repayment(repayment_id=pk, by=by, at=AT)
        except Busy:
            with done.lock:
                done.counts["busy"] += 1
            continue
        with done.lock:
            done.took.append(time.perf_counter() - started)
        return
    raise AssertionError(f"repayment {pk} never got its turn")


def check(rows: list[tuple[int, int]]) -> None:
    """Every fen that came in stands somewhere, and every share is what its events say."""
    confirmed = Repayment.objects.filter(state="confirmed")
    assert confirmed.count() == len(rows)
    received = confirmed.aggregate(sum=Sum("amount"))["sum"]
    kept = Share.objects.aggregate(
        sum=Sum(
            F("principal_paid")
            + F("interest_paid")
            + F("overdue_interest_paid")
            + F("costs_paid")
            + F("unallocated")
        )
    )["sum"]
    assert received == kept, f"{received} came in, {kept} is stored"
    differences = list(differences_of(Share.objects.order_by("pk")))
    assert not differences, differences[:3]
    settled = Share.objects.filter(state="settled").count()
    ended = Loan.objects.filter(state="settled").count()
    assert settled == ended
    print(
        f"{received:,} yuan came in, not one fen lost; {settled} of {Loan.objects.count()} settled"
    )
