"""The house as an app, for its commands."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HouseConfig(AppConfig):
    """Wiring: settings, addresses, the officers' panel, the demo."""

    name = "config"
    verbose_name = _("系统配置")
