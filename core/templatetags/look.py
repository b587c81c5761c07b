"""Format filters and the component tags of the members' pages (see templates/components/README.md).

Every component is a tag rather than an include: its parameters have defaults, and a misspelt one
fails when the template is compiled.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.http import QueryDict
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core import formats, look, masking, money
from core.templatetags import look_figures, look_forms

register = template.Library()
for part in (look_figures, look_forms):
    register.tags.update(part.register.tags)
Shown = dict[str, Any]
DECORATION = SafeString('aria-hidden="true"')


# --- filters -------------------------------------------------------------------------------------


def _unless_empty(function: Callable[[Any], str]) -> Callable[[Any], str]:
    """The filter, giving an empty text for a missing value instead of an error page."""

    def filtered(value: Any) -> str:
        return "" if value in (None, "") else function(value)

    return filtered


register.filter("yuan", _unless_empty(formats.format_yuan))
register.filter("yuan_short", _unless_empty(formats.format_yuan_short))
register.filter("number", _unless_empty(formats.format_number))
register.filter("mu", _unless_empty(formats.format_mu))
register.filter("masked_name", _unless_empty(masking.mask_name))
register.filter("masked_phone", _unless_empty(masking.mask_phone))
register.filter("masked_id", _unless_empty(masking.mask_id))
register.filter("masked_account", _unless_empty(masking.mask_account))


@register.filter
def day(value: date | None, today: date | None = None) -> str:
    """A date with its weekday; without the year when ``today`` is given and in the same one."""
    return formats.format_day(value, today) if value else ""


@register.filter
def moment(value: datetime | None, today: date | None = None) -> str:
    """A date and the time of day; the year as in ``day``."""
    return formats.format_moment(value, today) if value else ""


@register.filter
def yuan_words(value: Decimal | int | None) -> str:
    """The amount in binding words: 人民币壹万贰仟元整."""
    return "" if value is None else money.amount_in_words(formats.exact(value))


# --- marks ---------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """A line icon of static/icons.svg; decoration unless ``label`` says what it means."""
    spoken = format_html('role="img" aria-label="{}"', label) if label else DECORATION
    return format_html(
        '<svg class="icon{}" {} focusable="false"><use href="{}#{}"></use></svg>',
        f" icon-{size}" if size else "",
        spoken,
        _static("icons.svg"),
        name,
    )


@register.simple_tag
def style_sheets() -> SafeString:
    """Links to the style sheets that also work on error pages of a half-built installation."""
    sheets = [(_static("css/tokens.css"),), (_static("css/site.css"),)]
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', sheets)


@register.simple_tag
def static_file(path: str) -> str:
    """The address of a static file, also where ``collectstatic`` has not run yet."""
    return _static(path)


def _static(path: str) -> str:
    """The address of a static file; its plain one while ``collectstatic`` has not run."""
    try:
        return static(path)
    except ValueError:
        return f"{settings.STATIC_URL}{path}"


@register.inclusion_tag("components/logo.html")
def logo(size: str = "", label: str = "") -> Shown:
    """The seal."""
    return {"size": size, "label": label}


@register.inclusion_tag("components/pill.html")
def pill(text: str, tone: str = "soft", icon: str = "") -> Shown:
    """A state as icon and word."""
    return {"text": text, "tone": tone, "icon": look.tone_icon(tone, icon)}


@register.inclusion_tag("components/money.html")
def money_amount(
    amount: Decimal, words: bool = False, size: str = "", label: str = "", tone: str = ""
) -> Shown:
    """An amount of money, in words too where it binds."""
    return {"amount": amount, "words": words, "size": size, "label": label, "tone": tone}


# --- blocks --------------------------------------------------------------------------------------


def _block(context: Context, component: str, content: str, /, **shown: Any) -> SafeString:
    """Render a component around ``content``, with nothing of the page but request and token."""
    engine = context.template.engine  # type: ignore[union-attr]
    inner = context.new({"content": content, **shown})
    if token := context.get("csrf_token"):
        inner["csrf_token"] = token
    return engine.get_template(f"components/{component}.html").render(inner)


@register.simple_block_tag(takes_context=True)
def card(
    context: Context, content: str, title: str = "", tone: str = "", icon: str = "", level: int = 2
) -> SafeString:
    """A sheet of paper with an optional title."""
    return _block(context, "card", content, title=title, tone=tone, icon=icon, level=level)


@register.simple_block_tag(takes_context=True)
def notice(
    context: Context, content: str, tone: str = "sky", title: str = "", icon: str = ""
) -> SafeString:
    """A sentence that must be seen."""
    named = look.tone_icon(tone, icon)
    return _block(context, "notice", content, tone=tone, title=title, icon=named)


@register.simple_block_tag(takes_context=True)
def facts(context: Context, content: str, label: str = "") -> SafeString:
    """A key-value list; holds {% fact %} tags."""
    return _block(context, "facts", content, label=label)


@register.inclusion_tag("components/fact.html")
def fact(label: str, value: Any, note: str = "", strong: bool = False) -> Shown:
    """One line of a key-value list."""
    return {"label": label, "value": value, "note": note, "strong": strong}


@register.simple_block_tag(takes_context=True)
def rows(context: Context, content: str, label: str = "") -> SafeString:
    """A list of links to go on to; holds {% row %} tags."""
    return _block(context, "rows", content, label=label)


@register.inclusion_tag("components/row.html")
def row(label: str, href: str, icon: str = "", note: str = "", value: Any = "") -> Shown:
    """One link of such a list."""
    return {"label": label, "href": href, "icon": icon, "note": note, "value": value}


@register.simple_block_tag(takes_context=True)
def tasks(context: Context, content: str, label: str = "") -> SafeString:
    """Today's tasks; holds {% task %} tags."""
    return _block(context, "tasks", content, label=label)


