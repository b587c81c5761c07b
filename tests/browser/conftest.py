"""A real Chromium in front of the live server: fixtures `phone`, `desk`, `phone_without_js`.

`fits` and `picture` look at a page; how to go from one to the next stands in `steps.py`.

Each page fails its test when the console shows an error (a broken Content-Security-Policy rule is
one), a script throws, a resource is missing, the server breaks, or anything is asked of another
host. A test that provokes one of these on purpose empties the fixture `problems`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tests.browser.steps import settled, sticks_out, too_small
from tests.plugin import NO_CHROMIUM, find_chromium

HERE = Path(__file__).parent
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESK = {"viewport": {"width": 1280, "height": 800}}
WCAG_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
# Two busy cores; only what never comes waits so long. `expect` alone would wait for five seconds.
TIMEOUT_MS = 60_000
expect.set_options(timeout=TIMEOUT_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for the tests of a module.

    Playwright's sync API keeps an event loop on this thread, waiting. Django sees the loop and
    refuses the ORM, which is called between the browser's steps and harms nothing; so its guard
    is off exactly as long as the browser lives. A wider scope would reach other modules' tests.
    """
    path = find_chromium()
    if path is None:
        pytest.fail(f"REQUIRE_BROWSER=1, but {NO_CHROMIUM}", pytrace=False)
    sandbox = [] if os.geteuid() else ["--no-sandbox"]  # Chromium has none for root
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[*sandbox, "--disable-dev-shm-usage"],
            timeout=TIMEOUT_MS,
        )
        yield browser
        browser.close()


@pytest.fixture
def problems() -> Iterator[list[str]]:
    """What the pages of this test did wrong; the test fails unless it is empty at the end."""
    found: list[str] = []
    yield found
    assert not found, "The page had problems:\n" + "\n".join(found)


@pytest.fixture
def phone(chromium: Browser, live_server: Any, problems: list[str]) -> Iterator[Page]:
    """A page of 390 × 844 points, two pixels each, in Chinese, with touch."""
    yield from _page(chromium, live_server.url, problems, **PHONE)


@pytest.fixture
def phone_without_js(chromium: Browser, live_server: Any, problems: list[str]) -> Iterator[Page]:
    """The phone with scripts switched off."""
    yield from _page(chromium, live_server.url, problems, **PHONE, java_script_enabled=False)


@pytest.fixture
def desk(chromium: Browser, live_server: Any, problems: list[str]) -> Iterator[Page]:
    """A page of 1280 × 800 points, as officers use."""
    yield from _page(chromium, live_server.url, problems, **DESK)


@pytest.fixture
def enter(live_server: Any) -> Callable[[Page, Client], None]:
    """A function: `enter(phone, signed_in(user))` gives the page the client's session."""

    def give_session(page: Page, client: Client) -> None:
        name = settings.SESSION_COOKIE_NAME
        value = client.cookies[name].value
        page.context.add_cookies([{"name": name, "value": value, "url": live_server.url}])

    return give_session


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """A function: `accessible(page)` fails when axe finds a violation of WCAG 2.1 A or AA."""

    def check(page: Page) -> None:
        settled(page)
        options = {"runOnly": WCAG_AA, "resultTypes": ["violations"]}
        result = Axe().run(page, options=options)
        assert result.violations_count == 0, result.generate_report()

    return check


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """A function: `picture(page, name)` keeps one, where PICTURES names a folder for them."""

    def keep(page: Page, name: str) -> None:
        if folder := os.environ.get("PICTURES"):
            settled(page)
            file = Path(folder) / f"{request.path.parent.name}-{name}.png"
            page.screenshot(path=file, full_page=True)

    return keep


@pytest.fixture
def fits(
    accessible: Callable[[Page], None], picture: Callable[[Page, str], None]
) -> Callable[..., None]:
    """A function: `fits(page, name)` fails when something sticks out or axe is not content.

    With `tapped="main a"` all that matches must be high enough for a finger.
    """

    def check(page: Page, name: str, *, tapped: str = "") -> None:
        settled(page)
        picture(page, name)
        assert not sticks_out(page), name
        if tapped:
            assert too_small(page, tapped) == [], name
        accessible(page)

    return check


def _page(browser: Browser, address: str, problems: list[str], **device: Any) -> Iterator[Page]:
    context = browser.new_context(
        base_url=address, locale="zh-CN", timezone_id="Asia/Shanghai", **device
    )
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    _watch(page, address, problems)
    yield page
    context.close()


def _watch(page: Page, address: str, problems: list[str]) -> None:
    def console(message: ConsoleMessage) -> None:
        # A failed answer also shows in the console; `response` below judges those.
        if message.type == "error" and "Failed to load resource" not in message.text:
            problems.append(f"console: {message.text}")

    def response(answer: Response) -> None:
        asked_for = answer.request.is_navigation_request() and answer.status < 500
        if answer.status >= 400 and not asked_for:
            problems.append(f"answer {answer.status}: {answer.url}")

    def request(sent: Request) -> None:
        if not sent.url.startswith((address, "data:", "blob:")):
            problems.append(f"asked of another host: {sent.url}")

    def failed(sent: Request) -> None:
        # A page left early, or a download, aborts what was under way.
        if sent.failure != "net::ERR_ABORTED":
            problems.append(f"failed: {sent.url} ({sent.failure})")

    page.on("console", console)
    page.on("pageerror", lambda error: problems.append(f"script: {error}"))
    page.on("response", response)
    page.on("request", request)
    page.on("requestfailed", failed)
