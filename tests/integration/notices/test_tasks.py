"""The sweep of every minute and the timetable."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from config.celery import app
from config.schedule import TIMETABLE, beat_schedule
from cooperative.notices import tasks
from cooperative.notices.models import Delivery
from cooperative.notices.sms import Sms
from tests.factories.notices import NOON, DeliveryFactory, DemoMessageFactory


class Port:
    """Sends; trips over texts that say so."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, sms: Sms) -> str:
        if "毒" in sms.text:
            raise ZeroDivisionError
        self.sent.append(sms.text)
        return f"sms-{len(self.sent)}"


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch, time_machine: Any) -> Port:
    time_machine.move_to(NOON, tick=False)
    port = Port()
    monkeypatch.setattr(tasks, "current_port", lambda: port)
    return port


@pytest.mark.django_db
def test_sweep_sends_all_that_is_due(port: Port) -> None:
    DeliveryFactory.create_batch(3)
    DeliveryFactory(next_attempt_at=NOON + timedelta(hours=1))
    tasks.deliver_due()
    assert len(port.sent) == 3
    assert Delivery.objects.filter(state="pending").count() == 1


@pytest.mark.django_db
def test_sweep_goes_on_when_one_message_trips_over_a_defect(port: Port) -> None:
    DeliveryFactory(text="毒", urgent=True)
    DeliveryFactory(text="好")
    assert tasks.drain() == 2
    assert port.sent == ["好"]


@pytest.mark.django_db
def test_sweep_ends_when_everything_trips(port: Port) -> None:
    DeliveryFactory.create_batch(5, text="毒")
    assert tasks.drain() == 3


@pytest.mark.django_db
def test_sweep_asks_others_to_help_when_much_waits(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(tasks.current_app, "send_task", lambda name, **_: asked.append(name))
    monkeypatch.setattr(tasks.selectors, "due_count", lambda _at: 250)
    tasks.deliver_due()
    assert asked == ["notices.drain", "notices.drain"]


@pytest.mark.django_db
def test_task_sends_the_one_message_it_was_queued_for(port: Port) -> None:
    delivery = DeliveryFactory()
    tasks.deliver(delivery.pk)
    tasks.deliver(delivery.pk)  # the queue may deliver twice
    assert len(port.sent) == 1


@pytest.mark.django_db
def test_nightly_purge_runs(time_machine: Any) -> None:
    DemoMessageFactory()
    time_machine.move_to(NOON + timedelta(days=2), tick=False)
    tasks.purge()


@pytest.mark.parametrize("entry", TIMETABLE, ids=lambda entry: entry.task)
def test_scheduled_task_exists(entry: Any) -> None:
    app.loader.import_default_modules()
    assert entry.task in app.tasks


def test_timetable_names_each_task_once() -> None:
    assert len(beat_schedule()) == len(TIMETABLE)
    assert app.conf.beat_schedule == beat_schedule()
