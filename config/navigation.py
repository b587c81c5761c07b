"""The sidebar of the officers' panel: each line is shown to whoever may open it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cooperative.membership.access import can_anywhere
from core.dates import today

# (title, icon of Material Symbols, url name, permission)
_Line = tuple[str | Promise, str, str, str]

SECTIONS: list[tuple[str | Promise, list[_Line]]] = [
    (
        _("入会与成员"),
        [
            (_("入会申请与会籍"), "how_to_reg", "membership_membership", "membership.view"),
            (_("入会表决"), "how_to_vote", "membership_ballot", "ballot.view"),
            (_("成员"), "person", "membership_member", "member.view"),
            (_("家庭户"), "home", "membership_household", "household.view"),
            (_("名册导入"), "upload_file", "membership_roster", "roster.view"),
            (_("生产情况"), "grass", "farming_queuedfact", "fact.view"),
        ],
    ),
    (
        _("互助借款"),
        [
            (_("借款申请"), "front_hand", "lending_loanrequest", "loan.view"),
            (_("邀请与回话"), "group_add", "lending_pledge", "loan.view"),
            (_("余钱登记"), "savings", "lending_sparemoney", "loan.view"),
            (_("借款"), "contract", "lending_loan", "loan.view"),
            (_("出借份额"), "call_split", "lending_share", "loan.view"),
            (_("还款"), "payments", "lending_repayment", "loan.view"),
            (_("展期"), "event_repeat", "lending_extension", "loan.view"),
            (_("追款费用"), "request_quote", "lending_cost", "loan.view"),
            (_("核销"), "remove_circle", "lending_writeoff", "loan.view"),
            (_("每日数字"), "monitoring", "lending_unionday", "loan.view"),
            (_("报价利率"), "percent", "lending_lprrate", "loan.view"),
        ],
    ),
    (
        _("信用评分"),
        [
            (_("评分"), "speed", "scoring_score", "score.view"),
            (_("评分异议"), "gavel", "scoring_objection", "score.view"),
            (_("人工调整"), "edit_note", "scoring_override", "score.view"),
            (_("邻里评议"), "groups", "scoring_panelreview", "score.view"),
            (_("评分卡"), "rule_settings", "scoring_scorecard", "score.view"),
        ],
    ),
    (
        _("授权与个人信息"),
        [
            (_("资料请求"), "rule", "consent_datarequest", "data_request.view"),
            (_("授权"), "handshake", "consent_consent", "consent.view"),
            (_("纸面授权"), "draw", "consent_paperconsent", "consent.view"),
            (_("查看记录"), "visibility", "consent_disclosure", "disclosure.view"),
            (_("授权说明"), "description", "consent_consenttext", "consent.view"),
            (_("接收方"), "domain", "consent_recipient", "consent.view"),
        ],
    ),
    (
        _("组织"),
        [
            (_("工会"), "account_tree", "membership_union", "union.view"),
            (_("合作社"), "agriculture", "membership_cooperative", "cooperative.view"),
            (_("账号"), "manage_accounts", "accounts_user", "account.unlock"),
            (_("岗位"), "badge", "membership_post", "post.view"),
            (_("规则参数"), "tune", "core_parameter", "parameter.view"),
        ],
    ),
    (
        _("记录"),
        [
            (_("往来记账"), "menu_book", "ledger_entry", "ledger.view"),
            (_("短信发送"), "sms", "notices_delivery", "notice.view"),
            (_("消息"), "mail", "notices_notice", "notice.view"),
            (_("后台任务"), "pending_actions", "core_jobrun", "job.view"),
            (_("操作记录"), "history", "core_auditrow", "audit.view"),
        ],
    ),
]


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The sections as django-unfold wants them, without what this officer may not open."""
    sections = []
    for title, lines in SECTIONS:
        items = [
            {"title": label, "icon": icon, "link": reverse(f"admin:{name}_changelist")}
            for label, icon, name, permission in lines
            if can_anywhere(request.user, permission, today())
        ]
        if items:
            sections.append({"title": title, "separator": True, "items": items})
    return sections
