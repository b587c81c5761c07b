"""The purposes and kinds of data that this app itself knows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cooperative.consent.rules.purposes import (
    DataCategory,
    Purpose,
    register_category,
    register_purpose,
)
from core.audit_words import register_words

SCORING = "scoring"
AWARD_POSTING = "award_posting"
JOINT_PURCHASING = "joint_purchasing"

PURPOSES = [
    Purpose(SCORING, _("信用评议"), "union"),
    Purpose(JOINT_PURCHASING, _("联合社农资采购"), "federation"),
    Purpose(AWARD_POSTING, _("村里张榜表扬"), "union"),
    Purpose("member_page", _("查看成员资料"), needs_consent=False),
    Purpose("reveal_identity", _("查看完整证件号码"), needs_consent=False),
    Purpose("reveal_phone", _("查看完整手机号"), needs_consent=False),
    Purpose("admission", _("办理入会"), needs_consent=False),
    Purpose("roster", _("核对名册"), needs_consent=False),
    Purpose("fact_check", _("核实生产情况"), needs_consent=False),
    Purpose("data_request", _("办理您的资料请求"), needs_consent=False),
    Purpose("paper_consent", _("核对纸面授权"), needs_consent=False),
    Purpose("own_export", _("导出自己的资料"), needs_consent=False),
]

CATEGORIES = [
    DataCategory("name", _("姓名")),
    DataCategory("identity", _("身份和联系方式")),
    DataCategory("village", _("所在的村")),
    DataCategory("identity_number", _("证件号码"), is_sensitive=True),
    DataCategory("phone", _("手机号")),
    DataCategory("household", _("家庭户")),
    DataCategory("membership", _("会籍")),
    DataCategory("crop", _("种什么、种多少亩")),
    DataCategory("land", _("承包和流转的地")),
    DataCategory("assets", _("农机和其他资产")),
    DataCategory("income", _("每年的收入"), is_sensitive=True),
    DataCategory("supply", _("和合作社的供销往来")),
    DataCategory("repayment", _("还款情况"), is_sensitive=True),
    DataCategory("consents", _("授权和查看记录")),
    DataCategory("messages", _("收到的消息")),
    DataCategory("all", _("全部资料"), is_sensitive=True),
]


DEEDS = {
    "consent.given": _("给出授权"),
    "consent.withdrawn": _("授权结束"),
    "paper_consent.recorded": _("登记纸面授权"),
    "paper_consent.confirmed": _("复核通过，授权生效"),
    "paper_consent.rejected": _("复核没有通过"),
    "paper_consent.taken_back": _("收回登记"),
    "consent_sheet.issued": _("打印授权书"),
    "consent_text.shipped": _("随程序装入第一版"),
    "consent_text.proposed": _("写新的一版"),
    "consent_text.published": _("发布"),
    "data_request.opened": _("本人提出"),
    "data_request.withdrawn": _("本人撤回"),
    "data_request.answered": _("书面答复"),
    "data_request.confirmed": _("复核通过"),
    "data_request.returned": _("退回重写"),
    "member.erased": _("按本人要求删除资料"),
    "my_data.exported": _("本人导出资料"),
    "document.issued": _("出具文件"),
}


def register() -> None:
    """Declare them; called once from ``AppConfig.ready``."""
    register_words(DEEDS)
    for purpose in PURPOSES:
        register_purpose(purpose)
    for category in CATEGORIES:
        register_category(category)
