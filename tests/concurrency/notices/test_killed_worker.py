"""A worker killed by SIGKILL after it claimed a message and before the gateway heard of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from config.embedded import tie_to_parent
from cooperative.notices import services
from cooperative.notices.models import Attempt
from cooperative.notices.rules import LEASE
from cooperative.notices.sms import Sms
from tests.factories.notices import NOON, DeliveryFactory

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]

WORKER = """
import datetime, signal, sys
import django
django.setup()
from cooperative.notices import services

class Hanging:
    def send(self, sms):
        print("claimed", flush=True)
        signal.pause()

noon = datetime.datetime.fromisoformat(sys.argv[1])
services.deliver_next(port=Hanging(), clock=lambda: noon)
"""


def database_url() -> str:
    """The address of the test's own database, for another process."""
    facts = connection.settings_dict
    host = quote(facts["HOST"], safe="")
    port = f":{facts['PORT']}" if facts["PORT"] else ""
    password = f":{quote(facts['PASSWORD'], safe='')}" if facts["PASSWORD"] else ""
    return f"postgres://{facts['USER']}{password}@{host}{port}/{facts['NAME']}"


class Port:
    """Counts what goes out."""

    def __init__(self) -> None:
        self.sent: list[Sms] = []

    def send(self, sms: Sms) -> str:
        self.sent.append(sms)
        return "sms-1"


def deliver(port: Port, at: Any) -> bool:
    return services.deliver_next(port=port, clock=lambda: at)


def test_message_of_a_killed_worker_goes_out_once_after_the_lease() -> None:
    delivery = DeliveryFactory()
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, NOON.isoformat()],
        stdout=subprocess.PIPE,
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": database_url()},
        preexec_fn=tie_to_parent(signal.SIGKILL),
    )
    port = Port()
    with worker:
        try:
            assert worker.stdout is not None
            assert worker.stdout.readline() == b"claimed\n"
            assert not deliver(port, NOON + timedelta(minutes=1)), "the living worker's claim holds"
        finally:
            worker.kill()
    assert not deliver(port, NOON + LEASE - timedelta(seconds=1)), "and a dead one's for a while"
    assert deliver(port, NOON + LEASE)
    assert not deliver(port, NOON + LEASE)
    assert [sms.key for sms in port.sent] == [delivery.key.hex]
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("sent", 2)
    outcomes = Attempt.objects.order_by("number").values_list("outcome", flat=True)
    assert list(outcomes) == ["started", "sent"], "the log says honestly what is not known"
