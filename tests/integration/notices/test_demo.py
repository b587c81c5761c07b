"""The demo's notices."""

from __future__ import annotations

import pytest

from cooperative.notices import demo, services
from cooperative.notices.models import Delivery, Notice
from tests.factories.notices import NOON, ReaderFactory

pytestmark = pytest.mark.django_db


def test_demo_tells_a_week_of_news_once() -> None:
    readers = ReaderFactory.create_batch(9)
    people = [(services.to_person(f"member:{r.pk}", account=r), "sc/01/") for r in readers]
    assert demo.load(at=NOON, people=people) == 9
    assert demo.load(at=NOON, people=people) == 9
    assert Notice.objects.count() == 27
    assert Notice.objects.filter(read_at=None).count() == 18
    states = Delivery.objects.values_list("state", flat=True).order_by("state")
    assert list(states) == ["failed", *["sent"] * 8]
