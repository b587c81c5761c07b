"""Browsers in words."""

from __future__ import annotations

import pytest

from cooperative.accounts.devices import in_words, is_phone


@pytest.mark.parametrize(
    ("user_agent", "words", "phone"),
    [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 15_6 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.40",
            "苹果手机 · 微信",
            True,
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; HarmonyOS; NOH-AN00) AppleWebKit/537.36 "
            "Chrome/99.0 HuaweiBrowser/13.0 Mobile Safari/537.36",
            "鸿蒙手机 · 华为浏览器",
            True,
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120 "
            "Safari/537.36 Edg/120.0",
            "电脑 · 微软浏览器",
            False,
        ),
        ("curl/8.0", "没见过的设备", False),
        ("", "没见过的设备", False),
    ],
)
def test_browser_is_named_as_people_call_it(user_agent, words, phone):
    assert in_words(user_agent) == words
    assert is_phone(user_agent) is phone
