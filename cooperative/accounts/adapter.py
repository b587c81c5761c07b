"""How django-allauth is told about our accounts: phone numbers, sealed secrets, no e-mail."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from cooperative.accounts.models import User
from core.crypto import seal, unseal


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Phone numbers live on the account; messages and pages are our own."""

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        """The number and whether its owner proved to hold it."""
        return (user.phone, user.phone_verified_at is not None) if user.phone else None

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        """Set a number that was checked before."""
        user.set_phone(phone, verified_at=timezone.now() if verified else None)
        user.save(update_fields=["phone", "phone_index", "phone_verified_at"])

    def set_phone_verified(self, user: Any, phone: str) -> None:
        """The same, proven."""
        self.set_phone(user, phone, verified=True)

    def get_user_by_phone(self, phone: str) -> User | None:
        """The account of a number."""
        return User.objects.with_phone(phone)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts begin with a phone code on our own pages, nowhere else."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Silent: our pages say what happened in our own words."""

    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        """Silent: there are no e-mail addresses."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Silent: there are no e-mail addresses."""


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticators are sealed in the database; the issuer is our name."""

    def encrypt(self, text: str) -> str:
        """Seal under the newest field key."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open what ``encrypt`` made."""
        return unseal(encrypted_text)

    def get_totp_label(self, user: Any) -> str:
        """The line an authenticator app shows."""
        return str(user.username or user.pk)

    def get_totp_issuer(self) -> str:
        """Above that line."""
        return _("三位一体合作平台")
