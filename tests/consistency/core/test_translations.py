"""A page is whole in Chinese: our own texts are, and so are those of the packages we show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import unfold
from django import forms
from django.utils import translation

from core import translations

SITE_PACKAGES = Path(unfold.__file__).parent.parent
CHINESE = re.compile(r"[一-鿿]")
# Marks and codes, the same in every language.
WITHOUT_WORDS = {"%(class_name)s %(instance)s"}


def unfold_texts() -> list[translations.Text]:
    return list(translations.texts_below(SITE_PACKAGES, ("unfold",)))


def test_the_extraction_finds_texts_of_templates_and_modules():
    found = unfold_texts()
    assert len(found) > 100
    assert "Type to search" in found  # {% trans %} in a template
    assert "Select value" in found  # gettext_lazy in a module


@pytest.mark.parametrize("lazy", ["_", "gettext", "gettext_lazy", "gettext_noop"])
def test_python_texts_are_found_by_every_name(tmp_path, lazy):
    module = tmp_path / "module.py"
    module.write_text(f'{lazy}("你好")\nngettext_lazy("一条", "几条")\n', encoding="utf-8")
    assert list(translations.python_texts(module)) == ["你好", ("一条", "几条")]


def test_template_texts_are_found_in_every_form():
    source = (
        '{% translate "甲" %}{% blocktranslate trimmed %}\n 乙 {{ a }}\n{% endblocktranslate %}'
        '{{ x|default:_("丙") }}'
        "{% blocktranslate count n=n %}丁{% plural %}戊{% endblocktranslate %}"
    )
    assert list(translations.template_texts(source, "x.html")) == [
        "甲",
        "乙 %(a)s",
        "丙",
        ("丁", "戊"),
    ]


def test_every_text_of_the_panel_is_chinese():
    english = []
    with translation.override("zh-hans"):
        for text in unfold_texts():
            pair = (text, text) if isinstance(text, str) else text
            shown = translation.ngettext(*pair, 2)
            shown = shown if shown not in pair else translation.gettext(pair[0])
            if pair[0] not in WITHOUT_WORDS and not CHINESE.search(shown):
                english.append(pair[0])
    assert not english


def test_forms_speak_like_a_neighbour():
    class Form(forms.Form):
        name = forms.CharField()
        short = forms.CharField(max_length=2)
        mu = forms.DecimalField(max_digits=3, decimal_places=1)
        day = forms.DateField()
        kind = forms.ChoiceField(choices=[("a", "甲")])

    with translation.override("zh-hans"):
        form = Form({"short": "三个字", "mu": "1234", "day": "明天", "kind": "b"})
        said = {name: list(errors) for name, errors in form.errors.items()}
    assert said == {
        "name": ["这一项要填。"],
        "short": ["最多写 2 个字，现在有 3 个。"],
        "mu": ["总共最多 3 位数字。"],
        "day": ["日期写得不对，请照“2026-05-20”这样填。"],
        "kind": ["“b”不能选，请从给出的里面选一个。"],
    }


def test_the_chinese_catalogue_keeps_every_placeholder():
    for message in translations.read_catalogue("zh_Hans"):
        if not message.id:
            continue
        first = message.id if isinstance(message.id, str) else message.id[0]
        shown = message.string if isinstance(message.string, str) else message.string[0]
        placeholder = r"%\(\w+\)[sd]|%[sd]|\{\w*\}"
        lost = set(re.findall(placeholder, shown)) - set(re.findall(placeholder, first))
        assert not lost, first


def test_only_texts_that_packages_still_have_are_kept():
    known = set()
    for text in translations.texts_below(SITE_PACKAGES, ("unfold", "django", "allauth")):
        known.add(text if isinstance(text, str) else text[0])
    for message in translations.read_catalogue("zh_Hans"):
        first = message.id if isinstance(message.id, str) else message.id[0]
        assert not first or first in known, f"no package says this any more: {first!r}"
