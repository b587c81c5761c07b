"""A farmer's land on a phone, and the officers' queue on a desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cooperative.farming.models import Crop, Plot
from cooperative.farming.services import load_crops
from core.dates import today
from tests.browser.steps import follow
from tests.factories.farming import (
    AssetFactory,
    FarmerFactory,
    PlotFactory,
    SeasonPlanFactory,
    YearlyIncomeFactory,
    officer,
)

pytestmark = pytest.mark.django_db(transaction=True)
Fits = Callable[..., None]
Picture = Callable[[Page, str], None]
TAPPED = "main a.row, main a.button, main button"


@pytest.fixture
def farmer() -> Any:
    """A household with land, machines and three years of income."""
    load_crops()
    member = FarmerFactory(name="王秋实")
    now = {"member": member, "made_at": timezone.now() - timedelta(days=3)}
    year = today().year
    own = PlotFactory(
        **now, confirmed=True, local_name="村南大块地", area_mu=Decimal("32.5"),
        main_crop=Crop.objects.get(code="corn"),
    )  # fmt: skip
    PlotFactory(**now, local_name="北岗子", area_mu=Decimal(18), refused=True,
                reason="面积和承包证上的不一样，请拍一张承包证再报。")  # fmt: skip
    PlotFactory(**now, local_name="河套地", area_mu=Decimal(60), tenure="rented_in",
                rented_until=date(year + 2, 12, 31))  # fmt: skip
    for code, area in [("corn", "28"), ("soybean", "4.5")]:
        crop = Crop.objects.get(code=code)
        SeasonPlanFactory(**now, year=year, crop=crop, plot=own, area_mu=Decimal(area))
    AssetFactory(**now, confirmed=True, name="拖拉机 904", acquired_on=date(2021, 3, 8))
    for back, amount in [(1, "58600"), (2, "61200"), (3, "49950.50")]:
        YearlyIncomeFactory(
            **now, year=year - back, amount=Decimal(amount), costs=Decimal(21000),
            confirmed=back > 1,
        )  # fmt: skip
    return member


def test_a_farmer_sees_and_states_their_land(
    phone: Page, farmer: Any, signed_in: Any, enter: Any, fits: Fits
) -> None:
    enter(phone, signed_in(farmer.user))
    phone.goto("/farm/")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("我的地")
    fits(phone, "overview", tapped=TAPPED)
    for kind, name in [
        ("plot", "添加地块"),
        ("plan", "添加种植安排"),
        ("asset", "添加农机或家产"),
        ("income", "添加年度收入"),
    ]:
        phone.goto("/farm/")
        follow(phone.get_by_role("link", name=name))
        expect(phone.get_by_role("heading", level=1)).to_contain_text(name)
        fits(phone, f"add-{kind}", tapped=TAPPED)
    phone.goto("/farm/plot/add/")
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_label("这块地平时怎么叫")).to_be_focused()
    phone.get_by_label("这块地平时怎么叫").fill("柳条沟")
    phone.get_by_label("有多少亩").fill("15.5")
    phone.get_by_text("自家承包", exact=True).check()
    follow(phone.get_by_role("button", name="保存"))
    expect(phone.get_by_text("已保存，等工会核实")).to_be_visible()
    fits(phone, "plot", tapped=TAPPED)
    follow(phone.get_by_role("link", name="撤回"))
    fits(phone, "withdraw", tapped=TAPPED)
    follow(phone.get_by_role("button", name="撤回"))
    expect(phone.get_by_text("已撤回。")).to_be_visible()
    follow(phone.get_by_role("link", name="以前的记录"))
    fits(phone, "past", tapped=TAPPED)
    assert Plot.objects.get(local_name="柳条沟").state == "withdrawn"


def test_every_page_works_without_scripts(
    phone_without_js: Page, farmer: Any, signed_in: Any, enter: Any, picture: Picture
) -> None:
    page = phone_without_js
    enter(page, signed_in(farmer.user))
    page.goto("/farm/")
    follow(page.get_by_role("link", name="北岗子").first)
    picture(page, "returned")
    follow(page.get_by_role("link", name="修改"))
    page.get_by_label("有多少亩").fill("17")
    follow(page.get_by_role("button", name="保存"))
    expect(page.get_by_text("等工会核实")).to_be_visible()
    page.goto("/farm/")
    follow(page.get_by_role("link", name="拖拉机 904"))
    follow(page.get_by_role("link", name="已经卖掉或报废"))
    picture(page, "end")
    page.get_by_label("最后一天是哪天").fill((today() - timedelta(days=30)).isoformat())
    follow(page.get_by_role("button", name="保存"))
    expect(page.get_by_text("这一条是更正")).to_be_visible()
    picture(page, "correction")


def test_an_empty_farm(phone: Page, signed_in: Any, enter: Any, fits: Fits) -> None:
    enter(phone, signed_in(FarmerFactory().user))
    phone.goto("/farm/")
    fits(phone, "empty", tapped=TAPPED)


def test_an_officer_works_through_the_queue(
    desk: Page, farmer: Any, signed_in: Any, enter: Any, picture: Picture
) -> None:
    enter(desk, signed_in(officer("convener"), second_factor=True))
    desk.goto("/admin/farming/queuedfact/")
    expect(desk.get_by_text("河套地")).to_be_visible()
    picture(desk, "queue")
    follow(desk.get_by_role("link", name="河套地"))
    picture(desk, "queued")
    follow(desk.get_by_role("link", name="核实通过"))
    picture(desk, "confirm")
    follow(desk.get_by_role("button", name="核实通过"))
    expect(desk.get_by_text("已核实。")).to_be_visible()
    assert not Plot.objects.filter(state="stated").exists()
    desk.goto("/admin/farming/queuedfact/enter/?name=王&kind=plot")
    picture(desk, "enter")
    follow(desk.get_by_role("link", name="给这位成员填写"))
    picture(desk, "enter-plot")
    desk.goto("/admin/farming/queuedfact/")
    for row in range(3):
        desk.locator("#result_list tbody input[type=checkbox]").nth(row).check()
    desk.locator("select[name=action]").select_option("refuse_selected")
    follow(desk.get_by_role("button", name="执行").or_(desk.locator("button[name=index]")).first)
    expect(desk.get_by_text("条将退回给成员")).to_be_visible()
    picture(desk, "decide")
    desk.get_by_label("退回原因").fill("请补凭证。")
    follow(desk.get_by_role("button", name="退回所选"))
    expect(desk.get_by_text("已退回 3 条。")).to_be_visible()
    picture(desk, "decided")
