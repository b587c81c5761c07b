"""The book under any sequence of posting, taking back, adding evidence and attempts to change it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cooperative.ledger.models import Account, Chain, Entry, Evidence, Posting
from cooperative.ledger.rules import HOLDER_KINDS, Line
from cooperative.ledger.selectors import balances_of
from cooperative.ledger.services import (
    Draft,
    Proof,
    add_evidence,
    post_entries,
    reverse_entry,
)
from cooperative.ledger.verification import Tally, first_fault
from core.errors import Refused
from tests.factories.core import StoredFileFactory
from tests.factories.ledger import DAY, KIND, NOON, delivery, subject

subjects = st.integers(1, 3)
people = st.integers(1, 4).map("member:{}".format)
yuan = st.integers(1, 10**8).map(lambda fen: Decimal(fen) / 100)


def written_off(holder: str, amount: Decimal) -> list[Line]:
    return [
        Line(holder, "write_off", debit=amount),
        Line(holder, "claim", credit=amount),
    ]


moves = st.one_of(
    st.builds(lambda a, x, y: delivery(str(a), x, y), yuan, people, people),
    st.builds(written_off, people, yuan),
)
drafts = st.builds(
    lambda about, lines, proof: Draft(
        subject(about),
        KIND,
        DAY,
        lines,
        "A/",
        evidence=[Proof(StoredFileFactory(), "slip")] if proof else [],
    ),
    subjects,
    moves,
    st.booleans(),
)


def emptied(table: str) -> Callable[[], None]:
    def attempt() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM ledger_{table}")

    return attempt


ATTEMPTS: list[Callable[[], Any]] = [
    lambda: Posting.objects.update(debit=F("debit") + 1),
    lambda: Entry.objects.update(business_date="2020-01-01"),
    lambda: Entry.objects.filter(sequence=1).update(hash="1" * 64),
    lambda: Account.objects.update(holder="member:99"),
    lambda: Chain.objects.update(length=F("length") - 1),
    lambda: Account.objects.create(holder="platform:1", kind="money"),
    *(emptied(table) for table in ("posting", "entry", "account", "chain")),
]


class Book(RuleBasedStateMachine):
    """The book beside a plain model of it: sums of lines, and the hashes once written."""

    def __init__(self) -> None:
        super().__init__()
        self.sums: Counter[tuple[str, str]] = Counter()
        self.hashes: dict[int, str] = {}
        self.open: list[int] = []
        self.evidence = 0
        self.world = transaction.atomic()
        self.world.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.world.__exit__(None, None, None)

    def _remember(self, entries: list[Entry], lines: list[Line]) -> None:
        self.hashes |= {entry.pk: entry.hash for entry in entries}
        for line in lines:
            self.sums[line.holder, line.account_kind] += line.debit - line.credit

    @rule(found=st.lists(drafts, max_size=4))
    def post(self, found: list[Draft]) -> None:
        entries = post_entries(found, by=None, at=NOON)
        self._remember(entries, [line for draft in found for line in draft.lines])
        self.open += [entry.pk for entry in entries]
        self.evidence += sum(len(draft.evidence) for draft in found)

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        pk = self.open.pop(data.draw(st.integers(0, len(self.open) - 1)))
        entry = Entry.objects.get(pk=pk)
        posted = entry.postings.select_related("account").order_by("pk")
        lines = [Line(p.account.holder, p.account.kind, p.credit, p.debit) for p in posted]
        back = reverse_entry(entry=entry, reason="other", by=None, at=NOON)
        self._remember([back], lines)
        with pytest.raises(Refused, match="冲正"):
            reverse_entry(entry=back, reason="other", by=None, at=NOON)

    @precondition(lambda self: self.hashes)
    @rule(data=st.data())
    def prove(self, data: st.DataObject) -> None:
        entry = Entry.objects.get(pk=data.draw(st.sampled_from(sorted(self.hashes))))
        add_evidence(entry=entry, file=StoredFileFactory(), what="photo", by=None, at=NOON)
        self.evidence += 1

    @precondition(lambda self: self.hashes)
    @rule(attempt=st.sampled_from(ATTEMPTS))
    def tamper(self, attempt: Callable[[], Any]) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()

    @invariant()
    def nothing_waits_to_be_refused(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")

    @invariant()
    def no_account_is_the_platforms(self) -> None:
        """I1."""
        holders = Account.objects.order_by("pk").values_list("holder", flat=True)
        assert {holder.partition(":")[0] for holder in holders} <= set(HOLDER_KINDS)

    @invariant()
    def every_entry_balances(self) -> None:
        """I2."""
        unequal = (
            Posting.objects.values("entry", "account__holder")
            .annotate(difference=Sum(F("debit") - F("credit")))
            .exclude(difference=0)
        )
        assert not unequal.exists()

    @invariant()
    def nothing_written_is_gone_or_other(self) -> None:
        """I3."""
        assert dict(Entry.objects.order_by("pk").values_list("pk", "hash")) == self.hashes
        assert Evidence.objects.count() == self.evidence

    @invariant()
    def balances_are_the_sums(self) -> None:
        holders = {holder for holder, _kind in self.sums}
        found = balances_of(holders)
        assert {(h, k): b for h, kinds in found.items() for k, b in kinds.items()} == dict(
            self.sums
        )

    @invariant()
    def the_book_verifies(self) -> None:
        tally = Tally()
        assert first_fault(Chain.objects.all(), tally=tally) is None
        assert (tally.entries, tally.evidence) == (len(self.hashes), self.evidence)


@pytest.mark.django_db
def test_the_book_stays_true_whatever_happens() -> None:
    run_state_machine_as_test(
        Book,
        settings=settings(
            max_examples=15,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
