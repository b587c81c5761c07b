"""The demo's inbox of SMS."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import include, path

from config.urls import urlpatterns as site_urls
from cooperative.notices import demo_inbox
from tests.factories.notices import NOON, DemoMessageFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

urlpatterns = [*site_urls, path("demo/", include("config.demo_urls"))]


@pytest.fixture(autouse=True)
def demo(settings: Any, time_machine: Any) -> None:
    settings.DEMO = True
    time_machine.move_to(NOON, tick=False)


def inbox(**headers: Any) -> str:
    response = Client().get("/demo/inbox/", headers=headers or None)
    assert response.status_code == 200
    return response.content.decode()


def test_codes_are_shown_large_and_by_number_the_latest_first() -> None:
    DemoMessageFactory(phone="13911112222", at=NOON - timedelta(minutes=9))
    DemoMessageFactory(text="验证码 111222。", at=NOON - timedelta(minutes=2))
    DemoMessageFactory(text="验证码 333444。", at=NOON - timedelta(minutes=1))
    page = inbox()
    order = ["13812345678", "333 444", "111 222", "13911112222", "048 213"]
    places = [page.index(text) for text in order]
    assert places == sorted(places)
    assert page.count("inbox-old") == 1


def test_yesterdays_messages_are_gone() -> None:
    DemoMessageFactory(at=NOON - timedelta(days=1))
    assert "还没有短信" in inbox()


def test_notice_shows_no_code_even_if_it_has_six_digits() -> None:
    DemoMessageFactory(purpose="notice", text="请带上 123456 号单据。")
    assert "123 456" not in inbox()


def test_refreshed_part_is_the_part_of_the_page() -> None:
    DemoMessageFactory()
    part, page = inbox(HX_Request="true"), inbox()
    assert "<html" not in part
    assert 'hx-trigger="every 3s"' in part
    assert part.strip() in page


def test_officers_codes_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    code = demo_inbox.OfficerCode("jingban", "李守田", "482915", 17)
    monkeypatch.setattr(demo_inbox, "officers_codes", lambda: [code])
    page = inbox()
    assert "482 915" in page
    assert "还有效 17 秒" in page


def test_inbox_does_not_exist_outside_the_demo(settings: Any) -> None:
    settings.DEMO = False
    DemoMessageFactory()
    response = Client().get("/demo/inbox/")
    assert response.status_code == 404
    assert "048" not in response.content.decode()
