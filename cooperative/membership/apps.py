"""App set-up."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembershipConfig(AppConfig):
    """Who belongs and who may act: unions, co-operatives, members, households, officers, joining."""

    name = "cooperative.membership"
    verbose_name = _("成员")

    def ready(self) -> None:
        """Tell the apps below what they need to know of membership."""
        from cooperative.membership import registrations

        registrations.register()
