"""What the components show, worked out before the template: fields, tabs, bars. No HTML here."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

TONES = ("field", "wheat", "brick", "sky", "soft")
TONE_ICONS = {"field": "check", "wheat": "clock", "brick": "alert", "sky": "info", "soft": "info"}


def tone_icon(tone: str, icon: str = "") -> str:
    """The icon that goes with a tone unless another is named.

    Raises:
        ValueError: a tone that the style sheet does not know.
    """
    if tone not in TONES:
        raise ValueError(f"unknown tone {tone!r}; known: {', '.join(TONES)}")
    return icon or TONE_ICONS[tone]


@dataclass(frozen=True)
class Place:
    """One of the four places of the tab bar; ``url`` is empty while it is not built yet."""

    name: str
    label: str | Promise
    icon: str
    url: str
    current: bool


PLACES = (
    ("home", _("首页"), "home"),
    ("credit", _("信用"), "credit"),
    ("supply", _("供销"), "supply"),
    ("me", _("我的"), "me"),
)


def places(current: str, path: str) -> list[Place]:
    """The four places; the current one is named, or else the longest URL that ``path`` begins with."""
    urls = {name: _url(name) for name, _label, _icon in PLACES}
    if not current:
        fitting = [n for n, url in urls.items() if url and (path == url or _under(path, url))]
        current = max(fitting, key=lambda name: len(urls[name]), default="")
    return [Place(n, label, icon, urls[n], n == current) for n, label, icon in PLACES]


def _under(path: str, url: str) -> bool:
    return url.count("/") > 1 and path.startswith(url)


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@dataclass(frozen=True)
class FieldView:
    """A form field ready to be shown: its control as HTML and where its texts are."""

    bound: BoundField
    kind: str
    control: SafeString
    help_id: str
    error_id: str
    required: bool


NUMERIC = (forms.IntegerField,)
DECIMAL = (forms.DecimalField, forms.FloatField)


def field_view(
    bound: BoundField, *, kind: str = "", extra_ids: str = "", **attrs: Any
) -> FieldView:
    """The control of a bound field with the right keyboard and its texts tied to it.

    ``attrs`` with an empty value are left out; ``extra_ids`` name further describing elements.
    """
    widget = _widget_for_phones(bound)
    kind = kind or _kind(widget)
    base = bound.auto_id or bound.html_name
    help_id = f"{base}_helptext" if bound.help_text else ""
    error_id = f"{base}_error" if bound.errors else ""
    chosen = {**_keyboard(bound, widget), **{k: v for k, v in attrs.items() if v not in ("", None)}}
    chosen["class"] = " ".join(filter(None, [str(widget.attrs.get("class", "")), f"input-{kind}"]))
    described = " ".join(filter(None, [help_id, error_id, extra_ids]))
    if described and kind != "group":
        chosen["aria-describedby"] = described
    return FieldView(
        bound=bound,
        kind=kind,
        control=bound.as_widget(widget=widget, attrs=chosen),
        help_id=help_id,
        error_id=error_id,
        required=bound.field.required,
    )


def _widget_for_phones(bound: BoundField) -> forms.Widget:
    """A copy of the widget; dates get the phone's own picker, numbers a text box without spinners."""
    widget: forms.Widget = copy.deepcopy(bound.field.widget)
    if isinstance(widget, forms.NumberInput):
        widget.input_type = "text"
    elif type(widget) is forms.DateInput:
        widget.input_type, widget.format = "date", "%Y-%m-%d"
    return widget


def _keyboard(bound: BoundField, widget: forms.Widget) -> dict[str, str]:
    if not isinstance(widget, forms.TextInput | forms.NumberInput) or widget.is_hidden:
        return {}
    if "inputmode" in widget.attrs:
        return {}
    if isinstance(bound.field, DECIMAL):
        return {"inputmode": "decimal", "autocomplete": "off"}
    if isinstance(bound.field, NUMERIC):
        return {"inputmode": "numeric", "autocomplete": "off"}
    if "phone" in bound.name:
        return {"inputmode": "tel", "autocomplete": "tel"}
    return {}


def _kind(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "group"
    if isinstance(widget, forms.FileInput):
        return "file"
    if isinstance(widget, forms.Textarea):
        return "area"
    if isinstance(widget, forms.Select):
        return "select"
    return "text"


@dataclass(frozen=True)
class Bar:
    """A horizontal bar in user units of its SVG, and the numbers beside it."""

    label: Any
    value: Decimal
    maximum: Decimal
    width: str
    full: str
    note: Any = ""


CHART_WIDTH = Decimal(300)


def score_bars(parts: Iterable[Mapping[str, Any] | Sequence[Any]]) -> list[Bar]:
    """Bars of a score's parts, each ``(label, points, maximum[, note])`` or a mapping of these names.

    All bars share one scale, so that a part worth 25 points is longer than one worth 10.
    """
    rows = [_part(part) for part in parts]
    top = max((row[2] for row in rows), default=Decimal(1)) or Decimal(1)

    def scaled(number: Decimal) -> str:
        return f"{max(Decimal(0), number) * CHART_WIDTH / top:.1f}"

    return [
        Bar(label, value, maximum, scaled(min(value, maximum)), scaled(maximum), note)
        for label, value, maximum, note in rows
    ]


def _part(part: Mapping[str, Any] | Sequence[Any]) -> tuple[Any, Decimal, Decimal, Any]:
    if isinstance(part, Mapping):
        part = (part["label"], part["points"], part["maximum"], part.get("note", ""))
    label, points, maximum, *rest = part
    return label, Decimal(points), Decimal(maximum), rest[0] if rest else ""


def shares(*amounts: Decimal | int) -> list[str]:
    """Each amount as a width out of 300, so that together they fill the bar; all zero gives zeros."""
    numbers = [Decimal(amount) for amount in amounts]
    whole = sum(numbers, Decimal(0))
    return [f"{n * CHART_WIDTH / whole:.1f}" if whole else "0" for n in numbers]


def numbers_of(refusal: Any) -> list[tuple[Any, Any]]:
    """The labelled numbers of a refusal.

    ``facts`` may be pairs, or a mapping; keys that are code names (ASCII identifiers) are for
    programs and are left out, since the message itself already says them in words.
    """
    facts = getattr(refusal, "numbers", None) or getattr(refusal, "facts", None) or {}
    pairs = facts.items() if isinstance(facts, Mapping) else facts
    return [(label, value) for label, value in pairs if not str(label).isascii()]
