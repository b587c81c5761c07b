"""App set-up."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    """Messages to members: in the site and by SMS."""

    name = "cooperative.notices"
    verbose_name = _("消息")

    def ready(self) -> None:
        """Make the settings' checks and the kinds of this app known, take sign-in codes along."""
        from cooperative.notices.checks import sms_really_sent, sms_settings
        from cooperative.notices.kinds import register_kind

        checks.register(sms_settings)
        checks.register(sms_really_sent, deploy=True)
        register_kind("notices.welcome", _("欢迎"))
        register_kind("notices.office", _("办公室通知"), sms=True)
