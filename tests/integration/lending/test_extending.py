"""A later end: asked in time, agreed by all, four eyes; the shares follow."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from cooperative.notices.models import Notice
from core.errors import NotFound, Refused
from core.parameters import load_reference_values
from credit.lending import extension_checks, parameters
from credit.lending.models import Extension, ExtensionConsent, LoanEvent
from credit.lending.services import extending
from tests.factories.core import ParameterFactory
from tests.factories.membership import OfficerUserFactory, PostFactory
from tests.factories.running import DELIVERED_ON, Parties, assert_sound, noon, paid, running_loan

pytestmark = pytest.mark.django_db
DAY = DELIVERED_ON + timedelta(days=100)
LATER = date(2026, 10, 10)


@pytest.fixture(autouse=True)
def figures():
    first, second = OfficerUserFactory.create_batch(2)
    load_reference_values(parameters.REFERENCE, by=first, checked_by=second, at=noon(DELIVERED_ON))


def asked(loan, ends_on: date = LATER, day: date = DAY) -> Extension:
    return extending.ask_extension(
        loan_id=loan.pk,
        ends_on=ends_on,
        reason="玉米价低，想晚些卖。",
        by=loan.membership.member.user,
        at=noon(day),
    )


def agree(extension: Extension, *positions: int, agreed: bool = True) -> None:
    for position in positions:
        extending.answer_extension(
            extension_id=extension.pk,
            agreed=agreed,
            by=Parties(extension.loan).lender(position),
            at=noon(DAY),
        )


def in_force(loan, ends_on: date = LATER) -> Extension:
    parties = Parties(loan)
    extension = asked(loan, ends_on)
    agree(extension, *range(len(parties.shares())))
    extending.propose_extension(
        extension_id=extension.pk, by=parties.officer("convener"), at=noon(DAY)
    )
    return extending.confirm_extension(
        extension_id=extension.pk, by=parties.officer("reviewer"), at=noon(DAY)
    )


def kinds_of(user) -> list[str]:
    return list(Notice.objects.filter(recipient=user).order_by("pk").values_list("kind", flat=True))


def test_all_agree_two_officers_confirm_and_the_days_move():
    loan = running_loan("6000.00", "4000.00")
    parties = Parties(loan)
    extension = in_force(loan)
    loan.refresh_from_db()
    assert (extension.state, loan.ends_on) == ("in_force", LATER)
    for share in parties.shares():
        assert share.next_due_on == LATER
        (line,) = share.instalments.order_by("number")
        # 8 % over the whole 273 days: extended time bears the contract's interest
        assert line.interest == (share.amount * 8 * 273 / 36500).quantize(Decimal("0.01"))
    assert LoanEvent.objects.filter(kind="extended").count() == 2
    assert "lending.extension_in_force" in kinds_of(parties.borrower)
    assert_sound(loan)


def test_a_settled_share_has_no_say_and_is_left_alone():
    loan = running_loan("6000.00", "4000.00")
    parties = Parties(loan)
    first, second = parties.shares()
    paid(first, "6131.51", DAY)
    extension = asked(loan)
    with pytest.raises(Refused) as refused:
        agree(extension, 0)
    assert refused.value.code == "share_not_running"
    agree(extension, 1)
    extending.propose_extension(
        extension_id=extension.pk, by=parties.officer("convener"), at=noon(DAY)
    )
    extending.confirm_extension(
        extension_id=extension.pk, by=parties.officer("reviewer"), at=noon(DAY)
    )
    assert list(LoanEvent.objects.filter(kind="extended").values_list("share", flat=True)) == [
        second.pk
    ]
    assert_sound(loan)


def test_a_payment_of_before_counts_before_the_extension_also_when_it_is_told_late():
    loan = running_loan(method="equal_principal")
    (share,) = Parties(loan).shares()
    paid(share, "1735.00", date(2026, 2, 10))
    in_force(loan, date(2026, 8, 10))
    paid(share, "1700.00", date(2026, 3, 10), at=noon(DAY))
    dues = list(
        share.instalments.filter(settled_on__isnull=True)
        .order_by("number")
        .values_list("due_on", flat=True)
    )
    assert dues[-1] == date(2026, 8, 10)
    assert_sound(loan)


@pytest.mark.parametrize(
    ("day", "ends_on", "code"),
    [
        (date(2026, 7, 11), LATER, "extension_too_late"),
        (DAY, date(2026, 7, 10), "extension_not_later"),
        (DAY, date(2027, 1, 11), "extension_stop"),
    ],
)
def test_an_end_that_cannot_be_is_refused(day, ends_on, code):
    loan = running_loan()
    with pytest.raises(Refused) as refused:
        asked(loan, ends_on, day)
    assert refused.value.code == code
    assert not Extension.objects.exists()


@pytest.mark.parametrize(
    ("months", "latest", "most"),
    [
        (12, date(2027, 7, 10), "最多延 6 个月，也不能超过原来的期限 12 个月"),
        (6, date(2027, 1, 10), "最多延 6 个月，也不能超过原来的期限 6 个月"),
        (4, date(2026, 9, 10), "最多延 6 个月，也不能超过原来的期限 4 个月"),
    ],
)
def test_by_its_own_term_and_by_six_months_at_most(months, latest, most):
    loan = running_loan(months=months)
    with pytest.raises(Refused) as refused:
        asked(loan, latest + timedelta(days=1))
    assert (refused.value.code, refused.value.facts["latest"]) == ("extension_stop", latest)
    assert most in str(refused.value)
    assert not Extension.objects.exists()
    assert in_force(loan, latest).state == "in_force"
    loan.refresh_from_db()
    assert loan.ends_on == latest
    assert_sound(loan)


def test_what_ran_longer_than_loans_may_now_is_not_extended():
    loan = running_loan(months=12)
    ParameterFactory(code="lending.term_months_stop", value=Decimal(10), scope=loan.union.path)
    with pytest.raises(Refused) as refused:
        asked(loan, date(2027, 2, 10))
    assert refused.value.code == "extension_term"
    assert "12 个月，超过了现在的上限 10 个月" in str(refused.value)


def test_the_policy_of_the_day_of_each_step_counts():
    loan = running_loan(months=12)
    extension = asked(loan, date(2027, 4, 10))
    agree(extension, 0)
    ParameterFactory(code="lending.extension_months_stop", value=Decimal(2), scope=loan.union.path)
    convener = Parties(loan).officer("convener")
    with pytest.raises(Refused) as refused:
        extending.propose_extension(extension_id=extension.pk, by=convener, at=noon(DAY))
    assert refused.value.code == "extension_stop"
    extension.refresh_from_db()
    assert extension.state == "asked"


def test_a_loan_is_extended_once():
    loan = running_loan()
    in_force(loan)
    with pytest.raises(Refused) as refused:
        asked(loan, date(2026, 12, 10))
    assert refused.value.code == "extended_once"


def test_one_no_ends_it_and_it_may_be_asked_anew():
    loan = running_loan("6000.00", "4000.00")
    extension = asked(loan)
    agree(extension, 0)
    agree(extension, 1, agreed=False)
    extension.refresh_from_db()
    assert extension.state == "refused"
    assert kinds_of(Parties(loan).borrower) == [
        "lending.extension_answered",
        "lending.extension_answered",
        "lending.extension_refused",
    ]
    assert asked(loan).state == "asked"


def test_a_lender_answers_once():
    loan = running_loan("6000.00", "4000.00")
    extension = asked(loan)
    agree(extension, 0)
    with pytest.raises(Refused) as refused:
        agree(extension, 0)
    assert refused.value.code == "answered_already"
    assert ExtensionConsent.objects.count() == 1


def test_officers_wait_for_every_lender():
    loan = running_loan("6000.00", "4000.00")
    parties = Parties(loan)
    extension = asked(loan)
    agree(extension, 0)
    with pytest.raises(Refused) as refused:
        extending.propose_extension(
            extension_id=extension.pk, by=parties.officer("convener"), at=noon(DAY)
        )
    assert refused.value.code == "not_all_agreed"
    assert refused.value.facts["missing"] == [parties.shares()[1].pk]


def test_who_proposed_does_not_confirm():
    loan = running_loan()
    both = Parties(loan).officer("convener")
    PostFactory(user=both, union=loan.union, role="reviewer")
    extension = asked(loan)
    agree(extension, 0)
    extending.propose_extension(extension_id=extension.pk, by=both, at=noon(DAY))
    for deed in (
        extending.confirm_extension,
        lambda **given: extending.refuse_extension(reason="不合适。", **given),
    ):
        with pytest.raises(Refused) as refused:
            deed(extension_id=extension.pk, by=both, at=noon(DAY))
        assert refused.value.code == "same_person"


def test_guarantors_have_a_say_at_both_steps(monkeypatch):
    asked_for = []

    def guarantors(extension: Extension, day: date) -> None:
        asked_for.append(extension.state)
        if extension.state == "proposed":
            raise Refused("guarantor_silent", "保证人还没有书面同意。")

    monkeypatch.setattr(extension_checks, "_CHECKS", [guarantors])
    loan = running_loan()
    with pytest.raises(Refused) as refused:
        in_force(loan)
    assert refused.value.code == "guarantor_silent"
    assert asked_for == ["asked", "proposed"]
    loan.refresh_from_db()
    assert loan.ends_on == date(2026, 7, 10)


def test_the_borrower_takes_it_back_and_officers_refuse_with_a_reason():
    loan = running_loan()
    parties = Parties(loan)
    first = asked(loan)
    with pytest.raises(NotFound):
        extending.withdraw_extension(extension_id=first.pk, by=parties.lender(), at=noon(DAY))
    extending.withdraw_extension(extension_id=first.pk, by=parties.borrower, at=noon(DAY))
    assert "lending.extension_withdrawn" in kinds_of(parties.lender())
    second = asked(loan)
    refused = extending.refuse_extension(
        extension_id=second.pk, reason="材料不全。", by=parties.officer("convener"), at=noon(DAY)
    )
    assert (refused.state, refused.remark) == ("refused", "材料不全。")
    with pytest.raises(Refused) as again:
        extending.propose_extension(
            extension_id=second.pk, by=parties.officer("convener"), at=noon(DAY)
        )
    assert again.value.code == "wrong_state"


def test_what_nobody_decided_ends_with_the_term():
    loan = running_loan()
    extension = asked(loan)
    assert extending.expire_extensions(at=noon(date(2026, 7, 10))) == 0
    assert extending.expire_extensions(at=noon(date(2026, 7, 11))) == 1
    assert extending.expire_extensions(at=noon(date(2026, 7, 11))) == 0
    extension.refresh_from_db()
    assert extension.state == "expired"


def test_strangers_and_auditors_have_no_say():
    loan = running_loan()
    parties = Parties(loan)
    extension = asked(loan)
    stranger = Parties(running_loan()).lender()
    with pytest.raises(NotFound):
        extending.answer_extension(
            extension_id=extension.pk, agreed=True, by=stranger, at=noon(DAY)
        )
    with pytest.raises(NotFound):
        extending.answer_extension(
            extension_id=extension.pk, agreed=True, by=parties.borrower, at=noon(DAY)
        )
    agree(extension, 0)
    for user in (parties.officer("auditor"), parties.officer("reviewer")):
        with pytest.raises(NotFound):
            extending.propose_extension(extension_id=extension.pk, by=user, at=noon(DAY))
