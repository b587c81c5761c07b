"""A signed list from the convener's desk to the reviewer's, and to the phone of a member who came later."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.urls import reverse
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from cooperative.consent.models import Consent, PaperConsent
from cooperative.consent.reference import load_reference
from core.dates import today
from tests.browser.steps import follow
from tests.factories.consent import NOON, YEAR, World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> World:
    """Two townships with the shipped texts."""
    made = World()
    load_reference(by=made.founder, checked_by=made.checker, at=NOON - YEAR)
    return made


def photograph() -> dict[str, Any]:
    paper = Image.new("RGB", (600, 840), "#f4f1e8")
    ImageDraw.Draw(paper).line((330, 700, 420, 660, 500, 710), fill="#1f2a24", width=6)
    file = io.BytesIO()
    paper.save(file, "JPEG")
    return {"name": "授权书.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def test_a_sheet_is_recorded_confirmed_and_ended_by_the_member(
    desk: Page, phone: Page, signed_in: Any, enter: Any, picture: Any, fits: Any, world: World
) -> None:
    convener = world.officer("convener", name="李会计")
    reviewer = world.officer("reviewer", name="张主任")
    member = world.member()
    enter(desk, signed_in(convener, second_factor=True))
    desk.goto(reverse("admin:consent_paperconsent_changelist"))
    follow(desk.get_by_role("link", name="打印授权书"))
    picture(desk, "paper-print")
    desk.goto(reverse("admin:consent_paperconsent_enter"))
    desk.get_by_label("成员姓名").fill("王")
    follow(desk.get_by_role("button", name="查找成员"))
    desk.get_by_role("checkbox", name="王秋实").check()
    picture(desk, "paper-enter")
    follow(desk.get_by_role("button", name="下一步，填签字日期和照片"))
    desk.get_by_label("纸上写的签字日期").fill(today().isoformat())
    desk.locator("input[type=file]").set_input_files(photograph())
    picture(desk, "paper-sheet")
    follow(desk.get_by_role("button", name="登记，等另一位复核"))
    expect(desk.get_by_text("已登记 1 位，等另一位同事复核。")).to_be_visible()
    picture(desk, "paper-row")
    enter(phone, signed_in(member.user))
    phone.goto(reverse("my_consents"))
    fits(phone, "paper-waits")
    row = PaperConsent.objects.get()
    enter(desk, signed_in(reviewer, second_factor=True))
    desk.goto(reverse("admin:consent_paperconsent_changelist"))
    picture(desk, "paper-list")
    desk.goto(reverse("admin:consent_paperconsent_confirm", args=[row.pk]))
    picture(desk, "paper-confirm")
    follow(desk.get_by_role("button", name="复核通过"))
    expect(desk.get_by_text("已生效，成员会收到消息。")).to_be_visible()
    consent = Consent.objects.get()
    phone.goto(reverse("my_consents"))
    fits(phone, "paper-live")
    phone.goto(reverse("my_consent", args=[consent.pk]))
    fits(phone, "paper-consent")
    follow(phone.get_by_role("link", name="撤回"))
    follow(phone.get_by_role("button", name="撤回"))
    consent.refresh_from_db()
    assert consent.withdrawn_by == member.user
    desk.goto(reverse("admin:consent_consent_change", args=[consent.pk]))
    picture(desk, "paper-ended")
