"""Looking at a page of lending: it fits, targets are large, axe is content, pictures if wanted."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.steps import settled, sticks_out, too_small

TAPPED = "main a.row, main a.button, main button"


def fits(page: Page, accessible: Callable[[Page], None] | None, name: str) -> None:
    """Nothing sticks out, in larger type neither; ``accessible`` is the fixture, None to spare it."""
    settled(page)
    pictures(name, page)
    assert not sticks_out(page), name
    with larger_type(page):
        assert not sticks_out(page), f"{name}, larger type"
    assert too_small(page, TAPPED) == [], name
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
