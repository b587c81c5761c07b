"""What the members' pages share: a deed and its refusal, a question before something binding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from core.errors import NotFound, Refused
from core.sentences import Text


def refusal_of(deed: Callable[[], object]) -> Refused | None:
    """Do it; the refusal when a rule says no.

    Raises:
        NotFound: as it is, so that it becomes the page for absent and foreign rows.
    """
    try:
        deed()
    except NotFound:
        raise
    except Refused as refused:
        return refused
    return None


def posted(request: HttpRequest) -> Any:
    """What a form is bound to: what was posted, be it nothing; None on a GET."""
    return request.POST if request.method == "POST" else None


def show(
    request: HttpRequest, template: str, refused: Refused | None = None, **context: Any
) -> HttpResponse:
    """A page below the tab 信用; a refusal stands above its content and sets the status."""
    form = context.get("form")
    status = 422 if form is not None and form.is_bound and not form.is_valid() else 200
    if refused is not None:
        status = refused.status
    shown = {"tab": "credit", "refused": refused, **context}
    return render(request, template, shown, status=status)


@dataclass(frozen=True)
class Sheet:
    """A question before something binding: what, to whom, at what cost, can it be undone."""

    title: Text
    what: Text
    submit: Text
    back: str
    to: Text = ""
    cost: Text = ""
    undo: Text = ""
    tone: str = "field"


def ask(
    request: HttpRequest,
    sheet: Sheet,
    form: forms.BaseForm | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    """Show the question, with a form when it needs more than a yes."""
    return show(request, "lending/confirm.html", refused, sheet=sheet, form=form)


PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SUFFIXES = {PDF: "pdf", XLSX: "xlsx"}


def download(content: bytes, name: Text, kind: str = PDF) -> HttpResponse:
    """A file for its parties only: a PDF is shown, all else is saved; nothing keeps a copy."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(
        kind != PDF, f"{name}.{_SUFFIXES[kind]}"
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
