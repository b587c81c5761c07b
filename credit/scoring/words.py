"""What scoring's deeds are called in the trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

AUDIT_WORDS = {
    "scoring.card_proposed": _("提出评分卡"),
    "scoring.card_changed": _("改评分卡草稿"),
    "scoring.card_approved": _("批准评分卡"),
    "scoring.card_activated": _("启用评分卡"),
    "scoring.card_retired": _("停用评分卡"),
    "scoring.panel_called": _("召集邻里评议"),
    "scoring.panel_changed": _("改评议人或日子"),
    "scoring.panel_opened": _("开始评议"),
    "scoring.panel_rated": _("评议打分"),
    "scoring.panel_recused": _("有关系，不评"),
    "scoring.panel_closed": _("评议结束，算出结果"),
    "scoring.panel_cancelled": _("取消评议"),
    "scoring.score_ended": _("授权结束，评分停用"),
    "scoring.scored_first": _("本人要求，马上评分"),
    "scoring.rescored": _("重新评分"),
    "scoring.override_proposed": _("提出人工调整"),
    "scoring.override_confirmed": _("复核同意人工调整"),
    "scoring.override_rejected": _("不同意人工调整"),
    "scoring.override_revoked": _("撤销人工调整"),
    "scoring.objection_raised": _("本人提出评分异议"),
    "scoring.objection_withdrawn": _("本人撤回评分异议"),
    "scoring.objection_stated": _("本人写下说明"),
    "scoring.objection_upheld": _("评分异议成立，已更正"),
    "scoring.objection_rejected": _("评分异议没有改"),
}
