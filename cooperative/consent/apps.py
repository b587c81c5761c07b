"""App set-up."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsentConfig(AppConfig):
    """What a member allowed, who looked, and a member's rights over their own data."""

    name = "cooperative.consent"
    verbose_name = _("授权与个人信息")
