"""App set-up."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LendingConfig(AppConfig):
    """Mutual loans between named members of one union."""

    name = "credit.lending"
    verbose_name = _("互助借款")

    def ready(self) -> None:
        """Register with the apps below: figures, words, notices, waiting lines, personal data."""
        from credit.lending import registrations

        registrations.register()
