"""A loan under any sequence of payments, disputes, reversals, costs, an extension, a write-off and nights."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cooperative.ledger.models import Account, Chain, Posting
from cooperative.ledger.verification import Tally, first_fault
from core.errors import Refused
from core.parameters import load_reference_values
from credit.lending import parameters
from credit.lending.models import Cost, Loan, LoanEvent, Repayment, Share
from credit.lending.rules.ceiling import Change, Charge, check_ceiling
from credit.lending.selectors.paying_off import payoff_of_loan
from credit.lending.services import cost_reversing, costs, extending, repaying, troubles
from tests.factories.core import StoredFileFactory
from tests.factories.membership import OfficerUserFactory
from tests.factories.nights import close
from tests.factories.running import CAP, DELIVERED_ON, Parties, assert_sound, noon, running_loan

pick = st.integers(0, 10**6)
fen = st.one_of(
    st.integers(1, 500), st.integers(1, 1_500_000), st.sampled_from([100_000, 500_000])
).map(lambda n: Decimal(n) / 100)
days_back = st.one_of(st.just(0), st.integers(0, 90))


class LoanLife(RuleBasedStateMachine):
    """One loan of two or three shares; what may not happen is refused and changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.world = transaction.atomic()
        self.world.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.world.__exit__(None, None, None)

    @initialize(
        method=st.sampled_from(["bullet", "interest_only", "equal_instalment", "equal_principal"]),
        rate=st.sampled_from(["0.000000", "0.080000", "0.120000"]),
        shares=st.sampled_from([("700.00", "300.01"), ("5000.00", "3333.33", "1666.67")]),
    )
    def deliver(self, method: str, rate: str, shares: tuple[str, ...]) -> None:
        first, second = OfficerUserFactory.create_batch(2)
        at = noon(DELIVERED_ON)
        load_reference_values(parameters.REFERENCE, by=first, checked_by=second, at=at)
        self.loan = running_loan(*shares, method=method, rate=rate)
        self.parties = Parties(self.loan)
        self.convener = self.parties.officer("convener")
        self.reviewer = self.parties.officer("reviewer")
        self.lenders = [self.parties.lender(n) for n in range(len(shares))]
        self.today = DELIVERED_ON
        self.events = LoanEvent.objects.count()

    # What the rules need

    @property
    def at(self) -> Any:
        return noon(self.today)

    def share(self, number: int) -> Share:
        shares = self.parties.shares()
        return shares[number % len(shares)]

    def repayment(self, number: int, *states: str) -> Repayment | None:
        rows = list(Repayment.objects.filter(state__in=states).order_by("pk"))
        return rows[number % len(rows)] if rows else None

    def other_side(self, row: Repayment) -> Any:
        borrower = row.declared_side == "lender"
        return self.parties.borrower if borrower else row.share.membership.member.user

    def tried(self, deed: Any, **given: Any) -> Any:
        """The answer, or None where a rule said no: then nothing has changed."""
        before = self._fingerprint()
        try:
            return deed(at=self.at, **given)
        except Refused:
            assert self._fingerprint() == before
            return None

    def _fingerprint(self) -> list[Any]:
        return [
            list(model.objects.order_by("pk").values())
            for model in (Loan, Share, Repayment, LoanEvent, Posting)
        ]

    # Payments

    @rule(number=pick, amount=fen, back=days_back, by_lender=st.booleans())
    def declare(self, number: int, amount: Decimal, back: int, by_lender: bool) -> None:
        share = self.share(number)
        self.tried(
            repaying.declare_repayment,
            share_id=share.pk,
            key=uuid.uuid4(),
            amount=amount,
            paid_on=self.today - timedelta(days=back),
            by=share.membership.member.user if by_lender else self.parties.borrower,
        )

    @rule(back=days_back)
    def declare_the_payoff(self, back: int) -> None:
        on = max(self.today - timedelta(days=back), DELIVERED_ON)
        total = payoff_of_loan(self.loan, on).total
        if total:
            self.tried(
                repaying.declare_repayments,
                loan_id=self.loan.pk,
                key=uuid.uuid4(),
                amount=total,
                paid_on=on,
                by=self.parties.borrower,
            )

    @rule(number=pick)
    def confirm(self, number: int) -> None:
        row = self.repayment(number, "declared", "disputed")
        if row is not None:
            confirmed = self.tried(
                repaying.confirm_repayment, repayment_id=row.pk, by=self.other_side(row)
            )
            assert confirmed is not None

    @rule()
    def confirm_all(self) -> None:
        for row in Repayment.objects.filter(state="declared").order_by("pk"):
            repaying.confirm_repayment(repayment_id=row.pk, by=self.other_side(row), at=self.at)

    @rule(number=pick, received=st.booleans())
    def dispute_and_resolve(self, number: int, received: bool) -> None:
        row = self.repayment(number, "declared")
        if row is not None:
            given = {"repayment_id": row.pk, "at": self.at}
            repaying.dispute_repayment(reason="没收到。", by=self.other_side(row), **given)
            repaying.resolve_repayment(
                received=received, note="核实了。", by=self.convener, **given
            )

    @rule(number=pick)
    def withdraw(self, number: int) -> None:
        row = self.repayment(number, "declared")
        if row is not None:
            repaying.withdraw_repayment(repayment_id=row.pk, by=row.declared_by, at=self.at)

    @rule(number=pick)
    def reverse(self, number: int) -> None:
        row = self.repayment(number, "confirmed")
        if row is None or row.reversal_proposed_at is not None:
            return
        proposed = self.tried(
            repaying.propose_reversal,
            cause="twice",
            repayment_id=row.pk,
            reason="错。",
            by=self.convener,
        )
        if proposed is not None:
            preview = repaying.preview_reversal(repayment_id=row.pk, by=self.reviewer, at=self.at)
            repaying.confirm_reversal(repayment_id=row.pk, by=self.reviewer, at=self.at)
            share = Share.objects.get(pk=row.share_id)
            after = preview.after.standing
            assert share.principal_outstanding == after.principal_outstanding
            assert share.unallocated == after.unallocated

    @rule(number=pick)
    def give_back(self, number: int) -> None:
        share = self.share(number)
        self.tried(
            repaying.return_unallocated,
            share_id=share.pk,
            on=self.today,
            slip_number="TK-1",
            by=share.membership.member.user,
        )

    # The loan

    @rule(days=st.integers(1, 200), agreed=st.sampled_from([True, True, True, False]))
    def extend(self, days: int, agreed: bool) -> None:
        ends_on = Loan.objects.get(pk=self.loan.pk).ends_on + timedelta(days=days)
        extension = self.tried(
            extending.ask_extension,
            loan_id=self.loan.pk,
            ends_on=ends_on,
            reason="想晚些卖。",
            by=self.parties.borrower,
        )
        if extension is None:
            return
        for share, lender in zip(self.parties.shares(), self.lenders, strict=True):
            extension.refresh_from_db()
            if share.state == "formed" and extension.state == "asked":
                extending.answer_extension(
                    extension_id=extension.pk, agreed=agreed, by=lender, at=self.at
                )
        if agreed:
            given = {"extension_id": extension.pk, "at": self.at}
            extending.propose_extension(by=self.convener, **given)
            extending.confirm_extension(by=self.reviewer, **given)
            assert Loan.objects.get(pk=self.loan.pk).ends_on == ends_on

    @precondition(lambda self: self.today > DELIVERED_ON + timedelta(days=120))
    @rule()
    def write_off(self) -> None:
        row = self.tried(
            troubles.propose_write_off, loan_id=self.loan.pk, reason="收不回。", by=self.convener
        )
        if row is not None:
            troubles.confirm_write_off(write_off_id=row.pk, by=self.reviewer, at=self.at)

    @rule(number=pick, amount=fen, back=days_back, waits=st.integers(0, 20))
    def add_a_cost(self, number: int, amount: Decimal, back: int, waits: int) -> None:
        """Recorded today, confirmed after some nights, if the share still runs then."""
        row = self.tried(
            costs.record_cost,
            share_id=self.share(number).pk,
            kind="travel",
            amount=amount,
            borne_on=self.today - timedelta(days=back),
            reason="车票。",
            evidence=StoredFileFactory(purpose="lending.slip"),
            by=self.convener,
        )
        if row is not None:
            self.today += timedelta(days=waits)
            self.tried(costs.confirm_cost, cost_id=row.pk, by=self.reviewer)

    @rule(number=pick)
    def take_a_cost_back(self, number: int) -> None:
        """Proposed and confirmed today, if nothing of it is paid."""
        rows = Cost.objects.filter(share__loan=self.loan, state="confirmed").order_by("pk")
        if not rows:
            return
        row = rows[number % len(rows)]
        proposed = self.tried(
            cost_reversing.propose_cost_reversal,
            cost_id=row.pk,
            reason="登记错了。",
            by=self.convener,
        )
        if proposed is not None:
            cost_reversing.confirm_cost_reversal(cost_id=row.pk, by=self.reviewer, at=self.at)

    @rule(days=st.one_of(st.just(1), st.integers(1, 60)))
    def nights_pass(self, days: int) -> None:
        self.today += timedelta(days=days)
        close(self.today - timedelta(days=1))

    # What always holds

    @invariant()
    def stored_is_replayed_and_the_books_agree(self) -> None:
        """I4, I5, I6, and I2 at once."""
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        assert_sound(self.loan)

    @invariant()
    def no_account_is_the_platforms(self) -> None:
        """I1."""
        holders = set(Account.objects.order_by("pk").values_list("holder", flat=True))
        assert holders <= {
            f"member:{pk}"
            for pk in (
                self.loan.membership.member_id,
                *(share.membership.member_id for share in self.parties.shares()),
            )
        }

    @invariant()
    def events_only_grow_and_the_book_verifies(self) -> None:
        """I3."""
        count = LoanEvent.objects.count()
        assert count >= self.events
        self.events = count
        assert first_fault(Chain.objects.all(), tally=Tally()) is None

    @invariant()
    def nothing_paid_passes_the_ceiling_at_any_time(self) -> None:
        """I7."""
        for share in self.parties.shares():
            rows = list(share.repayments.filter(state="confirmed").order_by("paid_on", "pk"))
            changes = [Change(DELIVERED_ON, share.amount)]
            changes += [Change(row.paid_on, -row.principal) for row in rows]
            charges = [
                Charge(row.paid_on, row.interest + row.overdue_interest + row.costs) for row in rows
            ]
            assert check_ceiling(changes, charges, CAP) is None

    @invariant()
    def the_loan_ends_with_its_shares(self) -> None:
        loan = Loan.objects.get(pk=self.loan.pk)
        states = {share.state for share in self.parties.shares()}
        ended = states <= {"settled", "written_off"}
        assert (loan.state != "active") == ended
        assert (loan.state == "written_off") == ("written_off" in states)
        assert (loan.ended_at is None) == (loan.state == "active")


@pytest.mark.django_db
@pytest.mark.slow
def test_a_loan_stays_true_whatever_happens() -> None:
    run_state_machine_as_test(
        LoanLife,
        settings=settings(
            max_examples=8,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
