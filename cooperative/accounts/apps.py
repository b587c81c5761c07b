"""App set-up."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Who signs in: accounts, phone codes, second factors, sessions."""

    name = "cooperative.accounts"
    verbose_name = _("账号")

    def ready(self) -> None:
        """Put the audit actions in words."""
        from cooperative.accounts.words import WORDS
        from core.audit_words import register_words

        register_words(WORDS)
