"""A panel from the officer's desk to the raters' phones and back to the member who was assessed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from core.dates import today
from credit.scoring.models import PanelRating, PanelReview
from tests.browser.steps import follow
from tests.factories.panels import Neighbourhood, neighbourhood, say

pytestmark = pytest.mark.django_db(transaction=True)
GRADES = ((4, 4, 5, 5, 2, 5, 4), (5, 5, 5, 5, 3, 6, 4), (6, 4, 5, 5, 4, 6, 6))


def pick(page: Page, field: str, name: str) -> None:
    """Type a part of a name and take what is found."""
    box: Locator = page.locator(f"#id_{field} + .select2 .select2-search__field")
    box.fill(name)
    page.get_by_role("option", name=name).click()
    expect(page.locator(".select2-selection__choice", has_text=name)).to_be_visible()


def opened(here: Neighbourhood) -> PanelReview:
    now = timezone.now()
    return here.opened(
        here.people[:3], here.people[3:10], closes_on=today() + timedelta(days=7), at=now
    )


def test_an_officer_calls_a_panel_and_opens_it(
    desk: Page, signed_in: Any, enter: Any, picture: Any
) -> None:
    here = neighbourhood(10, at=timezone.now())
    enter(desk, signed_in(here.convener, second_factor=True))
    desk.goto("/admin/scoring/panelreview/")
    follow(desk.get_by_role("link", name="召集评议"))
    for one in here.people[:3]:
        pick(desk, "subjects", one.name)
    picture(desk, "panel-call")
    follow(desk.get_by_role("button", name="召集评议"))
    expect(desk.get_by_text("按规则推荐了 7 位评议人")).to_be_visible()
    picture(desk, "panel-suggested")
    follow(desk.get_by_role("button", name="召集评议"))
    expect(desk.get_by_text("已召集。看一看名单")).to_be_visible()
    picture(desk, "panel-called")
    follow(desk.get_by_role("link", name="开始评议"))
    follow(desk.get_by_role("button", name="开始评议"))
    panel = PanelReview.objects.get()
    assert (panel.state, panel.seats.count(), panel.subjects.count()) == ("open", 7, 3)
    desk.goto("/admin/scoring/panelreview/")
    picture(desk, "panel-list")


def test_a_rater_answers_on_the_phone(phone: Page, signed_in: Any, enter: Any, fits: Any) -> None:
    here = neighbourhood(10, at=timezone.now())
    opened(here)
    enter(phone, signed_in(here.people[4].user))
    phone.goto("/")
    follow(phone.get_by_role("link", name=re.compile("邻里评议：给几位邻居打分")))
    fits(phone, "panel-sheet", tapped="main a.row, main a.button")
    follow(phone.get_by_role("link", name="开始打分"))
    fits(phone, "panel-person", tapped="main button, main .choice")
    phone.get_by_role("radio", name="5 信得过").check()
    follow(phone.get_by_role("button", name="记下"))
    expect(phone.get_by_text("第 2 位，共 3 位")).to_be_visible()
    follow(phone.get_by_role("button", name="我不评"))
    phone.get_by_role("radio", name="2 不大放心").check()
    follow(phone.get_by_role("button", name="记下"))
    expect(phone.get_by_text("都评完了，谢谢您", exact=True)).to_be_visible()
    fits(phone, "panel-done")
    follow(phone.get_by_role("link", name=re.compile("有关系，不评")))
    fits(phone, "panel-recused")
    said = PanelRating.objects.order_by("subject").values_list("points", flat=True)
    assert list(said) == [5, None, 2]


def test_without_scripts_a_rater_answers_too(
    phone_without_js: Page, signed_in: Any, enter: Any
) -> None:
    phone = phone_without_js
    here = neighbourhood(10, at=timezone.now())
    panel = opened(here)
    enter(phone, signed_in(here.people[4].user))
    phone.goto(reverse("panel_review", args=[panel.pk]))
    follow(phone.get_by_role("link", name="开始打分"))
    follow(phone.get_by_role("button", name="我不评"))
    phone.get_by_role("radio", name="4 比较放心").check()
    follow(phone.get_by_role("button", name="记下"))
    follow(phone.get_by_role("button", name="我不评"))
    said = PanelRating.objects.order_by("subject").values_list("points", flat=True)
    assert list(said) == [None, 4, None]


def test_officer_and_member_read_what_came_of_it(
    desk: Page, phone: Page, signed_in: Any, enter: Any, fits: Any, picture: Any
) -> None:
    here = neighbourhood(10, at=timezone.now())
    panel = opened(here)
    raters = [seat.member for seat in panel.seats.order_by("pk")]
    for subject, grades in zip(panel.subjects.order_by("pk"), GRADES, strict=True):
        for rater, points in zip(raters, grades, strict=True):
            say(subject, rater, points, timezone.now())
    enter(desk, signed_in(here.convener, second_factor=True))
    desk.goto(f"/admin/scoring/panelreview/{panel.pk}/change/")
    follow(desk.get_by_role("link", name="结束打分，出结果"))
    picture(desk, "panel-close")
    follow(desk.get_by_role("button", name="结束打分，出结果"))
    expect(desk.get_by_text("偏严，平均低 1.94 分")).to_be_visible()
    picture(desk, "panel-results")
    enter(phone, signed_in(here.people[0].user))
    phone.goto(reverse("my_panels"))
    expect(phone.get_by_text("4.4 分")).to_be_visible()
    fits(phone, "panel-own-result")
    enter(phone, signed_in(raters[0].user))
    phone.goto(reverse("my_panels"))
    fits(phone, "panel-asked")
    phone.goto(reverse("panel_review", args=[panel.pk]))
    fits(phone, "panel-over")
