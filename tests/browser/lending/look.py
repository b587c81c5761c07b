"""Looking at a page of lending: it fits, targets are large, axe is content, pictures if wanted."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

SMALLEST_TARGET = 47.5  # 48 less what rounding to pixels takes
TOO_SMALL = """least => [...document.querySelectorAll('main a.row, main a.button, main button')]
    .filter(e => e.getBoundingClientRect().height < least).map(e => e.outerHTML.slice(0, 100))"""
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def fits(page: Page, accessible: Callable[[Page], None] | None, name: str) -> None:
    """Nothing sticks out, in larger type neither; ``accessible`` is the fixture, None to spare it."""
    pictures(name, page)
    assert not page.evaluate(TOO_WIDE), name
    with larger_type(page):
        assert not page.evaluate(TOO_WIDE), f"{name}, larger type"
    assert page.evaluate(TOO_SMALL, SMALLEST_TARGET) == [], name
    if accessible is not None:
        accessible(page)


def pictures(name: str, page: Page) -> None:
    """Keep pictures where PICTURES names a folder: light, and dark in larger type."""
    folder = os.environ.get("PICTURES")
    if not folder:
        return
    page.screenshot(path=Path(folder) / f"lending-{name}.png", full_page=True)
    page.emulate_media(color_scheme="dark")
    with larger_type(page):
        page.screenshot(path=Path(folder) / f"lending-{name}-dark.png", full_page=True)
    page.emulate_media(color_scheme="light")


@contextmanager
def larger_type(page: Page) -> Iterator[None]:
    """The page as somebody sees it who chose larger type."""
    page.evaluate("document.documentElement.classList.add('type-large')")
    yield
    page.evaluate("document.documentElement.classList.remove('type-large')")
