"""How a page shows what a service refused: as an error of the form it came from."""

from __future__ import annotations

from django import forms

from core.errors import Refused


def show_refusal(form: forms.BaseForm, refused: Refused, field: str | None = None) -> None:
    """Add the refusal's sentence and its way on to the form, at a field if one is named."""
    form.add_error(field if field in form.fields else None, str(refused))
