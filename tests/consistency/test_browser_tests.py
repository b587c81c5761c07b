"""Browser tests ask no page that is not there yet (see ``tests/browser/steps.py``)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

BROWSER = Path(__file__).resolve().parents[1] / "browser"
FILES = sorted(BROWSER.rglob("test_*.py"))


def is_call(node: ast.AST, name: str) -> bool:
    """Whether the statement calls something of this name, or a method of it: ``expect(…).…()``."""
    calls = (part for part in ast.walk(node) if isinstance(part, ast.Call))
    return any(isinstance(call.func, ast.Name) and call.func.id == name for call in calls)


def clicks(node: ast.stmt) -> bool:
    """Whether the statement is a plain ``….click()``."""
    call = node.value if isinstance(node, ast.Expr) else None
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in {"click", "dblclick", "tap"}
    )


def expects_something(node: ast.stmt) -> bool:
    """Whether the block waits for what is done in it: ``with page.expect_download():``."""
    return isinstance(node, ast.With) and any(
        isinstance(item.context_expr, ast.Call)
        and isinstance(item.context_expr.func, ast.Attribute)
        and item.context_expr.func.attr.startswith("expect_")
        for item in node.items
    )


def blocks(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    """Every list of statements, without those of blocks that wait themselves."""
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and expects_something(node):
            continue
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                yield block


def hasty(source: str) -> list[int]:
    """Lines with a click after which nothing waits."""
    return [
        line.lineno
        for block in blocks(ast.parse(source))
        for line, following in pairwise([*block, ast.Pass()])
        if clicks(line) and not is_call(following, "expect")
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(BROWSER)))
def test_every_click_is_waited_for(path: Path) -> None:
    found = hasty(path.read_text(encoding="utf-8"))
    assert not found, (
        f"{path.name}, lines {found}: click by follow(…) what opens a page, choose by .check(), and"
        " after any other click begin the next line with expect(…)"
    )


def test_a_hasty_click_is_found() -> None:
    assert hasty("link.click()\nassert page.url == '/'") == [1]
    assert hasty("for link in links:\n    link.click()\nexpect(page)") == [2]
    assert hasty("link.click()\nexpect(page).to_have_title('x')\nfollow(link)") == []
    assert hasty("with page.expect_download():\n    link.click()\nprint()") == []
