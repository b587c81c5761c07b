"""App set-up."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScoringConfig(AppConfig):
    """Credit scores of members: indicators, scorecards, nightly scoring."""

    name = "credit.scoring"
    verbose_name = _("信用评分")

    def ready(self) -> None:
        """Register what the apps below know of a member, and the nightly run."""
        from credit.scoring import registrations

        registrations.register()