@register.inclusion_tag("components/task.html")
def task(
    text: str, href: str, detail: str = "", due: str = "", tone: str = "wheat", icon: str = ""
) -> Shown:
    """One thing to do today."""
    shown = {"text": text, "href": href, "detail": detail, "due": due, "tone": tone}
    return {**shown, "icon": look.tone_icon(tone, icon)}


@register.inclusion_tag("components/door.html")
def door(label: str, href: str, icon: str, detail: str = "", tone: str = "field") -> Shown:
    """One of the large doors of the home page; without ``href`` it says that it opens later."""
    return {"label": label, "href": href, "icon": icon, "detail": detail, "tone": tone}


@register.simple_block_tag(takes_context=True)
def buttons(context: Context, content: str) -> SafeString:
    """A row of buttons, the main one first; holds {% button %} tags."""
    return _block(context, "buttons", content)


@register.inclusion_tag("components/button.html")
def button(
    label: str,
    href: str = "",
    kind: str = "primary",
    icon: str = "",
    name: str = "",
    value: str = "",
    action: str = "",
    disabled: bool = False,
) -> Shown:
    """A button (or a link that looks like one when ``href`` is given)."""
    shown = {"label": label, "href": href, "kind": kind, "icon": icon, "name": name}
    return {**shown, "value": value, "action": action, "disabled": disabled}


@register.simple_block_tag(takes_context=True)
def confirm_sheet(
    context: Context,
    content: str,
    what: str,
    action: str,
    submit: str,
    to: str = "",
    cost: str = "",
    undo: str = "",
    cancel: str = "",
    title: str = "",
    tone: str = "field",
    name: str = "",
    value: str = "",
) -> SafeString:
    """Before something binding: what, to whom, what it costs, can it be undone; and its form."""
    shown = {"what": what, "action": action, "submit": submit, "to": to, "cost": cost}
    shown |= {"undo": undo, "cancel": cancel, "title": title, "tone": tone}
    return _block(context, "confirm_sheet", content, name=name, value=value, **shown)


