"""Lending's audit actions in words."""

from django.utils.translation import gettext_lazy as _

AUDIT_WORDS = {
    # the reference rate
    "lending.lpr_shipped": _("随程序登记报价利率"),
    "lending.lpr_proposed": _("登记报价利率"),
    "lending.lpr_corrected": _("改正报价利率"),
    "lending.lpr_confirmed": _("复核报价利率"),
    # before there is a contract
    "lending.spare_registered": _("登记余钱"),
    "lending.spare_changed": _("修改余钱"),
    "lending.spare_withdrawn": _("撤下余钱"),
    "lending.request_submitted": _("提交借款申请"),
    "lending.request_resubmitted": _("改好再提交"),
    "lending.request_withdrawn": _("撤回借款申请"),
    "lending.request_returned": _("退回修改"),
    "lending.request_refused": _("没有办成"),
    "lending.request_proposed": _("提请复核召集"),
    "lending.request_convened": _("开始召集"),
    "lending.request_covered": _("已经凑齐"),
    "lending.request_uncovered": _("又差一部分"),
    "lending.request_approved": _("复核同意召集"),
    "lending.convening_returned": _("复核退回"),
    "lending.request_expired": _("申请过期"),
    "lending.invited": _("邀请出借"),
    "lending.pledged": _("答应出借"),
    "lending.pledge_declined": _("这次不借"),
    "lending.pledge_released": _("收回答应"),
    "lending.invitation_cancelled": _("取消邀请"),
}
