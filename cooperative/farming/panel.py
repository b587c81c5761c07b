"""Forms of the officers' panel: the members' forms in the panel's clothes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from cooperative.farming.forms import FORMS, FactForm
from cooperative.farming.models import QueuedFact

_CLOTHES: tuple[tuple[type[forms.Field], type[forms.Widget]], ...] = (
    (forms.ChoiceField, UnfoldAdminSelectWidget),
    (forms.ModelChoiceField, UnfoldAdminSelectWidget),
    (forms.DateField, UnfoldAdminSingleDateWidget),
    (forms.DecimalField, UnfoldAdminDecimalFieldWidget),
    (forms.IntegerField, UnfoldAdminIntegerFieldWidget),
    (forms.CharField, UnfoldAdminTextInputWidget),
)


def panel_form(kind: str, data: Any, **about: Any) -> FactForm:
    """The form of a kind of facts with the panel's widgets."""
    form = FORMS[kind](data, **about)
    for field in form.fields.values():
        widget = next(widget for of, widget in _CLOTHES if isinstance(field, of))()
        if isinstance(field, forms.ChoiceField):
            widget.choices = field.choices  # type: ignore[attr-defined]
        widget.is_required = field.required
        field.widget = widget
    return form


class ReasonForm(forms.Form):
    """Why a fact is returned; the member reads it."""

    reason = forms.CharField(
        label=_("退回原因（成员会看到）"), max_length=300, widget=UnfoldAdminTextareaWidget
    )


class KindForm(forms.Form):
    """For whom, and what is entered."""

    name = forms.CharField(
        label=_("成员姓名（可只填姓）"), max_length=80, widget=UnfoldAdminTextInputWidget
    )
    kind = forms.ChoiceField(
        label=_("填什么"), choices=QueuedFact.Kind.choices, widget=UnfoldAdminSelectWidget
    )
