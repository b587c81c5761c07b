"""A browser in words, so that people recognise their own phone in a list."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

_DEVICES = (
    ("iPhone", gettext_noop("苹果手机")),
    ("iPad", gettext_noop("苹果平板")),
    ("OpenHarmony", gettext_noop("鸿蒙手机")),
    ("HarmonyOS", gettext_noop("鸿蒙手机")),
    ("Android", gettext_noop("安卓手机")),
    ("Macintosh", gettext_noop("苹果电脑")),
    ("Windows", gettext_noop("电脑")),
    ("Linux", gettext_noop("电脑")),
)
_BROWSERS = (
    ("MicroMessenger", gettext_noop("微信")),
    ("DingTalk", gettext_noop("钉钉")),
    ("MQQBrowser", gettext_noop("腾讯浏览器")),
    ("HuaweiBrowser", gettext_noop("华为浏览器")),
    ("MiuiBrowser", gettext_noop("小米浏览器")),
    ("HeyTapBrowser", gettext_noop("欧珀浏览器")),
    ("VivoBrowser", gettext_noop("维沃浏览器")),
    ("UCBrowser", gettext_noop("优视浏览器")),
    ("Edg", gettext_noop("微软浏览器")),
    ("Firefox", gettext_noop("火狐浏览器")),
    ("Chrome", gettext_noop("谷歌浏览器")),
    ("Safari", gettext_noop("苹果浏览器")),
)


def in_words(user_agent: str) -> str:
    """Device and browser as people call them: 安卓手机 · 微信."""
    device = _first(_DEVICES, user_agent) or _("没见过的设备")
    browser = _first(_BROWSERS, user_agent)
    return f"{device} · {browser}" if browser else device


def is_phone(user_agent: str) -> bool:
    """Whether it is held in the hand."""
    return any(mark in user_agent for mark in ("iPhone", "Android", "Harmony", "Mobile"))


def _first(table: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((_(name) for mark, name in table if mark in user_agent), "")
