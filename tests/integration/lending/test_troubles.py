"""Talks within decent hours; giving a loan up in the books, which frees nobody."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from cooperative.ledger.models import Entry
from cooperative.notices.models import Notice
from core.dates import start_of_day
from core.errors import NotFound, Refused
from core.parameters import load_reference_values
from credit.lending import parameters
from credit.lending.models import Mediation, WriteOff
from credit.lending.services import troubles
from tests.factories.membership import OfficerUserFactory, PostFactory
from tests.factories.running import DELIVERED_ON, Parties, assert_sound, noon, paid, running_loan

pytestmark = pytest.mark.django_db
LATE = date(2026, 7, 20)  # ten days after the end


@pytest.fixture(autouse=True)
def figures():
    first, second = OfficerUserFactory.create_batch(2)
    load_reference_values(parameters.REFERENCE, by=first, checked_by=second, at=noon(DELIVERED_ON))


def talked(loan, held_at: datetime | None = None, **more) -> Mediation:
    values = {
        "manner": "call",
        "summary": "说秋后卖粮就还。",
        "at": noon(LATE + timedelta(days=30)),
    }
    return troubles.record_mediation(
        loan_id=loan.pk,
        held_at=held_at or noon(LATE),
        by=Parties(loan).officer("convener"),
        **(values | more),
    )


def hour(clock: int, minute: int = 0, day: date = LATE) -> datetime:
    return start_of_day(day) + timedelta(hours=clock, minutes=minute)


def test_a_talk_is_noted_and_the_borrower_reads_it():
    loan = running_loan()
    row = talked(loan, promised_on=date(2026, 8, 1), promised_amount=Decimal("500.00"))
    assert (row.manner, row.summary) == ("call", "说秋后卖粮就还。")
    notice = Notice.objects.get(kind="lending.mediated")
    assert notice.recipient == Parties(loan).borrower


@pytest.mark.parametrize(
    ("held_at", "allowed"),
    [(hour(7, 59), False), (hour(8), True), (hour(20, 59), True), (hour(21), False)],
)
def test_nobody_is_pressed_early_or_late(held_at, allowed):
    loan = running_loan()
    if allowed:
        assert talked(loan, held_at).held_at == held_at
        return
    with pytest.raises(Refused) as refused:
        talked(loan, held_at)
    assert refused.value.code == "contact_hours"
    assert "8 点到 21 点" in str(refused.value)
    assert not Mediation.objects.exists()


def test_three_talks_within_seven_days_are_enough_whatever_the_order_of_writing():
    loan = running_loan()
    for days in (0, 2, 6):
        talked(loan, noon(LATE + timedelta(days=days)))
    for days in (1, 4, -1, 8):
        if days == 8:  # the first of the three is then over a week ago
            assert talked(loan, noon(LATE + timedelta(days=days))).pk
            continue
        if days == -1:  # -1, 0, 2: a week without the last
            assert talked(loan, noon(LATE + timedelta(days=days))).pk
            continue
        with pytest.raises(Refused) as refused:
            talked(loan, noon(LATE + timedelta(days=days)))
        assert refused.value.code == "contacts_a_week"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"held_at": noon(date(2026, 7, 10))}, "nothing_overdue"),
        ({"at": noon(LATE - timedelta(days=1))}, "held_in_future"),
        ({"summary": " "}, "summary_missing"),
        ({"summary": "长" * 501}, "summary_too_long"),
        ({"promised_on": date(2026, 8, 1)}, "promise_half"),
        ({"promised_amount": Decimal("5.00")}, "promise_half"),
        ({"promised_on": date(2026, 7, 1), "promised_amount": Decimal("5.00")}, "promise_half"),
        ({"promised_on": date(2026, 8, 1), "promised_amount": Decimal("0.00")}, "promise_half"),
    ],
)
def test_a_note_that_cannot_be_true_is_refused(more, code):
    with pytest.raises(Refused) as refused:
        talked(running_loan(), **more)
    assert refused.value.code == code


def written_off(loan) -> WriteOff:
    parties = Parties(loan)
    row = troubles.propose_write_off(
        loan_id=loan.pk,
        reason="借款人去世，没有遗产。",
        by=parties.officer("convener"),
        at=noon(LATE),
    )
    return troubles.confirm_write_off(
        write_off_id=row.pk, by=parties.officer("reviewer"), at=noon(LATE)
    )


def test_a_write_off_ends_the_loan_in_the_lenders_books_and_leaves_the_debt():
    loan = running_loan("6000.00", "4000.00")
    parties = Parties(loan)
    paid(parties.shares()[0], "1131.51", DELIVERED_ON + timedelta(days=100))
    row = written_off(loan)
    loan.refresh_from_db()
    assert (row.state, row.amount, loan.state) == ("confirmed", Decimal("9000.00"), "written_off")
    first, second = parties.shares()
    assert (first.state, first.written_off) == ("written_off", Decimal("5000.00"))
    assert (second.state, second.written_off) == ("written_off", Decimal("4000.00"))
    assert Entry.objects.filter(kind="lending.written_off").count() == 2
    for user in (parties.borrower, parties.lender(0), parties.lender(1)):
        assert Notice.objects.filter(recipient=user, kind="lending.written_off").count() == 1
    assert_sound(loan)


def test_a_payment_after_a_write_off_is_recovered():
    loan = running_loan()
    parties = Parties(loan)
    written_off(loan)
    row = paid(parties.shares()[0], "1000.00", LATE + timedelta(days=5))
    (share,) = parties.shares()
    # 181 days of the term and 10 days of being late, both at 8 %
    assert (row.interest, row.overdue_interest) == (Decimal("396.71"), Decimal("21.92"))
    assert (share.state, share.written_off) == ("written_off", Decimal("9418.63"))
    assert_sound(loan)


def test_a_write_off_needs_two_officers_and_may_be_returned():
    loan = running_loan()
    parties = Parties(loan)
    both = parties.officer("convener")
    PostFactory(user=both, union=loan.union, role="reviewer")
    row = troubles.propose_write_off(loan_id=loan.pk, reason="收不回。", by=both, at=noon(LATE))
    with pytest.raises(Refused) as refused:
        troubles.propose_write_off(loan_id=loan.pk, reason="收不回。", by=both, at=noon(LATE))
    assert refused.value.code == "proposed_already"
    with pytest.raises(Refused) as refused:
        troubles.confirm_write_off(write_off_id=row.pk, by=both, at=noon(LATE))
    assert refused.value.code == "same_person"
    returned = troubles.return_write_off(
        write_off_id=row.pk, remark="先调解。", by=parties.officer("reviewer"), at=noon(LATE)
    )
    assert (returned.state, returned.remark) == ("returned", "先调解。")
    with pytest.raises(Refused) as refused:
        troubles.confirm_write_off(
            write_off_id=row.pk, by=parties.officer("reviewer"), at=noon(LATE)
        )
    assert refused.value.code == "wrong_state"
    loan.refresh_from_db()
    assert loan.state == "active"
    assert written_off(loan).state == "confirmed"


def test_a_loan_that_does_not_run_is_not_written_off():
    from tests.factories.lending import ShareFactory

    settled = running_loan()
    paid(Parties(settled).shares()[0], "10219.18", DELIVERED_ON + timedelta(days=100))
    half = running_loan()
    ShareFactory(loan=half, sent=True)
    for loan, code in ((settled, "loan_not_running"), (half, "shares_under_way")):
        with pytest.raises(Refused) as refused:
            troubles.propose_write_off(
                loan_id=loan.pk,
                reason="收不回。",
                by=Parties(loan).officer("convener"),
                at=noon(LATE),
            )
        assert refused.value.code == code
    assert not WriteOff.objects.exists()


def test_an_officer_of_another_union_finds_no_such_loan():
    loan, other = running_loan(), running_loan()
    convener = Parties(other).officer("convener")
    with pytest.raises(NotFound):
        troubles.propose_write_off(loan_id=loan.pk, reason="收不回。", by=convener, at=noon(LATE))
