"""Signing in on a phone, as members and as officers, with and without JavaScript."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from allauth.usersessions.models import UserSession
from playwright.sync_api import Page, expect

from tests.authenticator import code_of
from tests.factories.accounts import PASSWORD, SECRET, OfficerFactory, UserFactory
from tests.phones import Phones

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = "13800001234"
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def look(accessible: Callable[[Page], None]) -> Callable[[Page, str], None]:
    """Check a page: accessible, nothing too wide; with SHOTS set, leave a picture there."""

    def check(page: Page, name: str) -> None:
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
        assert not page.evaluate(TOO_WIDE), name
        accessible(page)

    return check


def test_member_signs_in_and_finds_the_way_around(
    phone: Page, phones: Phones, look: Callable[[Page, str], None]
) -> None:
    phone.goto("/sign-in/?next=/me/")
    look(phone, "sign-in")
    phone.get_by_label("手机号").fill("1380000123")
    phone.get_by_role("button", name="发送验证码").click()
    expect(phone.get_by_text("手机号是 11 位数字")).to_be_visible()
    look(phone, "sign-in-wrong")
    phone.get_by_label("手机号").fill("138 0000 1234")
    phone.get_by_role("button", name="发送验证码").click()
    expect(phone.get_by_text("138****1234")).to_be_visible()
    look(phone, "code")
    phone.get_by_label("验证码").fill(phones.wrong)
    phone.get_by_role("button", name="登录").click()
    expect(phone.get_by_text("还可以再试 2 次")).to_be_visible()
    look(phone, "code-wrong")
    phone.get_by_role("button", name="重新发送").click()
    expect(phone.get_by_text("短信发得太勤了")).to_be_visible()
    look(phone, "code-too-soon")
    phone.get_by_label("验证码").fill(phones.code)
    phone.get_by_role("button", name="登录").click()
    phone.wait_for_url("**/me/")
    look(phone, "me")
    phone.get_by_role("button", name="大字").click()
    expect(phone.locator("html.type-large")).to_be_visible()
    look(phone, "me-large")
    phone.get_by_role("button", name="标准").click()
    phone.get_by_role("link", name="设密码").click()
    look(phone, "password")
    phone.get_by_label("新密码").fill("short")
    phone.get_by_label("再填一遍").fill("other")
    phone.get_by_role("button", name="保存密码").click()
    look(phone, "password-wrong")
    phone.goto("/me/phone/")
    look(phone, "change-phone")
    phone.get_by_label("新手机号").fill("13900001234")
    phone.get_by_role("button", name="发送验证码").click()
    look(phone, "change-phone-code")
    phone.get_by_label("验证码").fill(phones.code)
    phone.get_by_role("button", name="换成这个号码").click()
    expect(phone.get_by_text("手机号已换好")).to_be_visible()
    phone.get_by_role("link", name="退出登录").click()
    look(phone, "sign-out")
    phone.get_by_role("button", name="退出").click()
    expect(phone.get_by_text("您已退出")).to_be_visible()


def test_member_signs_in_without_javascript(phone_without_js: Page, phones: Phones) -> None:
    page = phone_without_js
    page.goto("/sign-in/?next=/me/")
    page.get_by_label("手机号").fill(PHONE)
    page.get_by_role("button", name="发送验证码").click()
    page.get_by_label("验证码").fill(phones.code)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="138****1234")).to_be_visible()


def test_devices_and_confirming_and_lockout(
    phone: Page,
    phones: Phones,
    signed_in: Callable,
    enter: Callable,
    look: Callable[[Page, str], None],
) -> None:
    user = UserFactory(phone=PHONE, with_password=True)
    enter(phone, signed_in(user))
    wechat = "Linux; Android 12 MicroMessenger/8"
    other = signed_in(user)
    other.get("/me/", HTTP_USER_AGENT=wechat, REMOTE_ADDR="223.104.3.9")
    third = signed_in(user)
    third.get("/me/", HTTP_USER_AGENT="iPhone Safari", REMOTE_ADDR="223.104.3.10")
    phone.goto("/profile/devices/")
    expect(phone.get_by_text("安卓手机 · 微信")).to_be_visible()
    look(phone, "devices")
    phone.get_by_role("button", name="让它退出").first.click()
    expect(phone.get_by_text("那台设备已经退出")).to_be_visible()
    assert UserSession.objects.count() == 2
    phone.goto("/me/password/")
    look(phone, "confirm")
    phone.get_by_role("button", name="发送验证码").click()
    look(phone, "confirm-code")
    phone.get_by_label("短信里的 6 位数字").fill(phones.code)
    phone.get_by_role("button", name="确认").click()
    expect(phone.get_by_label("新密码")).to_be_visible()
    phone.context.clear_cookies()
    phone.goto("/sign-in/password/")
    look(phone, "by-password")
    for _try in range(6):
        phone.get_by_label("手机号").fill(PHONE)
        phone.get_by_label("密码", exact=True).fill("wrong")
        phone.get_by_role("button", name="登录").click()
    expect(phone.get_by_text("请等 15 分钟再试")).to_be_visible()
    look(phone, "locked")


def test_new_officer_sets_the_second_step_up(
    phone: Page, look: Callable[[Page, str], None]
) -> None:
    officer = OfficerFactory(authenticator=False)
    phone.goto("/officers/sign-in/")
    look(phone, "officer")
    phone.get_by_label("登录名").fill(officer.username)
    phone.get_by_label("密码", exact=True).fill(PASSWORD)
    phone.get_by_role("button", name="下一步").click()
    secret = phone.locator(".secret").inner_text().replace(" ", "")
    look(phone, "set-up")
    phone.get_by_label("验证码").fill(code_of(secret))
    phone.get_by_role("button", name="完成设置").click()
    expect(phone.locator(".recovery li")).to_have_count(8)
    look(phone, "recovery")
    with phone.expect_download() as download:
        phone.get_by_role("link", name="下载成文件").click()
    assert download.value.suggested_filename == "recovery-codes.txt"


def test_officer_gives_the_second_step(desk: Page, look: Callable[[Page, str], None]) -> None:
    officer = OfficerFactory()
    desk.goto("/officers/sign-in/?next=/me/")
    look(desk, "officer-desk")
    desk.get_by_label("登录名").fill(officer.username)
    desk.get_by_label("密码", exact=True).fill(PASSWORD)
    desk.get_by_role("button", name="下一步").click()
    look(desk, "second-step-desk")
    desk.get_by_label("验证码").fill(code_of(SECRET))
    desk.get_by_role("button", name="登录").click()
    expect(desk.get_by_role("heading", name="李*梅")).to_be_visible()
    look(desk, "me-officer")


def test_wait_for_another_code_counts_down_by_itself(phone: Page, phones: Phones) -> None:
    phone.clock.install()
    phone.goto("/sign-in/")
    phone.get_by_label("手机号").fill(PHONE)
    phone.get_by_role("button", name="发送验证码").click()
    phone.get_by_label("验证码").fill("12")
    expect(phone.locator("#wait")).to_contain_text("60 秒后")
    time.sleep(1.1)  # the server's clock is a real one
    with phone.expect_response("**/sign-in/code/"):
        phone.clock.fast_forward(10_500)
    expect(phone.locator("#wait")).not_to_contain_text("60 秒后")
    expect(phone.get_by_label("验证码")).to_have_value("12")
