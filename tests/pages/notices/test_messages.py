"""A member's own messages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from cooperative.notices import context
from cooperative.notices.models import Notice
from tests.factories.notices import NOON, NoticeFactory, ReaderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(time_machine: Any) -> Any:
    time_machine.move_to(NOON + timedelta(hours=2), tick=False)
    return ReaderFactory()


def state() -> list[Any]:
    return list(Notice.objects.order_by("pk").values_list("pk", "read_at"))


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_messages_are_shown_by_day_newest_first(signed_in: Any, reader: Any) -> None:
    NoticeFactory(recipient=reader, title="旧的", created_at=NOON - timedelta(days=1), read=True)
    NoticeFactory(recipient=reader, title="新的", body="第一行\n第二行", urgent=True)
    NoticeFactory(recipient=ReaderFactory(), title="别人的")
    page = text_of(signed_in(reader).get(reverse("messages")))
    assert (
        page.index("今天") < page.index("新的") < page.index("5月19日（周二）") < page.index("旧的")
    )
    assert "第一行<br>第二行" in page
    assert "要紧" in page
    assert "1 条还没看" in page
    assert "别人的" not in page


def test_message_stands_under_the_day_of_shanghai(signed_in: Any, reader: Any) -> None:
    half_past_midnight = NOON.replace(hour=16, minute=30)
    NoticeFactory(recipient=reader, created_at=half_past_midnight - timedelta(days=2))
    page = text_of(signed_in(reader).get(reverse("messages")))
    assert "5月19日（周二）" in page
    assert "00:30" in page


def test_looking_marks_nothing_read(signed_in: Any, reader: Any) -> None:
    notice = NoticeFactory(recipient=reader)
    before = state()
    client = signed_in(reader)
    client.get(reverse("messages"))
    assert client.get(reverse("message_open", args=[notice.pk])).status_code == 405
    assert client.get(reverse("messages_read")).status_code == 405
    assert state() == before


def test_opening_marks_read_and_leads_on(signed_in: Any, reader: Any) -> None:
    notice = NoticeFactory(recipient=reader, link="/farm/?plot=3")
    response = signed_in(reader).post(reverse("message_open", args=[notice.pk]))
    assert (response.status_code, response["Location"]) == (302, "/farm/?plot=3")
    notice.refresh_from_db()
    assert notice.read_at == NOON + timedelta(hours=2)


def test_opening_comes_back_to_the_list_when_there_is_nowhere_to_go(
    signed_in: Any, reader: Any
) -> None:
    notice = NoticeFactory(recipient=reader)
    response = signed_in(reader).post(reverse("message_open", args=[notice.pk]))
    assert response["Location"] == reverse("messages")


def test_somebody_elses_message_looks_like_none(signed_in: Any, reader: Any) -> None:
    theirs = NoticeFactory(recipient=ReaderFactory())
    nobodys = NoticeFactory()
    before = state()
    client = signed_in(reader)
    for pk in (theirs.pk, nobodys.pk, 10**9):
        assert client.post(reverse("message_open", args=[pk])).status_code == 404
    assert state() == before


def test_all_are_marked_read_at_once(signed_in: Any, reader: Any) -> None:
    NoticeFactory.create_batch(2, recipient=reader)
    theirs = NoticeFactory(recipient=ReaderFactory())
    client = signed_in(reader)
    response = client.post(reverse("messages_read"), follow=True)
    assert "都看过了" in text_of(response)
    assert "全部标为已看" not in text_of(response)
    assert list(Notice.objects.filter(read_at=None)) == [theirs]


def test_empty_list_says_what_will_come(signed_in: Any, reader: Any) -> None:
    page = text_of(signed_in(reader).get(reverse("messages")))
    assert "还没有消息" in page
    assert "都看过了" not in page


def test_long_lists_have_pages_in_a_fixed_number_of_queries(
    signed_in: Any, reader: Any, django_assert_max_num_queries: Any
) -> None:
    NoticeFactory.create_batch(21, recipient=reader)
    client = signed_in(reader)
    client.get(reverse("messages"))  # the first page of a session writes the session
    with django_assert_max_num_queries(6):
        first = text_of(client.get(reverse("messages")))
    assert first.count('class="message message-new"') == 20
    second = text_of(client.get(reverse("messages"), {"page": 2}))
    assert second.count('class="message message-new"') == 1
    assert client.get(reverse("messages"), {"page": "x"}).status_code == 200


def test_visitors_are_led_to_sign_in_and_change_nothing(client: Client) -> None:
    notice = NoticeFactory()
    before = state()
    answers = [
        client.get(reverse("messages")),
        client.post(reverse("messages_read")),
        client.post(reverse("message_open", args=[notice.pk])),
    ]
    for answer in answers:
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("sign_in"))
    assert state() == before


def test_number_of_unread_is_asked_once_and_only_if_shown(
    reader: Any, django_assert_num_queries: Any
) -> None:
    NoticeFactory.create_batch(3, recipient=reader)
    request = RequestFactory().get("/")
    request.user = reader
    with django_assert_num_queries(0):
        shown = context.unread(request)
    with django_assert_num_queries(1):
        assert shown["unread_messages"]
        assert f"{shown['unread_messages']}" == "3"
