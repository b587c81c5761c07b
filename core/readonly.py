"""A page view changes nothing: safe methods run with a connection that only reads."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connection
from django.http import HttpRequest, HttpResponse

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_READING = re.compile(
    r"\s*\(?\s*(SELECT|WITH|SAVEPOINT|RELEASE|ROLLBACK|SHOW|EXPLAIN|DECLARE|FETCH|CLOSE)\b",
    re.IGNORECASE,
)
_CHANGING_CTE = re.compile(r"\b(INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM)\b", re.IGNORECASE)

ViewT = TypeVar("ViewT", bound=Callable[..., Any])


class WriteInReadOnlyView(RuntimeError):
    """A view that declared no writing tried to write: a defect, not a refusal."""


def writes(*methods: str) -> Callable[[ViewT], ViewT]:
    """Declare that a view writes on these safe methods, e.g. to record who looked."""

    def mark(view: ViewT) -> ViewT:
        view.writing_methods = frozenset(methods)  # type: ignore[attr-defined]
        return view

    return mark


def _only_reads(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    text = str(sql)
    if _READING.match(text) and not _CHANGING_CTE.search(text):
        return execute(sql, params, many, context)
    raise WriteInReadOnlyView(text[:200])


class ReadOnlyViews:
    """Middleware, the innermost one: safe methods may not write unless their view says ``writes``.

    Sessions are saved by middleware further out, after the guard is gone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        finally:
            if _only_reads in connection.execute_wrappers:
                connection.execute_wrappers.remove(_only_reads)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Put the guard up before the view runs."""
        declared: frozenset[str] = getattr(view, "writing_methods", frozenset())
        if request.method in _SAFE_METHODS and request.method not in declared:
            connection.execute_wrappers.append(_only_reads)
