"""The look keeps its promises: contrast, one place for colours, filters, masking, components."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation

from config.unfold import UNFOLD
from core import formats, look, masking
from core.errors import Refused

STATIC = Path(settings.BASE_DIR) / "static"
TEMPLATES = Path(settings.BASE_DIR) / "templates"
TOKENS = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")
SITE = (STATIC / "css" / "site.css").read_text(encoding="utf-8")
COLOUR = re.compile(r"--([a-z-]+):\s*(#[0-9a-f]{6})\b")
PAIRS = re.findall(r"@pair ([a-z-]+) on ([a-z-]+) ([\d.]+)", TOKENS)
LIGHT_CSS, DARK_CSS = TOKENS.split("@media (prefers-color-scheme: dark)")
LIGHT = dict(COLOUR.findall(LIGHT_CSS))
DARK = LIGHT | dict(COLOUR.findall(DARK_CSS))


def luminance(colour: str) -> float:
    """Relative luminance. Source: WCAG 2.2, definition of the same name."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours. Source: WCAG 2.2, definition of the same name."""
    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_matches_the_ends_of_the_scale() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#1e6b45", "#1e6b45") == pytest.approx(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_declared_pair_is_readable(scheme: str, front: str, back: str, least: str) -> None:
    colours = {"light": LIGHT, "dark": DARK}[scheme]
    assert contrast(colours[front], colours[back]) >= float(least)


def test_every_colour_that_carries_text_is_in_a_pair() -> None:
    paired = {name for pair in PAIRS for name in pair[:2]}
    assert set(LIGHT) - paired == {"line", "rule"}  # decoration
    assert set(DARK) == set(LIGHT)
    assert set(dict(COLOUR.findall(DARK_CSS))) == set(LIGHT), "a colour has no dark form"


def test_only_the_tokens_name_colours() -> None:
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?!-)|rgba?\(|hsla?\(", SITE)


def test_every_token_that_is_used_exists() -> None:
    known = set(re.findall(r"(--[a-z0-9-]+):", TOKENS))
    assert set(re.findall(r"var\((--[a-z0-9-]+)", SITE)) <= known


def test_first_page_is_light() -> None:
    sent = sum(len(gzip.compress(p.encode())) for p in (SITE, TOKENS))
    assert sent < 9_000


def test_no_inline_style_or_script() -> None:
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)", text), path


def test_panel_has_the_same_green() -> None:
    assert UNFOLD["COLORS"]["primary"]["600"] == LIGHT["field"]
    assert UNFOLD["COLORS"]["primary"]["100"] == LIGHT["field-tint"]


ICONS = set(re.findall(r'<symbol id="([a-z-]+)"', (STATIC / "icons.svg").read_text()))


def test_every_icon_that_is_used_is_drawn() -> None:
    used: set[str] = set(look.TONE_ICONS.values()) | {icon for _n, _l, icon in look.PLACES}
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r'(?:\{% icon |\sicon=)"([a-z-]+)"', text))
    assert used <= ICONS


def render(source: str, **values: object) -> str:
    """A template rendered with the tags of the look."""
    return Template("{% load look i18n %}" + source).render(Context(values)).strip()


@pytest.mark.parametrize(
    ("source", "value", "shown"),
    [
        ("{{ x|yuan }}", Decimal("1234.5"), "1,234.50"),
        ("{{ x|yuan }}", Decimal("-0.005"), "−0.01"),
        ("{{ x|yuan }}", None, ""),
        ("{{ x|yuan }}", Decimal("0"), "0.00"),
        ("{{ x|yuan_short }}", Decimal("5000.00"), "5,000"),
        ("{{ x|yuan_short }}", Decimal("0.50"), "0.50"),
        ("{{ x|yuan_words }}", Decimal("12000.00"), "人民币壹万贰仟元整"),
        ("{{ x|mu }}", Decimal("12.50"), "12.5 亩"),
        ("{{ x|mu }}", Decimal("1200.00"), "1,200 亩"),
        ("{{ x|number }}", 100, "100"),
        ("{{ x|day }}", date(2025, 5, 20), "2025年5月20日（周二）"),
        ("{{ x|day:today }}", date(2025, 5, 20), "5月20日（周二）"),
        ("{{ x|day:today }}", date(2026, 5, 20), "2026年5月20日（周三）"),
        ("{{ x|day }}", None, ""),
        # 16:30 in London is past midnight in Harbin
        (
            "{{ x|moment:today }}",
            datetime(2025, 12, 30, 16, 30, tzinfo=UTC),
            "12月31日（周三） 00:30",
        ),
        ("{{ x|masked_name }}", "王秋实", "王*实"),
        ("{{ x|masked_phone }}", "13812345678", "138****5678"),
        ("{{ x|masked_id }}", "230113197805201234", "2301**********1234"),
        ("{{ x|masked_id }}", "", ""),
    ],
)
def test_filter(source: str, value: object, shown: str) -> None:
    assert render(source, x=value, today=date(2025, 11, 23)) == shown


def test_days_are_english_in_english() -> None:
    with translation.override("en"):
        assert formats.format_day(date(2025, 5, 20), date(2025, 1, 1)) == "20 May (Tue)"


def test_a_float_is_never_an_amount() -> None:
    with pytest.raises(TypeError):
        formats.format_yuan(0.1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王秋实", "王*实"),
        ("王实", "王*"),
        ("王", "*"),
        ("", ""),
        ("欧阳秋实", "欧阳*实"),
        ("欧阳修", "欧阳*"),
        ("买买提江", "买**江"),
    ],
)
def test_mask_name(name: str, masked: str) -> None:
    assert masking.mask_name(name) == masked


