"""The words of notices: short, plain, never of investment."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from cooperative.notices import kinds, rules
from cooperative.notices.words import reason_in_words

FORBIDDEN = ["投资", "理财", "收益", "回报", "保本", "保息", "刚性兑付", "无风险", "秒批", "高收益"]
SOURCES = [
    *Path(settings.BASE_DIR, "cooperative/notices").rglob("*.py"),
    *Path(settings.BASE_DIR, "templates/notices").rglob("*.html"),
    Path(settings.BASE_DIR, "cooperative/membership/admin/notices.py"),
]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_text_promises_no_gain_and_does_not_shout(source: Path) -> None:
    text = source.read_text()
    assert [word for word in FORBIDDEN if word in text] == []
    assert "！" not in text


def test_sms_of_the_demo_fits_one_message_with_its_signature() -> None:
    source = Path(settings.BASE_DIR, "cooperative/notices/demo.py").read_text()
    texts = re.findall(r'sms=filled\(_\("([^"]+)"', source)
    assert len(texts) == 1
    for text in texts:
        whole = f"【{settings.SMS_SIGNATURE}】{text % {'day': '2026年11月28日（周六）'}}"
        assert rules.sms_parts(whole) == 1


def test_every_kind_has_a_title() -> None:
    assert all(str(kind.title) for kind in kinds.kinds())


@pytest.mark.parametrize(
    ("code", "refused", "words"),
    [
        ("", False, ""),
        ("timeout", False, "短信平台没有及时回答"),
        ("http_400", True, "短信平台拒收（http_400）"),
        ("http_500", False, "短信平台出错（http_500）"),
    ],
)
def test_reason_is_said_in_words(code: str, refused: bool, words: str) -> None:
    assert reason_in_words(code, refused=refused) == words
