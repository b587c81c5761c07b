"""The audit actions of accounts in words."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "account.created": _("建立账号"),
    "account.signed_in": _("登录"),
    "account.sign_in_failed": _("登录未成功"),
    "account.locked": _("连续填错，锁定"),
    "account.unlocked": _("解锁"),
    "account.session_ended": _("退出登录"),
    "account.password_set": _("设置密码"),
    "account.password_reset": _("设临时密码"),
    "account.phone_changed": _("更换手机号"),
    "account.second_step_set": _("设置两步验证"),
    "account.second_step_reset": _("重设两步验证"),
    "account.recovery_code_used": _("使用恢复码"),
    "account.recovery_codes_renewed": _("更换恢复码"),
    "account.closed": _("停用账号"),
    "account.reopened": _("恢复账号"),
}
