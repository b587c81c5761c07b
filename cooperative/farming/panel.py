"""Forms of the officers' panel: the members' forms in the panel's clothes."""

from __future__ import annotations

from collections.abc import Iterable
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
from cooperative.membership.panel import OfficerForm

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


def version_of(facts: Iterable[Any]) -> str:
    """What the officer saw, in a word: it changes whenever one of the facts is edited."""
    return "-".join(str(int(fact.made_at.timestamp() * 1_000_000)) for fact in facts)


class SeenForm(OfficerForm):
    """Carries which version of the facts the officer decides about."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def for_officer(self, user: Any, row: Any) -> None:
        self.show([row])

    def show(self, facts: Iterable[Any]) -> None:
        """Remember what is shown; a form that comes back with something else is refused."""
        self.now = version_of(facts)
        self.initial["seen"] = self.now

    def clean_seen(self) -> str:
        if self.cleaned_data["seen"] != self.now:
            self.data = self.data.copy()
            self.data["seen"] = self.now
            self.add_error(None, _("内容刚刚被修改过，请看清现在的内容再办理。"))
        return self.now


class ReasonForm(SeenForm):
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
