"""A member's messages and the demo's inbox on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.urls import include, path
from django.utils import timezone
from playwright.sync_api import Page, expect

from config.urls import urlpatterns as site_urls
from cooperative.notices.models import Notice
from tests.browser.steps import follow
from tests.factories.notices import DemoMessageFactory, NoticeFactory, ReaderFactory

urlpatterns = [*site_urls, path("demo/", include("config.demo_urls"))]
TAPPED = "main a, main button"
Fits = Callable[..., None]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__)]


@pytest.fixture(autouse=True)
def demo(settings: LazySettings) -> None:
    settings.DEMO = True


@pytest.fixture
def reader() -> Any:
    reader = ReaderFactory(name="王秋实")
    now = timezone.now()
    told = {"recipient": reader}
    NoticeFactory(
        **told,
        title="欢迎来到合作平台",
        body="您的地、会籍和办理进度都在这里。谁看过您的资料，也记在这里。",
        created_at=now - timedelta(days=6),
        read=True,
        link="/",
    )
    NoticeFactory(
        **told,
        title="请来参加成员大会",
        body="11月28日（周六）上午九点在村委会开会，请带身份证。来不了的，请提前说一声。",
        created_at=now - timedelta(days=2),
        due_on=timezone.localdate() + timedelta(days=5),
        urgent=True,
    )
    NoticeFactory(
        **told,
        title="您在韩甸镇农机合作社工会的入会申请已经表决通过，请等待复核",
        created_at=now - timedelta(minutes=20),
        link="/messages/?from=notice",
    )
    return reader


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 390, 1280])
def test_messages_fit_and_are_accessible(
    phone: Page,
    enter: Any,
    signed_in: Any,
    fits: Fits,
    reader: Any,
    width: int,
    scheme: Any,
) -> None:
    phone.emulate_media(color_scheme=scheme)
    phone.set_viewport_size({"width": width, "height": 844})
    enter(phone, signed_in(reader))
    phone.goto("/messages/")
    fits(phone, f"{width}-{scheme}", tapped=TAPPED)


def test_message_is_opened_and_read_without_javascript(
    phone_without_js: Page, enter: Any, signed_in: Any, reader: Any
) -> None:
    page = phone_without_js
    enter(page, signed_in(reader))
    page.goto("/messages/")
    expect(page.get_by_text("2 条还没看")).to_be_visible()
    follow(page.get_by_role("button", name="入会申请"))
    expect(page).to_have_url(re.compile(r"/messages/\?from=notice$"))
    expect(page.get_by_text("1 条还没看")).to_be_visible()
    follow(page.get_by_role("button", name="全部标为已看"))
    expect(page.get_by_text("都看过了")).to_be_visible()
    assert not Notice.objects.filter(read_at=None).exists()


def test_empty_list_has_a_next_step(phone: Page, enter: Any, signed_in: Any, fits: Fits) -> None:
    enter(phone, signed_in(ReaderFactory()))
    phone.goto("/messages/")
    expect(phone.get_by_role("link", name="回首页")).to_be_visible()
    fits(phone, "empty")


def test_inbox_shows_a_new_code_by_itself(phone: Page, fits: Fits) -> None:
    DemoMessageFactory(at=timezone.now() - timedelta(minutes=9))
    phone.goto("/demo/inbox/")
    expect(phone.get_by_text("048 213")).to_be_visible()
    text = "【三位一体】验证码 735120，5 分钟内有效。请不要告诉别人，工会干部也不会向您要。"
    DemoMessageFactory(phone="13911112222", text=text, at=timezone.now())
    expect(phone.get_by_text("735 120")).to_be_visible()
    fits(phone, "inbox", tapped=TAPPED)


def test_inbox_is_reloaded_by_a_link_without_javascript(phone_without_js: Page) -> None:
    page = phone_without_js
    page.goto("/demo/inbox/")
    expect(page.get_by_text("还没有短信")).to_be_visible()
    DemoMessageFactory(at=timezone.now())
    follow(page.get_by_role("link", name="刷新"))
    expect(page.get_by_text("048 213")).to_be_visible()
