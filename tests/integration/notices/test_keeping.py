"""Nothing is kept longer than needed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cooperative.notices import services
from cooperative.notices.models import Delivery, DemoMessage
from tests.factories.notices import NOON, DeliveryFactory, DemoMessageFactory, NoticeFactory

pytestmark = pytest.mark.django_db


def test_number_and_text_go_half_a_year_after_the_end_and_the_record_stays() -> None:
    old = DeliveryFactory(sent=True)
    fresh = DeliveryFactory(failed=True, ended_at=NOON + timedelta(seconds=1))
    waiting = DeliveryFactory()
    assert services.purge_old(at=NOON + timedelta(days=180)) == {"demo": 0, "phones": 1}
    assert services.purge_old(at=NOON + timedelta(days=180)) == {"demo": 0, "phones": 0}
    kept = Delivery.objects.in_bulk()
    assert (kept[old.pk].phone, kept[old.pk].phone_index, kept[old.pk].text) == ("", None, "")
    assert kept[old.pk].state == "sent"
    assert kept[fresh.pk].phone == fresh.phone
    assert kept[waiting.pk].phone == waiting.phone


def test_demo_messages_live_for_a_day() -> None:
    DemoMessageFactory()
    fresh = DemoMessageFactory(at=NOON + timedelta(seconds=1))
    assert services.purge_old(at=NOON + timedelta(days=1)) == {"demo": 1, "phones": 0}
    assert DemoMessage.objects.get() == fresh


def test_forgotten_person_is_sent_nothing_more_and_the_words_are_gone() -> None:
    notice = NoticeFactory(person="member:1", title="王秋实的地", body="3 亩", link="/farm/")
    other = NoticeFactory(person="member:2", title="别人的")
    waiting = DeliveryFactory(notice=notice)
    assert services.forget_person(person="member:1", at=NOON) == 1
    for row in (notice, other, waiting):
        row.refresh_from_db()
    assert (notice.title, notice.body, notice.link) == ("办公室通知", "", "")
    assert (waiting.state, waiting.error_code, waiting.phone, waiting.text) == (
        "failed",
        "erased",
        "",
        "",
    )
    assert other.title == "别人的"
