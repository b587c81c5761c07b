"""All components in a real browser: accessible, nothing too wide, nothing too small, and alive."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.urls import clear_url_caches, path
from PIL import Image
from playwright.sync_api import Page, expect

from config.urls import urlpatterns as site_urls
from core import look_views
from tests.browser.steps import follow, weights_of_first_visit

urlpatterns = [*site_urls, path("look/", look_views.gallery, name="look")]
FIRST_PAGE_BYTES = 60_000
TAPPED = "a:not(.skip), button, select, textarea, input:not([type=hidden], [type=radio], [type=checkbox])"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__)]


@pytest.fixture(autouse=True)
def demo(settings: LazySettings) -> None:
    """The gallery exists in the demo only."""
    settings.DEMO = True
    clear_url_caches()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 390, 1280])
@pytest.mark.parametrize("size", ["normal", "large"])
def test_every_component_is_accessible_and_fits(
    phone: Page, fits: Callable[..., None], scheme: str, width: int, size: str
) -> None:
    phone.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    phone.set_viewport_size({"width": width, "height": 844})
    phone.goto("/look/")
    phone.evaluate(
        "large => document.documentElement.classList.toggle('type-large', large)", size == "large"
    )
    fits(phone, f"{width}-{size}-{scheme}", tapped=TAPPED)


def test_first_page_weighs_little(phone: Page) -> None:
    weights = weights_of_first_visit(phone, "/look/")
    assert len(weights) >= 5
    assert sum(weights) < FIRST_PAGE_BYTES


def test_quick_amount_is_quoted_at_once(phone: Page) -> None:
    phone.goto("/look/")
    phone.get_by_role("button", name="5,000", exact=True).click()
    expect(phone.locator("#id_amount")).to_have_value("5000")
    expect(phone.locator("#quote")).to_contain_text("¥5,148.77")


def test_quote_works_without_scripts(phone_without_js: Page) -> None:
    page = phone_without_js
    page.goto("/look/")
    expect(page.locator(".quick")).to_be_hidden()
    page.locator("#id_amount").fill("5000")
    follow(page.get_by_role("button", name="重新算一遍"))
    expect(page.locator("#quote")).to_contain_text("¥5,148.77")


def test_chosen_picture_is_shown(phone: Page, tmp_path: Path) -> None:
    picture = tmp_path / "contract.jpg"
    Image.new("RGB", (800, 600), "#55aa88").save(picture)
    phone.goto("/look/")
    phone.locator("#id_evidence").set_input_files(picture)
    expect(phone.locator(".preview canvas")).to_have_attribute("width", "480")
    expect(phone.locator(".preview")).to_contain_text("contract.jpg")


def test_a_button_is_pressed_once(phone: Page) -> None:
    phone.goto("/look/")
    sheet = phone.locator("form.confirm")
    stopped = sheet.evaluate(
        """form => {
            const stopped = [];
            window.addEventListener('submit', event => {
                stopped.push(event.defaultPrevented);
                event.preventDefault();
            });
            form.requestSubmit();
            form.requestSubmit();
            return stopped;
        }"""
    )
    assert stopped == [False, True]
    expect(sheet.locator(".primary")).to_have_attribute("aria-busy", "true")


def test_larger_type_is_a_quarter_larger(phone: Page) -> None:
    phone.goto("/look/")
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    assert phone.evaluate(size) == 18
    follow(phone.get_by_role("button", name="大字"))
    expect(phone.locator("html")).to_have_class(re.compile("type-large"))
    assert phone.evaluate(size) == 22.5
