"""Membership's audit actions in words."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "membership.applied": _("提交入会申请"),
    "membership.withdrawn": _("撤回入会申请"),
    "membership.admitted": _("入会"),
    "membership.rejected": _("入会未通过"),
    "membership.suspended": _("暂停会籍"),
    "membership.resumed": _("恢复会籍"),
    "membership.left": _("退会"),
    "ballot.recorded": _("录入表决结果"),
    "ballot.returned": _("退回表决结果"),
    "member.claimed": _("本人认领名册登记"),
    "member.household": _("调整家庭户"),
    "member.phone": _("更正手机号"),
    "household.founded": _("登记家庭户"),
    "panel.exported": _("导出表格"),
    "union.founded": _("成立工会"),
    "cooperative.registered": _("登记合作社"),
    "post.appointed": _("提出任命"),
    "post.confirmed": _("复核任命"),
    "post.founded": _("首任管理员"),
    "post.ended": _("结束任职"),
    "parameter.proposed": _("提出新数值"),
    "parameter.confirmed": _("数值复核生效"),
    "parameter.shipped": _("随程序登记"),
}
