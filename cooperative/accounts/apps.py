"""App set-up."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Who signs in: accounts, phone codes, second factors, sessions."""

    name = "cooperative.accounts"
    verbose_name = _("账号")

    def ready(self) -> None:
        """Put the audit actions in words; name what is sealed outside a sealed field."""
        from cooperative.accounts import second_factor
        from cooperative.accounts.words import WORDS
        from core.audit_words import register_words
        from core.crypto import register_resealer

        register_words(WORDS)
        register_resealer("authenticators", second_factor.reseal)
