"""App set-up."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FarmingConfig(AppConfig):
    """Production facts: plots, season plans, assets, yearly income."""

    name = "cooperative.farming"
    verbose_name = _("生产")

    def ready(self) -> None:
        """Register with the apps below: words, notices, files, to-dos, personal data, rosters."""
        from cooperative.farming import registrations

        registrations.register()
