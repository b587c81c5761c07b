"""App set-up."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    """Foundation without a domain word."""

    name = "core"
    verbose_name = _("系统")
