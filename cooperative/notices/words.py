"""Why an SMS did not go out, in words for officers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

ACTIONS = {"notice.retried": _("重发短信")}

_REASONS = {
    "timeout": _("短信平台没有及时回答"),
    "unreachable": _("连不上短信平台"),
    "broken_connection": _("和短信平台的连接断了"),
    "unreadable_answer": _("短信平台的回答看不懂"),
    "interrupted": _("每次都在发送中途断了"),
    "erased": _("已按本人要求删除"),
    "http_401": _("短信平台不认我们的密钥"),
    "http_403": _("短信平台不认我们的密钥"),
    "http_404": _("短信平台的地址不对"),
    "http_429": _("短信平台说发得太快"),
    "http_503": _("短信平台暂停服务"),
}


def reason_in_words(code: str, *, refused: bool) -> str:
    """The reason of a failure; with its code where there are no words for it."""
    if not code:
        return ""
    if code in _REASONS:
        return str(_REASONS[code])
    if refused:
        return str(_("短信平台拒收（%(code)s）") % {"code": code})
    return str(_("短信平台出错（%(code)s）") % {"code": code})
