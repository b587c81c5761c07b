"""From newcomer to member: the phone, the convener's desk, the reviewer's desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from core.dates import today
from tests.browser.steps import follow, weights_of_first_visit
from tests.factories.core import ParameterFactory
from tests.factories.membership import (
    CooperativeFactory,
    MembershipFactory,
    PhoneUserFactory,
    UnionFactory,
    VillageFactory,
    officer,
    resident_id,
)

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[[Page, Client], None]
Fits = Callable[[Page, str], None]


@pytest.fixture
def union() -> Any:
    union = UnionFactory(name="韩甸镇农机合作社工会")
    VillageFactory(parent=union.division, name="红城村村委会")
    CooperativeFactory(union=union, name="金谷源农机专业合作社")
    ParameterFactory()
    return union


def _fill_in(page: Page, number: str) -> None:
    page.goto("/join/")
    follow(page.get_by_role("link", name="开始填写"))
    page.get_by_text("韩甸镇农机合作社工会").check()
    follow(page.get_by_role("button", name="下一步"))
    page.get_by_text("个人", exact=True).check()
    follow(page.get_by_role("button", name="下一步"))
    page.get_by_label("姓名").fill("李春生")
    page.get_by_label("身份证号").fill(number)
    follow(page.get_by_role("button", name="下一步"))


def _finish(page: Page) -> None:
    page.get_by_label("您住在哪个村").select_option(label="红城村")
    follow(page.get_by_role("button", name="下一步"))
    page.get_by_label("您在哪个合作社").select_option(label="金谷源农机专业合作社")
    page.get_by_text("合作社社员，在社里劳动").check()
    follow(page.get_by_role("button", name="下一步"))
    follow(page.get_by_role("button", name="送出申请"))
    expect(page.get_by_text("申请已经送到工会")).to_be_visible()


def test_a_newcomer_is_admitted_by_two_officers(
    phone: Page, desk: Page, union: Any, signed_in: Any, enter: Enter, fits: Fits
) -> None:
    user = PhoneUserFactory()
    enter(phone, signed_in(user))
    phone.goto("/")
    fits(phone, "home-without-membership")
    phone.goto("/join/")
    fits(phone, "start")
    _fill_in(phone, "230113198001010010")
    expect(phone.get_by_text("身份证号有一位不对").first).to_be_visible()
    fits(phone, "wrong-number")
    phone.get_by_label("身份证号").fill(resident_id(21))
    follow(phone.get_by_role("button", name="下一步"))
    fits(phone, "village")
    _finish(phone)
    fits(phone, "waiting")

    enter(desk, signed_in(officer("convener", union), second_factor=True))
    desk.goto("/admin/")
    follow(desk.get_by_role("link", name="入会申请等录入表决"))
    follow(desk.get_by_role("link", name="李春生"))
    follow(desk.get_by_role("link", name="录入表决结果"))
    desk.get_by_label("表决日期").fill(today().isoformat())
    for label, count in (("应到", 30), ("实到", 24), ("赞成", 22), ("反对", 1), ("弃权", 1)):
        desk.get_by_label(label).fill(str(count))
    follow(desk.get_by_role("button", name="录入表决结果"))
    expect(desk.get_by_text("等另一位复核人员确认")).to_be_visible()

    enter(desk, signed_in(officer("reviewer", union), second_factor=True))
    desk.goto("/admin/")
    follow(desk.get_by_role("link", name="入会表决等您复核"))
    follow(desk.get_by_role("link", name="李春生"))
    follow(desk.get_by_role("link", name="确认表决结果"))
    expect(desk.get_by_text("超过应到人数的一半")).to_be_visible()
    follow(desk.get_by_role("button", name="确认表决结果"))
    expect(desk.get_by_text("表决结果已确认")).to_be_visible()

    phone.goto("/membership/")
    expect(phone.get_by_text("正式成员")).to_be_visible()
    fits(phone, "admitted")
    phone.goto("/")
    expect(phone.get_by_text("您的等待期到")).to_be_visible()
    fits(phone, "home")


def test_joining_needs_no_script(
    phone_without_js: Page, union: Any, signed_in: Any, enter: Enter
) -> None:
    enter(phone_without_js, signed_in(PhoneUserFactory()))
    _fill_in(phone_without_js, resident_id(22))
    _finish(phone_without_js)


def test_pages_of_a_member_and_a_visitor_are_accessible(
    phone: Page, union: Any, signed_in: Any, enter: Enter, fits: Fits
) -> None:
    phone.goto("/")
    fits(phone, "welcome")
    row = MembershipFactory(union=union, member__with_account=True, member__name="王秋实")
    enter(phone, signed_in(row.member.user))
    for path in ("/", "/credit/", "/supply/", "/membership/", "/me/"):
        phone.goto(path)
        fits(phone, path.strip("/") or "home-member")


def test_the_first_page_is_light(phone: Page, union: Any, signed_in: Any, enter: Enter) -> None:
    row = MembershipFactory(union=union, member__with_account=True)
    enter(phone, signed_in(row.member.user))
    weights = weights_of_first_visit(phone, "/")
    assert len(weights) >= 4  # page, style sheets, script, icons
    assert sum(weights) < 60_000