@register.simple_block_tag(takes_context=True)
def table(context: Context, content: str, caption: str, hide_caption: bool = False) -> SafeString:
    """A table that becomes cards on a phone; holds thead and tbody with data-label on each td."""
    return _block(context, "table", content, caption=caption, hide_caption=hide_caption)


# --- page ----------------------------------------------------------------------------------------


@register.inclusion_tag("components/page_header.html")
def page_header(
    title: str, back: str = "", back_label: str = "", lead: str = "", kicker: str = ""
) -> Shown:
    """The head of a page over its ledger rule."""
    return {
        "title": title,
        "back": back,
        "back_label": back_label,
        "lead": lead,
        "kicker": kicker,
    }


@register.inclusion_tag("components/tabbar.html", takes_context=True)
def tabbar(context: Context, current: str = "") -> Shown:
    """The four places; the current one from ``current``, the context's ``tab`` or the path."""
    path = getattr(context.get("request"), "path", "")
    return {"places": look.places(current or context.get("tab") or "", path)}


@register.inclusion_tag("components/language.html", takes_context=True)
def language_switch(context: Context) -> Shown:
    """中文 / English, a form that works without JavaScript."""
    return _form_context(context)


@register.inclusion_tag("components/type_size.html", takes_context=True)
def type_size(context: Context) -> Shown:
    """The switch for larger type."""
    return {**_form_context(context), "large": _large_type(context)}


@register.simple_tag(takes_context=True)
def type_class(context: Context) -> str:
    """The class of <html> for the reader's type size: the account's choice, else the cookie's."""
    return "type-large" if _large_type(context) else ""


def _large_type(context: Context) -> bool:
    user, request = context.get("user"), context.get("request")
    if getattr(user, "is_authenticated", False):
        return bool(getattr(user, "large_type", False))
    return request is not None and request.COOKIES.get("type_size") == "large"


@register.simple_tag
def office_phone() -> str:
    """The phone of the union's office, without needing a context processor."""
    return str(getattr(settings, "OFFICE_PHONE", ""))


def _form_context(context: Context) -> Shown:
    request = context.get("request")
    here = request.get_full_path() if request is not None else "/"
    return {"here": here, "csrf_token": context.get("csrf_token", "")}


@register.inclusion_tag("components/empty.html")
def empty(
    title: str, text: str = "", href: str = "", action: str = "", icon: str = "file"
) -> Shown:
    """Nothing here yet, and the one next step."""
    return {"title": title, "text": text, "href": href, "action": action, "icon": icon}


@register.inclusion_tag("components/why_not.html")
def why_not(refusal: Any, title: str = "", href: str = "", action: str = "") -> Shown:
    """A refusal: the rule, the numbers and the way on."""
    return {
        "message": getattr(refusal, "message", refusal),
        "way_on": getattr(refusal, "way_on", ""),
        "numbers": look.numbers_of(refusal),
        "title": title,
        "href": href,
        "action": action,
    }


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any], name: str = "page") -> Shown:
    """Earlier and later pages; keeps the other parameters of the address."""
    request = context.get("request")

    def address(number: int) -> str:
        query = request.GET.copy() if request is not None else QueryDict(mutable=True)
        query[name] = str(number)
        return f"?{query.urlencode()}"

    earlier = address(page.previous_page_number()) if page.has_previous() else ""
    later = address(page.next_page_number()) if page.has_next() else ""
    return {"page": page, "earlier": earlier, "later": later}


@register.inclusion_tag("components/document.html")
def document(
    title: str,
    href: str,
    on: date | datetime | None = None,
    digest: str = "",
    detail: str = "",
    today: date | None = None,
) -> Shown:
    """A PDF or other file: what it is, of when, and its fingerprint."""
    groups = [digest[n : n + 4] for n in range(0, min(len(digest), 16), 4)]
    shown = {"title": title, "href": href, "on": on, "today": today}
    return {**shown, "detail": detail, "digest": digest, "fingerprint": " ".join(groups)}
