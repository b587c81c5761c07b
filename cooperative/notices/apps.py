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
        from cooperative.accounts.codes import register_code_sender
        from cooperative.notices.checks import sms_really_sent, sms_settings
        from cooperative.notices.kinds import register_kind
        from cooperative.notices.senders import send_now
        from cooperative.notices.words import ACTIONS
        from core.audit_words import register_words

        register_code_sender(send_now)
        checks.register(sms_settings)
        checks.register(sms_really_sent, deploy=True)
        register_words(ACTIONS)
        register_kind("notices.welcome", _("欢迎"))
        register_kind("notices.office", _("办公室通知"), sms=True)
