"""App set-up."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    """Double-entry records of what moved between named parties."""

    name = "cooperative.ledger"
    verbose_name = _("台账")