@pytest.mark.parametrize("mask", [masking.mask_phone, masking.mask_id, masking.mask_account])
@pytest.mark.parametrize("length", range(12))
def test_a_short_number_is_not_shown_whole(mask: object, length: int) -> None:
    number = "123456789012"[:length]
    assert length == 0 or "*" in mask(number)  # type: ignore[operator]


def test_masking_keeps_the_length() -> None:
    assert len(masking.mask_id("230113197805201234")) == 18


class Sample(forms.Form):
    """A form with the kinds of fields that matter here."""

    phone = forms.CharField(label="手机号", help_text="收验证码")
    area = forms.DecimalField(label="亩数")
    day = forms.DateField(label="日期", initial=date(2026, 5, 20))
    kind = forms.ChoiceField(label="种类", choices=[("a", "甲"), ("b", "乙")])
    note = forms.CharField(label="备注", required=False, widget=forms.Textarea)
    agreed = forms.BooleanField(label="同意")
    one = forms.ChoiceField(
        label="选一个", choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect
    )


def test_field_has_the_right_keyboard() -> None:
    form = Sample()
    assert 'inputmode="tel"' in render("{% field f.phone %}", f=form)
    area = render("{% field f.area %}", f=form)
    assert 'inputmode="decimal"' in area
    assert 'type="text"' in area
    day = render("{% field f.day %}", f=form)
    assert 'type="date"' in day
    assert 'value="2026-05-20"' in day


def test_field_ties_its_texts_to_the_control() -> None:
    html = render('{% field f.phone hint="不给别人看" %}', f=Sample({}))
    described = re.search(r'aria-describedby="([^"]+)"', html)
    assert described is not None
    for name in described[1].split():
        assert f'id="{name}"' in html
    assert 'aria-invalid="true"' in html
    assert described[1].split() == ["id_phone_helptext", "id_phone_error", "id_phone_hint"]


@pytest.mark.parametrize("name", list(Sample.base_fields))
@pytest.mark.parametrize("data", [None, {}])
def test_field_renders_any_usual_widget(name: str, data: dict[str, str] | None) -> None:
    html = render("{% field f %}", f=Sample(data)[name])
    assert Sample.base_fields[name].label in html
    assert ("选填" in html) is (name == "note")
    assert ("error" in html) is (data is not None and name != "note")


def test_form_errors_link_to_their_controls() -> None:
    form = Sample({"phone": "13800000000"})
    html = render("{% form_errors f %}{% for b in f %}{% field b %}{% endfor %}", f=form)
    targets = re.findall(r'href="#([^"]+)"', html)
    assert len(targets) == 5
    for target in targets:
        assert f'id="{target}"' in html


def test_form_without_errors_says_nothing() -> None:
    assert render("{% form_errors f %}", f=Sample()) == ""


def test_unknown_tone_fails() -> None:
    with pytest.raises(ValueError, match="unknown tone"):
        render('{% pill "好" tone="purple" %}')


def test_misspelt_parameter_fails_when_compiling() -> None:
    with pytest.raises(TemplateSyntaxError):
        Template('{% load look %}{% pill "好" tonne="field" %}')


def test_texts_are_escaped() -> None:
    html = render("{% pill x %}{% card title=x %}{{ x }}{% endcard %}", x="<b>")
    assert "<b>" not in html
    assert html.count("&lt;b&gt;") == 3


def test_why_not_lists_labelled_numbers_only() -> None:
    refusal = Refused("few_days", "还不能借。", way_on="再等等。", limit=5)
    html = render("{% why_not r %}", r=refusal)
    assert "还不能借。" in html
    assert "再等等。" in html
    assert "limit" not in html
    labelled = Refused("few_days", "还不能借。", 最多="5 位")
    assert "5 位" in render("{% why_not r %}", r=labelled)


def test_progress_asks_again_until_finished() -> None:
    going = render('{% progress 5 20 "导入" poll="/p/" here="/h/" %}')
    assert 'hx-get="/p/"' in going
    assert 'href="/h/"' in going
    assert "25%" in going
    done = render('{% progress 20 20 "导入" poll="/p/" here="/h/" finished=True %}')
    assert "hx-get" not in done
    assert 'href="/h/"' not in done
    assert "0%" in render('{% progress 0 0 "导入" %}')


def test_allocation_fills_its_bar() -> None:
    assert look.shares(12, 5, 3) == ["180.0", "75.0", "45.0"]
    assert look.shares(0, 0, 0) == ["0", "0", "0"]


def test_score_bars_share_one_scale() -> None:
    bars = look.score_bars([("甲", 5, 10), {"label": "乙", "points": 25, "maximum": 20}])
    assert [(bar.width, bar.full) for bar in bars] == [("75.0", "150.0"), ("300.0", "300.0")]


def test_confirm_sheet_carries_the_token() -> None:
    sheet = '{% confirm_sheet what="撤回" action="/x/" submit="撤回" %}{% endconfirm_sheet %}'
    html = render(sheet, csrf_token="abc")
    assert 'name="csrfmiddlewaretoken" value="abc"' in html


def test_quick_amount_is_a_number_that_the_field_reads() -> None:
    html = render('{% amount_entry f.area quick="5000,10000" %}', f=Sample())
    assert 'data-value="10000"' in html
    assert ">10,000<" in html


def test_live_quote_sends_what_is_named_and_never_the_token() -> None:
    assert 'hx-params="amount"' in render('{% live_quote "/q/" fields="amount" %}')
    assert 'hx-params="not csrfmiddlewaretoken"' in render('{% live_quote "/q/" %}')
