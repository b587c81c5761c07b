"""Claim, send, record; retries; the gap between sending and recording."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from cooperative.notices import services
from cooperative.notices.models import Attempt, Delivery
from cooperative.notices.rules import LEASE
from cooperative.notices.services import delivering, notifying
from cooperative.notices.sms import Sms, SmsRefused, SmsUnavailable
from core.errors import Refused
from core.models import AuditRow
from tests.factories.notices import (
    NOON,
    AttemptFactory,
    DeliveryFactory,
    NoticeFactory,
    ReaderFactory,
)

pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 5, 20, 14, tzinfo=UTC)  # 22:00 in Shanghai
MORNING = datetime(2026, 5, 21, 0, tzinfo=UTC)  # 08:00


@pytest.fixture(autouse=True)
def queued(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    calls: list[Any] = []
    monkeypatch.setattr(
        notifying.current_app, "send_task", lambda name, **options: calls.append(options["args"])
    )
    return calls


class Port:
    """A gateway that answers what it is told, one answer an SMS, and honours keys."""

    def __init__(self, *answers: Exception | str) -> None:
        self.answers: Iterator[Exception | str] = iter(answers)
        self.asked: list[Sms] = []

    def send(self, sms: Sms) -> str:
        self.asked.append(sms)
        answer = next(self.answers, "sms-9")
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def phones_that_rang(self) -> int:
        return len({sms.key for sms in self.asked})


def run(port: Port, at: datetime, **options: Any) -> bool:
    return services.deliver_next(port=port, clock=lambda: at, **options)


def test_due_message_is_sent_and_the_attempt_logged() -> None:
    delivery = DeliveryFactory()
    port = Port("sms-1")
    assert run(port, NOON)
    assert not run(port, NOON)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.provider_id) == ("sent", "sms-1")
    assert (delivery.ended_at, delivery.next_attempt_at) == (NOON, None)
    [sms] = port.asked
    assert (sms.phone, sms.text, sms.purpose) == (delivery.phone, delivery.text, "notice")
    assert sms.key == delivery.key.hex
    attempt = Attempt.objects.get()
    assert (attempt.number, attempt.outcome, attempt.ended_at) == (1, "sent", NOON)


def test_nothing_is_sent_in_quiet_hours_but_in_the_morning() -> None:
    DeliveryFactory()
    port = Port()
    assert not run(port, NIGHT)
    assert not run(port, MORNING - timedelta(seconds=1))
    assert port.asked == []
    assert run(port, MORNING)


def test_nothing_is_sent_before_its_time() -> None:
    DeliveryFactory(next_attempt_at=NOON + timedelta(minutes=1))
    assert not run(Port(), NOON)


def test_urgent_message_goes_first_then_the_one_that_waits_longest() -> None:
    DeliveryFactory(text="新", next_attempt_at=NOON)
    DeliveryFactory(text="旧", next_attempt_at=NOON - timedelta(hours=1))
    DeliveryFactory(text="急", urgent=True)
    port = Port()
    while run(port, NOON):
        pass
    assert [sms.text for sms in port.asked] == ["急", "旧", "新"]


def test_only_the_named_message_is_sent_when_one_is_named() -> None:
    other, wanted = DeliveryFactory(next_attempt_at=NOON - timedelta(hours=1)), DeliveryFactory()
    assert run(Port(), NOON, delivery_id=wanted.pk)
    other.refresh_from_db()
    wanted.refresh_from_db()
    assert (other.state, wanted.state) == ("pending", "sent")


def test_message_is_tried_six_times_with_growing_pauses_then_given_up() -> None:
    delivery = DeliveryFactory(next_attempt_at=MORNING)
    port = Port(*[SmsUnavailable("http_500")] * 9)
    at, pauses = MORNING, []
    while run(port, at):
        delivery.refresh_from_db()
        if delivery.next_attempt_at is None:
            break
        pauses.append(delivery.next_attempt_at - at)
        at = delivery.next_attempt_at
    assert pauses == [
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=6),
    ]
    assert (delivery.state, delivery.error_code, delivery.refused) == ("failed", "http_500", False)
    assert (delivery.attempts, delivery.ended_at) == (6, at)
    assert port.phones_that_rang == 1
    assert list(delivery.log.order_by("number").values_list("outcome", flat=True)) == ["retry"] * 6


def test_gateway_that_asks_for_a_pause_gets_it() -> None:
    delivery = DeliveryFactory()
    run(Port(SmsUnavailable("http_429", timedelta(minutes=20))), NOON)
    delivery.refresh_from_db()
    assert delivery.next_attempt_at == NOON + timedelta(minutes=20)
    assert (delivery.state, delivery.error_code) == ("pending", "http_429")


def test_refused_message_is_not_tried_again() -> None:
    delivery = DeliveryFactory()
    run(Port(SmsRefused("http_400")), NOON)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error_code, delivery.refused) == ("failed", "http_400", True)
    assert Attempt.objects.get().outcome == "refused"
    assert not run(Port(), NOON + timedelta(days=1))


class Killed(BaseException):
    """Stands for SIGKILL: nothing after it runs."""


def test_message_is_sent_after_the_lease_when_the_worker_died_before_sending() -> None:
    delivery = DeliveryFactory()
    assert delivering.claim_next(at=NOON) is not None  # and then the worker is gone
    port = Port()
    assert not run(port, NOON + LEASE - timedelta(seconds=1))
    assert run(port, NOON + LEASE)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("sent", 2)
    outcomes = delivery.log.order_by("number").values_list("outcome", "ended_at")
    assert list(outcomes) == [("started", None), ("sent", NOON + LEASE)]


def test_phone_rings_once_when_the_worker_died_between_sending_and_recording() -> None:
    DeliveryFactory()

    class PortThenKill(Port):
        def send(self, sms: Sms) -> str:
            super().send(sms)
            raise Killed

    dying = PortThenKill()
    with pytest.raises(Killed):
        run(dying, NOON)
    port = Port()
    assert run(port, NOON + LEASE)
    assert dying.asked[0].key == port.asked[0].key, "the gateway can tell that it is the same"


def test_message_that_kills_every_worker_is_given_up() -> None:
    delivery = DeliveryFactory()
    at = NOON - timedelta(hours=1)
    for _ in range(6):
        at += LEASE
        Delivery.objects.filter(pk=delivery.pk).update(next_attempt_at=at)
        assert delivering.claim_next(at=at) is not None
    at += LEASE
    assert delivering.claim_next(at=at) is None
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error_code) == ("failed", "interrupted")


def test_message_given_up_does_not_hold_up_the_next() -> None:
    DeliveryFactory.create_batch(2, tries=6, attempts=6, urgent=True)
    DeliveryFactory(text="下一条")
    port = Port()
    assert run(port, NOON)
    assert [sms.text for sms in port.asked] == ["下一条"]
    assert Delivery.objects.filter(error_code="interrupted").count() == 2


def test_late_success_counts_though_another_worker_has_claimed_since() -> None:
    delivery = DeliveryFactory()
    late = delivering.claim_next(at=NOON)
    second = delivering.claim_next(at=NOON + LEASE)
    assert late is not None
    assert second is not None
    sent = delivering.Answer(Attempt.Outcome.SENT, provider_id="sms-1")
    delivering.record_answer(late, sent, at=NOON + LEASE)
    failed = delivering.Answer(Attempt.Outcome.REFUSED, "http_400")
    delivering.record_answer(second, failed, at=NOON + LEASE)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.provider_id) == ("sent", "sms-1")


def test_late_failure_leaves_the_newer_attempt_alone() -> None:
    delivery = DeliveryFactory()
    late = delivering.claim_next(at=NOON)
    assert delivering.claim_next(at=NOON + LEASE) is not None
    assert late is not None
    answer = delivering.Answer(Attempt.Outcome.REFUSED, "http_400")
    delivering.record_answer(late, answer, at=NOON + LEASE)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.next_attempt_at) == ("pending", NOON + LEASE * 2)
    assert delivery.log.get(number=1).outcome == "refused"


@pytest.mark.django_db(transaction=True)
def test_gateway_is_called_outside_any_transaction() -> None:
    DeliveryFactory()
    inside: list[bool] = []

    class Watching(Port):
        def send(self, sms: Sms) -> str:
            inside.append(connection.in_atomic_block)
            return super().send(sms)

    run(Watching(), NOON)
    assert inside == [False]


def test_officer_sends_again_and_the_key_stays_when_it_may_have_gone_out(queued: list[Any]) -> None:
    officer = ReaderFactory()
    notice = NoticeFactory(scope="sc/01/")
    delivery = DeliveryFactory(notice=notice, failed=True, attempts=6)
    key = delivery.key
    services.retry_delivery(delivery_id=delivery.pk, by=officer, at=NOON)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.next_attempt_at, delivery.tries) == ("pending", NOON, 0)
    assert (delivery.key, delivery.ended_at, delivery.error_code) == (key, None, "")
    row = AuditRow.objects.get()
    assert (row.action, row.by, row.scope) == ("notice.retried", officer, "sc/01/")
    assert row.facts == {"after": "http_500"}
    assert run(Port(), NOON)
    assert delivery.log.get().number == 7


def test_officer_sends_again_under_a_new_key_when_the_gateway_had_refused() -> None:
    delivery = DeliveryFactory(was_refused=True)
    retried = services.retry_delivery(delivery_id=delivery.pk, by=ReaderFactory(), at=NOON)
    assert retried.key != delivery.key


def test_officer_sends_again_to_the_new_number_under_a_new_key() -> None:
    delivery = DeliveryFactory(failed=True)
    retried = services.retry_delivery(
        delivery_id=delivery.pk, by=ReaderFactory(), at=NOON, phone="13911112222"
    )
    assert retried.phone == "13911112222"
    assert retried.key != delivery.key


def test_message_sent_again_at_night_waits_for_the_morning() -> None:
    delivery = DeliveryFactory(failed=True)
    retried = services.retry_delivery(delivery_id=delivery.pk, by=ReaderFactory(), at=NIGHT)
    assert retried.next_attempt_at == MORNING


@pytest.mark.parametrize(
    ("traits", "code"),
    [
        ({}, "delivery_not_failed"),
        ({"sent": True}, "delivery_not_failed"),
        ({"failed": True, "phone": ""}, "delivery_without_phone"),
    ],
)
def test_sending_again_is_refused(traits: dict[str, Any], code: str) -> None:
    delivery = DeliveryFactory(**traits)
    before = Delivery.objects.filter(pk=delivery.pk).values().get()
    with pytest.raises(Refused) as refused:
        services.retry_delivery(delivery_id=delivery.pk, by=ReaderFactory(), at=NOON)
    assert refused.value.code == code
    assert Delivery.objects.filter(pk=delivery.pk).values().get() == before
    assert not AuditRow.objects.exists()


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("notices_delivery_state_whole", {"next_attempt_at": None}),
        ("notices_delivery_state_whole", {"ended_at": NOON}),
        ("notices_delivery_state_whole", {"state": "sent", "next_attempt_at": None}),
        ("notices_delivery_state_whole", {"phone": ""}),
        ("notices_delivery_phone_with_index", {"phone_index": None, "sent": True}),
    ],
)
def test_database_refuses_a_delivery(constraint: str, changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        DeliveryFactory(**changes)


def test_database_refuses_an_attempt() -> None:
    attempt = AttemptFactory()
    with pytest.raises(IntegrityError, match="notices_attempt_number_once"), transaction.atomic():
        AttemptFactory(delivery=attempt.delivery)
    with (
        pytest.raises(IntegrityError, match="notices_attempt_ended_with_outcome"),
        transaction.atomic(),
    ):
        AttemptFactory(delivery=attempt.delivery, number=2, outcome="sent")


def test_phone_is_sealed_and_unreadable_in_the_table() -> None:
    delivery = DeliveryFactory()
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM notices_delivery WHERE id = %s", [delivery.pk])
        assert delivery.phone not in cursor.fetchone()[0]
