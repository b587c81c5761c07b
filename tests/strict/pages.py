"""Faults of pages that render all the same: undefined variables, forms without a token."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any
from unittest import mock

from django.conf import settings
from django.http import HttpResponseBase
from django.template import Engine, engines
from django.template.base import Node
from django.test import Client

from tests.strict.database import Strict

_FRAMES_TO_THE_NODE = 12


def _template_being_rendered() -> str:
    """The file of the innermost node on the stack."""
    frame = sys._getframe(2)
    for _ in range(_FRAMES_TO_THE_NODE):
        node = frame.f_locals.get("self")
        origin = getattr(node, "origin", None)
        if isinstance(node, Node) and origin is not None:
            return str(origin.name)
        if frame.f_back is None:
            break
        frame = frame.f_back
    return "<unknown source>"


class UndefinedVariable(str):
    """Django's ``string_if_invalid``: raises in our templates, stays empty in those of others."""

    def __mod__(self, missing: Any) -> str:
        origin = _template_being_rendered()
        ours = str(settings.BASE_DIR / "templates")
        if origin.startswith(("<unknown", ours)):
            raise Strict(f"undefined template variable {missing} in {origin}")
        return ""


@contextmanager
def undefined_variables_fail() -> Iterator[None]:
    """A variable that the view forgot, or a misspelt one, is an error and not a blank."""
    engine = engines["django"].engine  # type: ignore[attr-defined]
    strict, build = UndefinedVariable("%s"), Engine.__init__

    def build_strict(self: Engine, *args: Any, **kwargs: Any) -> None:
        build(self, *args, **kwargs)
        self.string_if_invalid = strict

    # A test that overrides DEBUG or INSTALLED_APPS has Django build its engine anew.
    with (
        mock.patch.object(Engine, "__init__", build_strict),
        mock.patch.object(engine, "string_if_invalid", strict),
    ):
        yield


class _Forms(HTMLParser):
    """Collects the actions of POST forms that carry no csrf token."""

    def __init__(self) -> None:
        super().__init__()
        self.without_token: list[str] = []
        self._open: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and (given.get("method") or "").lower() == "post":
            self._open = given.get("action") or "(this page)"
        elif tag == "input" and given.get("name") == "csrfmiddlewaretoken":
            self._open = None

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._open is not None:
            self.without_token.append(self._open)
            self._open = None


def check_tokens(response: HttpResponseBase) -> None:
    """Fail when a page holds a POST form without its token.

    Raises:
        Strict: naming the form's action.
    """
    kind = response.headers.get("Content-Type", "")
    if response.streaming or not kind.startswith("text/html"):
        return
    forms = _Forms()
    forms.feed(response.content.decode())  # type: ignore[attr-defined]
    if forms.without_token:
        raise Strict(f"POST forms without csrf token: {forms.without_token}")


@contextmanager
def forms_carry_their_token() -> Iterator[None]:
    """Every page that a test fetches is looked through for forms without a token."""
    request = Client.request

    def checked(self: Any, **environ: Any) -> Any:
        response = request(self, **environ)
        check_tokens(response)
        return response

    with mock.patch.object(Client, "request", checked):
        yield


@contextmanager
def strict_pages() -> Iterator[None]:
    """All of the above."""
    with undefined_variables_fail(), forms_carry_their_token():
        yield
