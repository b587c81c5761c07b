"""What forms share: amounts as people type them, and how a page shows what a service refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.money import parse_yuan


class YuanField(forms.DecimalField):
    """An amount as people type it: 12,000 or １２０００元."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=14, decimal_places=2, min_value=Decimal(0), **kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, str) and value.strip():
            try:
                return parse_yuan(value)
            except ValueError as error:
                raise ValidationError(_("请填写金额，例如 12000 或 350.50。")) from error
        return super().to_python(value)


def show_refusal(form: forms.BaseForm, refused: Refused, field: str | None = None) -> None:
    """Add the refusal's sentence and its way on to the form, at a field if one is named."""
    form.add_error(field if field in form.fields else None, str(refused))
