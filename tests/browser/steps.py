"""Steps that browser tests share.

``click()`` returns when the click is done, not when what it opens has come: whatever asks at once
(``count``, ``evaluate``, a picture, axe, the database) meets the old page, the new one or none. So
what opens a page is clicked by ``follow``, and after a click that changes the page in place an
``expect`` waits for the change. ``tests/consistency/test_browser_tests.py`` sees to it. What is
filled in beside a live quote is filled in by ``quoted``: the quote is pale while it is asked for.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, Response, expect

_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
_TOO_SMALL = """([selector, least]) => [...document.querySelectorAll(selector)]
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < least)
    .map(e => e.outerHTML.slice(0, 100))"""
_SMALLEST_TARGET = 47.5  # 48 less what rounding to pixels takes


def follow(opens: Locator) -> None:
    """Click what opens another page, and wait until that page is loaded."""
    with opens.page.expect_navigation():
        opens.click()


def settled(page: Page) -> None:
    """Wait until the page is loaded and no part of it is being asked for."""
    page.wait_for_load_state("load")
    expect(page.locator(".htmx-request")).to_have_count(0)


@contextmanager
def requoted(page: Page) -> Iterator[None]:
    """What is done inside has the live quote asked for anew; wait until that one is shown."""
    with page.expect_response(lambda answer: "hx-request" in answer.request.headers):
        yield
    settled(page)


def quoted(field: Locator, value: str) -> None:
    """Fill a field of a form with a live quote, and wait for the quote; without scripts ask for it."""
    page = field.page
    if page.locator("html.js").count():
        with requoted(page):
            field.fill(value)
    else:
        field.fill(value)
        follow(page.get_by_role("button", name="重新算一遍"))


def sticks_out(page: Page) -> bool:
    """Whether the page is wider than the screen."""
    return bool(page.evaluate(_TOO_WIDE))


def too_small(page: Page, selector: str) -> list[str]:
    """What is shown, matches and is too low for a finger."""
    found: list[str] = page.evaluate(_TOO_SMALL, [selector, _SMALLEST_TARGET])
    return found


def weights_of_first_visit(page: Page, address: str) -> list[int]:
    """Bytes of each answer when the page is loaded for the first time, the icons as the last.

    Compressed as WhiteNoise and GZipMiddleware send them; the tests' live server does not.
    """
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    with page.expect_request_finished(lambda sent: "icons" in sent.url):
        page.goto(address)
    page.wait_for_load_state("networkidle")
    return [len(gzip.compress(answer.body())) for answer in answers]
