"""Repayments: declared, confirmed, disputed, taken back; each refusal changes nothing."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest

from cooperative.ledger.models import Entry
from cooperative.notices.models import Notice
from core.errors import NotFound, Refused
from core.models import AuditRow
from credit.lending.models import Loan, LoanEvent, Repayment, Share
from credit.lending.services import repaying
from tests.factories.core import StoredFileFactory
from tests.factories.running import (
    DELIVERED_ON,
    Parties,
    assert_sound,
    declared,
    noon,
    paid,
    running_loan,
)

pytestmark = pytest.mark.django_db
DAY = DELIVERED_ON + timedelta(days=100)


def yuan(text: str) -> Decimal:
    return Decimal(text)


def kinds_of(user) -> list[str]:
    return list(Notice.objects.filter(recipient=user).order_by("pk").values_list("kind", flat=True))


def test_a_declared_payment_waits_for_the_lender_and_changes_nothing_yet():
    loan = running_loan()
    parties = Parties(loan)
    (share,) = parties.shares()
    row = declared(share, "5219.18", DAY)
    assert (row.state, row.declared_side, row.receipt_number) == ("declared", "borrower", "")
    share.refresh_from_db()
    assert (share.principal_outstanding, share.events_count) == (yuan("10000.00"), 1)
    assert kinds_of(parties.lender()) == ["lending.repayment_declared"]
    assert kinds_of(parties.borrower) == []
    notice = Notice.objects.get(recipient=parties.lender())
    assert notice.link == f"/credit/repayments/{row.pk}/"
    assert "5,219.18 元" in notice.title
    assert_sound(loan)


def test_a_confirmed_payment_pays_interest_to_its_day_and_then_principal():
    """10 000 at 8 % for 100 days: 219.18 (Civil Code 561, 677)."""
    loan = running_loan()
    parties = Parties(loan)
    row = paid(parties.shares()[0], "5219.18", DAY)
    (share,) = parties.shares()
    assert (row.interest, row.principal, row.unallocated) == (
        yuan("219.18"),
        yuan("5000.00"),
        yuan("0.00"),
    )
    assert share.principal_outstanding == yuan("5000.00")
    assert len(row.receipt_number) == 23
    entry = Entry.objects.get(reference=row.receipt_number)
    told = {
        (p.account.holder, p.account.kind): p.debit - p.credit
        for p in entry.postings.select_related("account").order_by("pk")
    }
    lender, borrower = (
        f"member:{share.membership.member_id}",
        f"member:{loan.membership.member_id}",
    )
    assert told == {
        (lender, "money"): yuan("5219.18"),
        (lender, "claim"): yuan("-5000.00"),
        (lender, "interest_received"): yuan("-219.18"),
        (borrower, "money"): yuan("-5219.18"),
        (borrower, "debt"): yuan("5000.00"),
        (borrower, "interest_paid"): yuan("219.18"),
    }
    assert entry.business_date == DAY
    assert kinds_of(parties.borrower) == ["lending.repayment_confirmed"]
    assert AuditRow.objects.filter(action="lending.repayment_confirmed").count() == 1
    assert_sound(loan)


def test_a_payment_confirmed_late_counts_from_its_own_day():
    early, late = running_loan(), running_loan()
    paid(Parties(early).shares()[0], "3000.00", DAY)
    paid(Parties(late).shares()[0], "3000.00", DAY, at=noon(DAY + timedelta(days=40)))
    for name in ("principal_outstanding", "interest_paid", "principal_paid"):
        assert getattr(Parties(early).shares()[0], name) == getattr(Parties(late).shares()[0], name)
    assert_sound(late)


def test_the_lender_may_declare_and_then_the_borrower_confirms():
    loan = running_loan()
    parties = Parties(loan)
    (share,) = parties.shares()
    row = repaying.declare_repayment(
        share_id=share.pk,
        key=uuid.uuid4(),
        amount=yuan("100.00"),
        paid_on=DAY,
        by=parties.lender(),
        at=noon(DAY),
    )
    assert row.declared_side == "lender"
    assert kinds_of(parties.borrower) == ["lending.receipt_declared"]
    repaying.confirm_repayment(repayment_id=row.pk, by=parties.borrower, at=noon(DAY))
    assert_sound(loan)


def test_two_taps_are_one_payment():
    loan = running_loan()
    parties = Parties(loan)
    (share,) = parties.shares()
    values = {
        "share_id": share.pk,
        "key": uuid.uuid4(),
        "amount": yuan("100.00"),
        "paid_on": DAY,
        "by": parties.borrower,
        "at": noon(DAY),
    }
    first = repaying.declare_repayment(**values)
    assert repaying.declare_repayment(**values).pk == first.pk
    with pytest.raises(Refused) as refused:
        repaying.declare_repayment(**values | {"amount": yuan("200.00")})
    assert refused.value.code == "key_reused"
    assert Repayment.objects.count() == 1
    assert Notice.objects.filter(kind="lending.repayment_declared").count() == 1


def test_a_key_of_another_share_is_refused():
    loan = running_loan("100.00", "200.00")
    parties = Parties(loan)
    first, second = parties.shares()
    row = declared(first, "10.00", DAY)
    with pytest.raises(Refused) as refused:
        repaying.declare_repayment(
            share_id=second.pk,
            key=row.key,
            amount=row.amount,
            paid_on=DAY,
            by=parties.borrower,
            at=noon(DAY),
        )
    assert refused.value.code == "key_reused"


@pytest.mark.parametrize(
    ("amount", "on", "code"),
    [
        ("0.00", DAY, "amount_wrong"),
        ("0.001", DAY, "amount_wrong"),
        ("1.00", DAY + timedelta(days=1), "paid_in_future"),
        ("1.00", DELIVERED_ON - timedelta(days=1), "paid_before_delivery"),
    ],
)
def test_what_cannot_have_happened_is_not_declared(amount, on, code):
    (share,) = Parties(running_loan()).shares()
    with pytest.raises(Refused) as refused:
        declared(share, amount, on, at=noon(DAY))
    assert refused.value.code == code
    assert not Repayment.objects.exists()


def test_others_see_nothing_to_pay():
    loan, other = running_loan(), running_loan()
    (share,) = Parties(loan).shares()
    row = declared(share, "1.00", DAY)
    for stranger in (Parties(other).borrower, Parties(other).lender()):
        with pytest.raises(NotFound):
            repaying.declare_repayment(
                share_id=share.pk,
                key=uuid.uuid4(),
                amount=yuan("1.00"),
                paid_on=DAY,
                by=stranger,
                at=noon(DAY),
            )
        for deed in (repaying.confirm_repayment, repaying.withdraw_repayment):
            with pytest.raises(NotFound):
                deed(repayment_id=row.pk, by=stranger, at=noon(DAY))
    row.refresh_from_db()
    assert row.state == "declared"


def test_who_declared_does_not_confirm():
    parties = Parties(running_loan())
    row = declared(parties.shares()[0], "1.00", DAY)
    for deed in (
        repaying.confirm_repayment,
        lambda **given: repaying.dispute_repayment(reason="没有收到。", **given),
    ):
        with pytest.raises(Refused) as refused:
            deed(repayment_id=row.pk, by=parties.borrower, at=noon(DAY))
        assert refused.value.code == "own_declaration"


def test_a_payment_is_confirmed_once():
    loan = running_loan()
    parties = Parties(loan)
    row = paid(parties.shares()[0], "1.00", DAY)
    with pytest.raises(Refused) as refused:
        repaying.confirm_repayment(repayment_id=row.pk, by=parties.lender(), at=noon(DAY))
    assert refused.value.code == "wrong_state"
    assert "已确认" in str(refused.value)
    assert LoanEvent.objects.filter(kind="paid").count() == 1
    assert_sound(loan)


def test_the_last_share_ends_the_loan_and_everybody_hears_of_it():
    loan = running_loan("6000.00", "4000.00")
    parties = Parties(loan)
    first, second = parties.shares()
    paid(first, "6131.51", DAY)  # 6 000 × 8 % × 100/365 = 131.51
    loan.refresh_from_db()
    assert loan.state == "active"
    paid(second, "4087.67", DAY)
    loan.refresh_from_db()
    assert (loan.state, loan.ended_at) == ("settled", noon(DAY))
    assert {share.state for share in parties.shares()} == {"settled"}
    for user in (parties.borrower, parties.lender(0), parties.lender(1)):
        assert "lending.loan_settled" in kinds_of(user)
    assert_sound(loan)


def test_a_loan_with_a_share_under_way_is_not_settled_yet():
    loan = running_loan("6000.00", "4000.00")
    first, second = Parties(loan).shares()
    Share.objects.filter(pk=second.pk).update(
        state="sent",
        delivered_on=None,
        formed_at=None,
        annual_rate=None,
        principal_outstanding=0,
    )
    paid(first, "6131.51", DAY)
    loan.refresh_from_db()
    assert loan.state == "active"


def test_money_beyond_what_is_owed_waits_and_is_given_back():
    loan = running_loan()
    parties = Parties(loan)
    paid(parties.shares()[0], "10300.00", DAY)
    (share,) = parties.shares()
    assert (share.state, share.unallocated) == ("settled", yuan("80.82"))
    assert "lending.repayment_overpaid" in kinds_of(parties.lender())
    with pytest.raises(Refused) as refused:
        repaying.return_unallocated(
            share_id=share.pk, on=DAY, slip_number=" ", by=parties.lender(), at=noon(DAY)
        )
    assert refused.value.code == "slip_missing"
    event = repaying.return_unallocated(
        share_id=share.pk, on=DAY, slip_number="TK-1", by=parties.lender(), at=noon(DAY)
    )
    (share,) = parties.shares()
    assert (event.amount, share.unallocated) == (yuan("80.82"), yuan("0.00"))
    assert_sound(loan)
    with pytest.raises(Refused) as refused:
        repaying.return_unallocated(
            share_id=share.pk, on=DAY, slip_number="TK-2", by=parties.lender(), at=noon(DAY)
        )
    assert refused.value.code == "nothing_to_return"


def test_a_settled_share_takes_no_more_from_the_borrower_but_what_arrived_is_given_back():
    loan = running_loan()
    parties = Parties(loan)
    paid(parties.shares()[0], "10219.18", DAY)
    (share,) = parties.shares()
    with pytest.raises(Refused) as refused:
        declared(share, "50.00", DAY)
    assert refused.value.code == "already_settled"
    assert "10,219.18 元" in str(refused.value)
    row = repaying.declare_repayment(
        share_id=share.pk,
        key=uuid.uuid4(),
        amount=yuan("50.00"),
        paid_on=DAY,
        by=parties.lender(),
        at=noon(DAY),
    )
    repaying.confirm_repayment(repayment_id=row.pk, by=parties.borrower, at=noon(DAY))
    (share,) = parties.shares()
    assert (share.state, share.unallocated) == ("settled", yuan("50.00"))
    assert_sound(loan)


def test_a_declared_payment_confirmed_after_the_share_was_settled_is_over_payment():
    loan = running_loan()
    parties = Parties(loan)
    (share,) = parties.shares()
    waiting = declared(share, "100.00", DAY)
    paid(share, "10219.18", DAY)
    repaying.confirm_repayment(repayment_id=waiting.pk, by=parties.lender(), at=noon(DAY))
    (share,) = parties.shares()
    assert (share.state, share.unallocated) == ("settled", yuan("100.00"))
    assert_sound(loan)


def test_a_payment_of_an_earlier_day_moves_the_parts_of_a_later_one_in_the_books_too():
    loan = running_loan()
    (share,) = Parties(loan).shares()
    later = paid(share, "1000.00", DELIVERED_ON + timedelta(days=60))
    paid(share, "5000.00", DELIVERED_ON + timedelta(days=30), at=noon(DAY))
    later.refresh_from_db()
    assert (later.interest, later.principal) == (yuan("33.31"), yuan("966.69"))
    assert Entry.objects.filter(kind="lending.reallocated").count() == 1
    assert_sound(loan)


def test_a_disputed_payment_goes_to_an_officer_who_finds_that_it_came():
    loan = running_loan()
    parties = Parties(loan)
    row = declared(parties.shares()[0], "1000.00", DAY)
    at = noon(DAY + timedelta(days=3))
    repaying.dispute_repayment(
        repayment_id=row.pk, reason=" 没有收到。 ", by=parties.lender(), at=at
    )
    row.refresh_from_db()
    assert (row.state, row.dispute, row.disputed_at) == ("disputed", "没有收到。", at)
    assert "lending.repayment_disputed" in kinds_of(parties.borrower)
    convener = parties.officer("convener")
    repaying.resolve_repayment(
        repayment_id=row.pk, received=True, note="回单已核对。", by=convener, at=at
    )
    row.refresh_from_db()
    assert (row.state, row.confirmed_by, row.resolution) == ("confirmed", convener, "回单已核对。")
    assert row.interest == yuan("219.18")  # counted from the day it was paid
    assert_sound(loan)


def test_an_officer_finds_that_it_did_not_come():
    loan = running_loan()
    parties = Parties(loan)
    row = declared(parties.shares()[0], "1000.00", DAY)
    repaying.dispute_repayment(
        repayment_id=row.pk, reason="没有收到。", by=parties.lender(), at=noon(DAY)
    )
    repaying.resolve_repayment(
        repayment_id=row.pk,
        received=False,
        note="银行查无此笔。",
        by=parties.officer("convener"),
        at=noon(DAY),
    )
    row.refresh_from_db()
    assert (row.state, row.resolution) == ("rejected", "银行查无此笔。")
    assert "lending.repayment_rejected" in kinds_of(parties.borrower)
    assert LoanEvent.objects.filter(kind="paid").count() == 0
    assert_sound(loan)


def test_only_a_dispute_is_resolved_and_only_by_an_officer_within_reach():
    loan = running_loan()
    parties = Parties(loan)
    row = declared(parties.shares()[0], "1000.00", DAY)
    given = {"repayment_id": row.pk, "received": True, "note": "核对了。", "at": noon(DAY)}
    with pytest.raises(Refused) as refused:
        repaying.resolve_repayment(by=parties.officer("convener"), **given)
    assert refused.value.code == "wrong_state"
    for outsider in (
        parties.officer("auditor"),
        Parties(running_loan()).officer("convener"),
        parties.lender(),
    ):
        with pytest.raises(NotFound):
            repaying.resolve_repayment(by=outsider, **given)


def test_a_party_who_is_also_an_officer_does_not_resolve_its_own_dispute():
    from tests.factories.membership import PostFactory

    loan = running_loan()
    parties = Parties(loan)
    row = declared(parties.shares()[0], "1000.00", DAY)
    repaying.dispute_repayment(
        repayment_id=row.pk, reason="没有收到。", by=parties.lender(), at=noon(DAY)
    )
    PostFactory(user=parties.lender(), union=loan.union, role="convener")
    with pytest.raises(Refused) as refused:
        repaying.resolve_repayment(
            repayment_id=row.pk, received=False, note="没有。", by=parties.lender(), at=noon(DAY)
        )
    assert refused.value.code == "own_matter"


@pytest.mark.parametrize(
    ("reason", "code"), [("  ", "reason_missing"), ("长" * 301, "reason_too_long")]
)
def test_a_dispute_says_why(reason, code):
    parties = Parties(running_loan())
    row = declared(parties.shares()[0], "1.00", DAY)
    with pytest.raises(Refused) as refused:
        repaying.dispute_repayment(
            repayment_id=row.pk, reason=reason, by=parties.lender(), at=noon(DAY)
        )
    assert refused.value.code == code


def test_who_declared_takes_it_back_and_nobody_else():
    parties = Parties(running_loan())
    row = declared(parties.shares()[0], "1.00", DAY)
    with pytest.raises(Refused) as refused:
        repaying.withdraw_repayment(repayment_id=row.pk, by=parties.lender(), at=noon(DAY))
    assert refused.value.code == "not_your_declaration"
    repaying.withdraw_repayment(repayment_id=row.pk, by=parties.borrower, at=noon(DAY))
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert "lending.repayment_withdrawn" in kinds_of(parties.lender())
    with pytest.raises(Refused) as refused:
        repaying.confirm_repayment(repayment_id=row.pk, by=parties.lender(), at=noon(DAY))
    assert refused.value.code == "wrong_state"


def test_one_sum_goes_to_all_lenders_by_what_is_due():
    loan = running_loan("6000.00", "4000.00", method="interest_only")
    parties = Parties(loan)
    on = date(2026, 2, 10)  # 31 days: 40.77 and 27.18 of interest are due
    key = uuid.uuid4()
    given = {"loan_id": loan.pk, "key": key, "paid_on": on, "by": parties.borrower, "at": noon(on)}
    rows = repaying.declare_repayments(amount=yuan("1067.95"), **given)
    assert [row.amount for row in rows] == [yuan("640.77"), yuan("427.18")]
    again = repaying.declare_repayments(amount=yuan("1067.95"), **given)
    assert [row.pk for row in again] == [row.pk for row in rows]
    with pytest.raises(Refused) as refused:
        repaying.declare_repayments(amount=yuan("1.00"), **given)
    assert refused.value.code == "key_reused"
    assert Repayment.objects.count() == 2


def test_each_part_of_one_sum_has_its_own_slip():
    loan = running_loan("6000.00", "4000.00")
    parties = Parties(loan)
    first, second = parties.shares()
    file = StoredFileFactory()
    given = {"loan_id": loan.pk, "key": uuid.uuid4(), "paid_on": DAY, "by": parties.borrower}
    given |= {"at": noon(DAY), "amount": yuan("1000.00")}
    slips = {first.pk: (" A1 ", None), second.pk: ("B2", file)}
    rows = repaying.declare_repayments(slips=slips, **given)
    assert [(row.slip_number, row.slip) for row in rows] == [("A1", None), ("B2", file)]
    assert repaying.declare_repayments(slips=slips, **given) == rows
    with pytest.raises(Refused) as refused:
        repaying.declare_repayments(slips={first.pk: ("C3", None)}, **given)
    assert refused.value.code == "key_reused"


def test_a_slip_for_a_lender_who_gets_nothing_is_refused():
    loan = running_loan("6000.00", "4000.00")
    parties = Parties(loan)
    first, second = parties.shares()
    declared(second, "4087.67", DAY)
    with pytest.raises(Refused) as refused:
        repaying.declare_repayments(
            loan_id=loan.pk,
            key=uuid.uuid4(),
            amount=yuan("100.00"),
            paid_on=DAY,
            by=parties.borrower,
            at=noon(DAY),
            slips={first.pk: ("A1", None), second.pk: ("B2", None)},
        )
    assert refused.value.code == "slip_without_part"
    assert second.membership.member.name in str(refused.value)
    assert Repayment.objects.count() == 1


def test_one_sum_beyond_what_all_are_owed_is_refused_with_the_figure():
    loan = running_loan("6000.00", "4000.00")
    parties = Parties(loan)
    given = {"loan_id": loan.pk, "paid_on": DAY, "by": parties.borrower, "at": noon(DAY)}
    with pytest.raises(Refused) as refused:
        repaying.declare_repayments(key=uuid.uuid4(), amount=yuan("10300.00"), **given)
    assert refused.value.code == "more_than_owed"
    assert refused.value.facts["most"] == yuan("10219.18")
    assert "10,219.18 元" in str(refused.value)
    repaying.declare_repayments(key=uuid.uuid4(), amount=yuan("10219.18"), **given)
    with pytest.raises(Refused) as refused:
        repaying.declare_repayments(key=uuid.uuid4(), amount=yuan("1.00"), **given)
    assert refused.value.code == "nothing_owed"


def test_a_lender_does_not_divide_the_borrowers_sum():
    loan = running_loan()
    with pytest.raises(NotFound):
        repaying.declare_repayments(
            loan_id=loan.pk,
            key=uuid.uuid4(),
            amount=yuan("1.00"),
            paid_on=DAY,
            by=Parties(loan).lender(),
            at=noon(DAY),
        )


def test_a_share_not_delivered_takes_no_payment():
    from tests.factories.lending import ShareFactory

    share = ShareFactory(sent=True)
    with pytest.raises(Refused) as refused:
        declared(share, "1.00", date(2026, 5, 20))
    assert refused.value.code == "share_not_formed"
    assert Loan.objects.get().state == "signed"


# Reversal


def test_a_reversed_payment_never_was_and_a_settled_loan_runs_again():
    loan = running_loan()
    parties = Parties(loan)
    row = paid(parties.shares()[0], "10219.18", DAY)
    convener, reviewer = parties.officer("convener"), parties.officer("reviewer")
    at = noon(DAY + timedelta(days=10))
    preview = repaying.preview_reversal(repayment_id=row.pk, by=convener, at=at)
    assert preview.reopens
    assert preview.before.standing.principal_outstanding == yuan("0.00")
    assert preview.after.standing.principal_outstanding == yuan("10000.00")
    repaying.propose_reversal(
        cause="wrong_amount", repayment_id=row.pk, reason="登记错了。", by=convener, at=at
    )
    assert_sound(loan)
    repaying.confirm_reversal(repayment_id=row.pk, by=reviewer, at=at)
    row.refresh_from_db()
    loan.refresh_from_db()
    (share,) = parties.shares()
    assert (row.state, row.principal, row.reversed_by) == ("reversed", yuan("0.00"), reviewer)
    assert (loan.state, loan.ended_at) == ("active", None)
    assert (share.state, share.principal_outstanding) == ("formed", yuan("10000.00"))
    assert "lending.loan_reopened" in kinds_of(parties.lender())
    assert Entry.objects.get(reverses__isnull=False).reason == row.reversal_cause == "wrong_amount"
    assert_sound(loan)


def test_the_preview_is_what_the_reversal_does():
    loan = running_loan(method="equal_instalment")
    parties = Parties(loan)
    (share,) = parties.shares()
    first = paid(share, "1800.00", date(2026, 2, 10))
    paid(share, "1700.00", date(2026, 3, 10))
    convener, reviewer = parties.officer("convener"), parties.officer("reviewer")
    at = noon(DAY)
    preview = repaying.preview_reversal(repayment_id=first.pk, by=reviewer, at=at)
    repaying.propose_reversal(
        cause="wrong_amount", repayment_id=first.pk, reason="登记错了。", by=convener, at=at
    )
    repaying.confirm_reversal(repayment_id=first.pk, by=reviewer, at=at)
    (share,) = parties.shares()
    after = preview.after
    assert share.principal_outstanding == after.standing.principal_outstanding
    assert share.overdue_since == after.overdue_since == date(2026, 2, 10)
    assert [row.interest_paid for row in share.instalments.order_by("number")] == [
        line.interest_paid for line in after.lines
    ]
    assert_sound(loan)


def test_a_reversal_needs_two_officers():
    loan = running_loan()
    parties = Parties(loan)
    row = paid(parties.shares()[0], "100.00", DAY)
    reviewer = parties.officer("reviewer")
    with pytest.raises(Refused) as refused:
        repaying.confirm_reversal(repayment_id=row.pk, by=reviewer, at=noon(DAY))
    assert refused.value.code == "not_proposed"
    from tests.factories.membership import PostFactory

    PostFactory(user=reviewer, union=loan.union, role="convener")
    repaying.propose_reversal(
        cause="wrong_amount", repayment_id=row.pk, reason="错。", by=reviewer, at=noon(DAY)
    )
    with pytest.raises(Refused) as refused:
        repaying.propose_reversal(
            cause="wrong_amount", repayment_id=row.pk, reason="错。", by=reviewer, at=noon(DAY)
        )
    assert refused.value.code == "already_proposed"
    with pytest.raises(Refused) as refused:
        repaying.confirm_reversal(repayment_id=row.pk, by=reviewer, at=noon(DAY))
    assert refused.value.code == "same_person"
    repaying.drop_reversal(repayment_id=row.pk, by=parties.officer("reviewer"), at=noon(DAY))
    row.refresh_from_db()
    assert (row.state, row.reversal_proposed_by) == ("confirmed", None)
    assert (row.reversal_cause, row.reversal_reason) == ("", "")
    assert_sound(loan)


def test_what_was_given_back_must_be_covered_before_a_payment_is_reversed():
    loan = running_loan()
    parties = Parties(loan)
    row = paid(parties.shares()[0], "10300.00", DAY)
    repaying.return_unallocated(
        share_id=row.share_id, on=DAY, slip_number="TK-1", by=parties.lender(), at=noon(DAY)
    )
    with pytest.raises(Refused) as refused:
        repaying.propose_reversal(
            cause="wrong_amount",
            repayment_id=row.pk,
            reason="错。",
            by=parties.officer("convener"),
            at=noon(DAY),
        )
    assert refused.value.code == "returned_already"
    assert "80.82 元" in str(refused.value)


def test_a_payment_that_does_not_count_is_not_reversed():
    parties = Parties(running_loan())
    row = declared(parties.shares()[0], "100.00", DAY)
    for deed in (
        lambda **given: repaying.propose_reversal(cause="wrong_amount", reason="错。", **given),
        repaying.preview_reversal,
    ):
        with pytest.raises(Refused) as refused:
            deed(repayment_id=row.pk, by=parties.officer("convener"), at=noon(DAY))
        assert refused.value.code == "wrong_state"
