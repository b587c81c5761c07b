"""Two workers and one message; two services and one notice."""

from __future__ import annotations

from typing import Any

import pytest

from cooperative.notices import kinds, services
from cooperative.notices.models import Attempt, Delivery, DeliveryQuerySet, Notice
from cooperative.notices.services import notifying
from cooperative.notices.sms import Sms
from tests.factories.notices import NOON, DeliveryFactory
from tests.race import meet, race

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


class Port:
    """Counts what goes out."""

    def __init__(self) -> None:
        self.sent: list[Sms] = []

    def send(self, sms: Sms) -> str:
        self.sent.append(sms)
        return f"sms-{len(self.sent)}"


def worker(port: Port) -> bool:
    return services.deliver_next(port=port, clock=lambda: NOON)


class MeetingPort(Port):
    """Nobody's answer is written down before both claims are."""

    def send(self, sms: Sms) -> str:
        meet()
        return super().send(sms)


def meet_after_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both workers stop between reading the row and writing to it, if they both get so far."""
    claim = services.delivering._claimed

    def claim_after_meeting(delivery: Delivery, at: Any) -> Any:
        meet()
        return claim(delivery, at)

    monkeypatch.setattr(services.delivering, "_claimed", claim_after_meeting)


def test_two_workers_send_one_message_once(monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = DeliveryFactory()
    meet_after_reading(monkeypatch)
    port = MeetingPort()
    assert sorted(race(lambda: worker(port), lambda: worker(port))) == [False, True]
    assert len(port.sent) == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("sent", 1)


def test_two_workers_send_one_message_twice_without_the_lock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    DeliveryFactory()
    meet_after_reading(monkeypatch)
    monkeypatch.setattr(DeliveryQuerySet, "unclaimed", lambda rows: rows.all())
    # The twin shows the missing lock, not the constraint that would also have caught it.
    monkeypatch.setattr(Attempt.objects, "create", lambda **_: None)
    port = MeetingPort()
    assert race(lambda: worker(port), lambda: worker(port)) == [True, True]
    assert len(port.sent) == 2, "the fault that the lock prevents"


def test_many_workers_share_the_messages_and_none_goes_out_twice() -> None:
    DeliveryFactory.create_batch(30)
    port = Port()

    def drain() -> int:
        count = 0
        while worker(port):
            count += 1
        return count

    shares = race(drain, drain, drain, drain)
    assert sum(shares) == 30
    assert len({sms.key for sms in port.sent}) == len(port.sent) == 30
    assert not Delivery.objects.exclude(state="sent").exists()
    assert Attempt.objects.filter(outcome="sent").count() == 30


def test_one_notice_is_written_when_two_services_tell_it_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kinds, "_KINDS", {})
    kinds.register_kind("test.due", "快到期", sms=True)
    monkeypatch.setattr(notifying.current_app, "send_task", lambda *_args, **_options: None)
    create = Notice.objects.create

    def create_after_meeting(**facts: Any) -> Notice:
        meet()
        return create(**facts)

    monkeypatch.setattr(Notice.objects, "create", create_after_meeting)

    def tell() -> Any:
        to = services.to_person("member:1", phone="13812345678")
        return services.notify(to=to, kind="test.due", title="快到期", at=NOON).pk

    first, second = race(tell, tell)
    assert first == second == Notice.objects.get().pk
    assert Delivery.objects.count() == 1
