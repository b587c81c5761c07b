"""Does a page after an htmx answer equal the same page loaded anew?

``after_swap`` does to the page what htmx would do with the answer (``hx-swap="outerHTML"`` on the
element that asks). Pages are compared as trees: white space between tags does not count.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.test import Client

_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
        "use",
        "path",
    ]
)


class _Tree(HTMLParser):
    """Nested lists: [tag, sorted attributes, children…]."""

    def __init__(self) -> None:
        super().__init__()
        self.root: list[Any] = ["", ()]
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node: list[Any] = [tag, tuple(sorted((name, value or "") for name, value in attrs))]
        self._open[-1].append(node)
        if tag not in _VOID:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].append([tag, tuple(sorted((name, value or "") for name, value in attrs))])

    def handle_endtag(self, tag: str) -> None:
        names = [node[0] for node in self._open]
        if tag in names:
            del self._open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if data.strip():
            self._open[-1].append(" ".join(data.split()))


def tree_of(html: str) -> list[Any]:
    """The document as nested lists."""
    parser = _Tree()
    parser.feed(html)
    return parser.root


def asking(node: Any) -> list[list[Any]]:
    """The elements that ask by themselves (``hx-get`` with ``hx-swap="outerHTML"``)."""
    if not isinstance(node, list):
        return []
    attributes = dict(node[1])
    mine = [node] if "hx-get" in attributes and attributes.get("hx-swap") == "outerHTML" else []
    return mine + [found for child in node[2:] for found in asking(child)]


def after_swap(page: str, client: Client, **headers: str) -> list[Any]:
    """The page in which each asking element was replaced by the answer to its question."""
    tree = tree_of(page)
    elements = asking(tree)
    assert elements, "nothing on this page asks by htmx"
    for element in elements:
        url = dict(element[1])["hx-get"]
        answer = client.get(url, headers={"HX-Request": "true", **headers})
        assert answer.status_code == 200, url
        fragment = tree_of(answer.content.decode())
        assert len(fragment) == 3, "an answer is one element"
        element[:] = fragment[2]
    return tree
