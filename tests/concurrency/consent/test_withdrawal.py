"""A withdrawal against a reading that is just going on."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import models, transaction

from cooperative.consent import selectors, services
from cooperative.consent.models import Consent
from cooperative.consent.reference import load_reference
from core.errors import Refused
from tests.factories.consent import NOON, YEAR, World
from tests.race import WAIT_SECONDS, meet, race

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def race_reading_and_withdrawal() -> list[str]:
    """Which ended first, while a disclosure reads and the member withdraws meanwhile."""
    world = World()
    load_reference(by=world.founder, checked_by=world.checker, at=NOON - YEAR)
    member = world.member()
    text = selectors.current_text("scoring", NOON)
    assert text is not None
    consent = services.give_consent(
        member=member,
        recipient=selectors.recipients_for(member).get(kind="union"),
        text=text,
        by=member.user,
        at=NOON,
    )
    ended: list[str] = []
    disclosed = threading.Event()

    def read() -> None:
        with transaction.atomic():
            services.disclose(
                consent_id=consent.pk, categories=["name"], fields={}, by=None, at=NOON
            )
            disclosed.set()
            meet()  # the data is being read and handed over, and the withdrawal comes
            ended.append("read")

    def withdraw() -> None:
        assert disclosed.wait(WAIT_SECONDS)
        services.withdraw_consent(
            consent_id=consent.pk,
            member=member,
            by=member.user,
            at=NOON + timedelta(seconds=1),
        )
        ended.append("withdrawn")

    race(read, withdraw)
    assert Consent.objects.get().withdrawn_at is not None
    return ended


def test_withdrawal_waits_for_the_reading_that_is_going_on() -> None:
    assert race_reading_and_withdrawal() == ["read", "withdrawn"]


def test_without_the_lock_data_is_read_after_the_withdrawal() -> None:
    """The twin: it shows that the test above would notice."""

    def unlocked(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return rows.order_by("pk")

    with mock.patch("core.models.base.LockedQuerySet.locked", unlocked):
        assert race_reading_and_withdrawal() == ["withdrawn", "read"]


def test_two_taps_give_one_consent() -> None:
    world = World()
    load_reference(by=world.founder, checked_by=world.checker, at=NOON - YEAR)
    member = world.member()
    text = selectors.current_text("scoring", NOON)
    assert text is not None
    recipient = selectors.recipients_for(member).get(kind="union")

    def give() -> Consent:
        return services.give_consent(
            member=member, recipient=recipient, text=text, by=member.user, at=NOON
        )

    answers = race(give, give)
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert [refusal.code for refusal in refused] == ["already_given"]
    assert Consent.objects.count() == 1
