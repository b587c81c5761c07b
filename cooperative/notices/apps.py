"""App set-up."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    """Messages to members: in the site and by SMS."""

    name = "cooperative.notices"
    verbose_name = _("消息")
