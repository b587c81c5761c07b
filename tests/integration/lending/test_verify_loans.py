"""Stored shares are compared with their events (I6): a change by hand shows."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from credit.lending.models import Instalment, LoanEvent, Repayment, Share
from credit.lending.services.projecting import stored_equals_replay
from tests.factories.running import DELIVERED_ON, Parties, paid, running_loan

pytestmark = pytest.mark.django_db
DAY = DELIVERED_ON + timedelta(days=100)


def verify(**options) -> str:
    out = io.StringIO()
    call_command("verify_loans", stdout=out, stderr=out, **options)
    return out.getvalue()


@pytest.fixture
def share() -> Share:
    loan = running_loan(method="equal_instalment")
    paid(Parties(loan).shares()[0], "3000.00", DAY)
    return Parties(loan).shares()[0]


def test_what_the_services_wrote_is_what_the_events_say(share):
    running_loan("100.00", "200.00")
    assert "全部一致：3 份" in verify()


def test_another_loan_is_left_out(share):
    Share.objects.filter(pk=share.pk).update(interest_paid=Decimal("0.00"))
    assert "全部一致：1 份" in verify(loan=running_loan().number)


@pytest.mark.parametrize(
    ("tamper", "what"),
    [
        (
            lambda pk: Share.objects.filter(pk=pk).update(
                interest_paid=F("interest_paid") + Decimal("0.01")
            ),
            "interest_paid",
        ),
        (lambda pk: Share.objects.filter(pk=pk).update(next_due_on=None), "next_due_on"),
        (
            lambda pk: Instalment.objects.filter(share=pk, number=6).update(
                interest=F("interest") + Decimal("0.01")
            ),
            "instalment 6",
        ),
        (lambda pk: Instalment.objects.filter(share=pk, number=6).delete(), "instalment 6"),
        (
            lambda pk: Repayment.objects.filter(share=pk).update(
                interest=F("interest") + 1, principal=F("principal") - 1
            ),
            "interest",
        ),
        (
            lambda pk: LoanEvent.objects.create(
                share_id=pk,
                sequence=9,
                kind="written_off",
                on=DAY,
                at="2026-04-21T04:00:00Z",
            ),
            "state",
        ),
    ],
)
def test_a_change_by_hand_shows(share, tamper, what):
    assert stored_equals_replay(share) == []
    tamper(share.pk)
    share.refresh_from_db()
    assert any(what in difference.what for difference in stored_equals_replay(share))
    with pytest.raises(CommandError, match="处和事件重算的结果不同") as broken:
        verify()
    assert broken.value.returncode == 1
