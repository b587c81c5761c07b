"""App set-up."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembershipConfig(AppConfig):
    """Who belongs and who may act: unions, co-operatives, members, households, officers, joining."""

    name = "cooperative.membership"
    verbose_name = _("成员")

    def ready(self) -> None:
        """Declare the figures, and who needs a second factor."""
        from cooperative.membership import parameters

        parameters.register()
