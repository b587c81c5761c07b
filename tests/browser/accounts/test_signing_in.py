"""Signing in on a phone, as members and as officers, with and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.authenticator import code_of
from tests.browser.steps import follow
from tests.factories.accounts import PASSWORD, SECRET, OfficerFactory, UserFactory
from tests.phones import Phones

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = "13800001234"
Fits = Callable[[Page, str], None]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """The server's clock stands still until the test moves it: codes and waits do not run out."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


def test_member_signs_in_and_finds_the_way_around(phone: Page, phones: Phones, fits: Fits) -> None:
    phone.goto("/sign-in/?next=/me/")
    fits(phone, "sign-in")
    phone.get_by_label("手机号").fill("1380000123")
    follow(phone.get_by_role("button", name="发送验证码"))
    expect(phone.get_by_text("手机号是 11 位数字")).to_be_visible()
    fits(phone, "sign-in-wrong")
    phone.get_by_label("手机号").fill("138 0000 1234")
    follow(phone.get_by_role("button", name="发送验证码"))
    expect(phone.get_by_text("138****1234")).to_be_visible()
    fits(phone, "code")
    phone.get_by_label("验证码").fill(phones.wrong)
    follow(phone.get_by_role("button", name="登录"))
    expect(phone.get_by_text("还可以再试 2 次")).to_be_visible()
    fits(phone, "code-wrong")
    follow(phone.get_by_role("button", name="重新发送"))
    expect(phone.get_by_text("短信发得太勤了")).to_be_visible()
    fits(phone, "code-too-soon")
    phone.get_by_label("验证码").fill(phones.code)
    follow(phone.get_by_role("button", name="登录"))
    phone.wait_for_url("**/me/")
    fits(phone, "me")
    follow(phone.get_by_role("button", name="大字"))
    expect(phone.locator("html.type-large")).to_be_visible()
    fits(phone, "me-large")
    follow(phone.get_by_role("button", name="标准"))
    follow(phone.get_by_role("link", name="设密码"))
    fits(phone, "password")
    phone.get_by_label("新密码").fill("short")
    phone.get_by_label("再填一遍").fill("other")
    follow(phone.get_by_role("button", name="保存密码"))
    fits(phone, "password-wrong")
    phone.goto("/me/phone/")
    fits(phone, "change-phone")
    phone.get_by_label("新手机号").fill("13900001234")
    follow(phone.get_by_role("button", name="发送验证码"))
    fits(phone, "change-phone-code")
    phone.get_by_label("验证码").fill(phones.code)
    follow(phone.get_by_role("button", name="换成这个号码"))
    expect(phone.get_by_text("手机号已换好")).to_be_visible()
    follow(phone.get_by_role("link", name="退出登录"))
    fits(phone, "sign-out")
    follow(phone.get_by_role("button", name="退出"))
    expect(phone.get_by_text("您已退出")).to_be_visible()


def test_member_signs_in_without_javascript(phone_without_js: Page, phones: Phones) -> None:
    page = phone_without_js
    page.goto("/sign-in/?next=/me/")
    page.get_by_label("手机号").fill(PHONE)
    follow(page.get_by_role("button", name="发送验证码"))
    page.get_by_label("验证码").fill(phones.code)
    follow(page.get_by_role("button", name="登录"))
    expect(page.get_by_role("heading", name="138****1234")).to_be_visible()


def test_devices_and_confirming_and_lockout(
    phone: Page,
    phones: Phones,
    signed_in: Callable,
    enter: Callable,
    fits: Fits,
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
    fits(phone, "devices")
    follow(phone.get_by_role("button", name="让它退出").first)
    expect(phone.get_by_text("那台设备已经退出")).to_be_visible()
    assert UserSession.objects.count() == 2
    phone.goto("/me/password/")
    fits(phone, "confirm")
    follow(phone.get_by_role("button", name="发送验证码"))
    fits(phone, "confirm-code")
    phone.get_by_label("短信里的 6 位数字").fill(phones.code)
    follow(phone.get_by_role("button", name="确认"))
    expect(phone.get_by_label("新密码")).to_be_visible()
    phone.context.clear_cookies()
    phone.goto("/sign-in/password/")
    fits(phone, "by-password")
    for _try in range(6):
        phone.get_by_label("手机号").fill(PHONE)
        phone.get_by_label("密码", exact=True).fill("wrong")
        follow(phone.get_by_role("button", name="登录"))
    expect(phone.get_by_text("请等 15 分钟再试")).to_be_visible()
    fits(phone, "locked")


def test_new_officer_sets_the_second_step_up(phone: Page, fits: Fits) -> None:
    officer = OfficerFactory(authenticator=False)
    phone.goto("/officers/sign-in/")
    fits(phone, "officer")
    phone.get_by_label("登录名").fill(officer.username)
    phone.get_by_label("密码", exact=True).fill(PASSWORD)
    follow(phone.get_by_role("button", name="下一步"))
    secret = phone.locator(".secret").inner_text().replace(" ", "")
    fits(phone, "set-up")
    phone.get_by_label("验证码").fill(code_of(secret))
    follow(phone.get_by_role("button", name="完成设置"))
    expect(phone.locator(".recovery li")).to_have_count(8)
    fits(phone, "recovery")
    with phone.expect_download() as download:
        phone.get_by_role("link", name="下载成文件").click()
    assert download.value.suggested_filename == "recovery-codes.txt"


def test_officer_gives_the_second_step(desk: Page, fits: Fits) -> None:
    officer = OfficerFactory()
    desk.goto("/officers/sign-in/?next=/me/")
    fits(desk, "officer-desk")
    desk.get_by_label("登录名").fill(officer.username)
    desk.get_by_label("密码", exact=True).fill(PASSWORD)
    follow(desk.get_by_role("button", name="下一步"))
    fits(desk, "second-step-desk")
    desk.get_by_label("验证码").fill(code_of(SECRET))
    follow(desk.get_by_role("button", name="登录"))
    expect(desk.get_by_role("heading", name="李*梅")).to_be_visible()
    fits(desk, "me-officer")


def test_wait_for_another_code_counts_down_by_itself(
    phone: Page, phones: Phones, clock: time_machine.Traveller
) -> None:
    phone.clock.install()
    phone.goto("/sign-in/")
    phone.get_by_label("手机号").fill(PHONE)
    follow(phone.get_by_role("button", name="发送验证码"))
    phone.get_by_label("验证码").fill("12")
    expect(phone.locator("#wait")).to_contain_text("60 秒后")
    clock.shift(10)
    phone.clock.fast_forward(10_500)
    expect(phone.locator("#wait")).to_contain_text("50 秒后")
    expect(phone.get_by_label("验证码")).to_have_value("12")
