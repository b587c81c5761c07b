"""Component tags of forms; loaded by ``look``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BaseForm, BoundField

from core import look

register = template.Library()
Shown = dict[str, Any]


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField,
    label: str = "",
    hint: str = "",
    inputmode: str = "",
    autocomplete: str = "",
    placeholder: str = "",
    unit: str = "",
    rows: int | str = "",
) -> Shown:
    """A form field: label above, hint, control with the right keyboard, error below."""
    view = look.field_view(
        bound,
        extra_ids=f"{bound.auto_id}_hint" if hint else "",
        inputmode=inputmode,
        autocomplete=autocomplete,
        placeholder=placeholder,
        rows=rows,
    )
    return {"view": view, "label": label or bound.label, "hint": hint, "unit": unit}


@register.inclusion_tag("components/choice_cards.html")
def choice_cards(
    bound: BoundField, label: str = "", hints: Mapping[Any, Any] | None = None
) -> Shown:
    """Choices as cards; ``hints`` maps a choice's value to a sentence under its name."""
    known = {str(key): hint for key, hint in (hints or {}).items()}
    choices = [
        {"widget": choice, "hint": known.get(str(choice.data["value"]), "")} for choice in bound
    ]
    return {"view": look.field_view(bound), "label": label or bound.label, "choices": choices}


@register.inclusion_tag("components/amount_entry.html")
def amount_entry(
    bound: BoundField,
    quick: str | Sequence[Decimal | int] = "",
    unit: str = "元",
    label: str = "",
    hint: str = "",
) -> Shown:
    """A large box for an amount, with amounts to tap."""
    view = look.field_view(
        bound, kind="amount", extra_ids=f"{bound.auto_id}_hint" if hint else "", inputmode="decimal"
    )
    amounts = (
        [a.strip() for a in quick.split(",") if a.strip()] if isinstance(quick, str) else quick
    )
    shown = {"view": view, "label": label or bound.label, "hint": hint, "unit": unit}
    return {**shown, "quick": [Decimal(amount) for amount in amounts]}


@register.inclusion_tag("components/evidence_upload.html")
def evidence_upload(bound: BoundField, label: str = "", hint: str = "") -> Shown:
    """Choose or photograph a document, and see what was chosen."""
    view = look.field_view(bound, extra_ids=f"{bound.auto_id}_hint" if hint else "")
    return {"view": view, "label": label or bound.label, "hint": hint}


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: BaseForm) -> Shown:
    """At the head of a refused form: what is wrong, each with a link to its field."""
    wrong = [form[name] for name in form.errors if name in form.fields]
    links = [{"bound": bound, "id": bound.id_for_label or f"{bound.auto_id}_0"} for bound in wrong]
    return {"general": form.non_field_errors(), "wrong": links}


@register.inclusion_tag("components/live_quote.html")
def live_quote(
    url: str,
    rows: Iterable[Sequence[Any]] = (),
    note: str = "",
    title: str = "",
    button: str = "",
    fields: str = "",
    anchor: str = "quote",
) -> Shown:
    """What the form would mean, worked out while typing; by a button without JavaScript."""
    shown = {"url": url, "rows": rows, "note": note, "title": title}
    return {**shown, "button": button, "fields": fields, "id": anchor}
