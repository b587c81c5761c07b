"""The account that signs in; who its owner is in the union is told by membership."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.crypto import BlindIndexField, SealedTextField, blind_index


class UserManager(BaseUserManager["User"]):
    """Finds accounts by phone or name."""

    def get_by_natural_key(self, username: str | None) -> User:
        """An officer's account by sign-in name."""
        return self.get(username=username)

    def with_phone(self, phone: str) -> User | None:
        """The account of a mobile number (11 digits), if there is one."""
        return self.filter(phone_index=phone_index(phone)).first()


def phone_index(phone: str) -> str:
    """Blind index of a mobile number."""
    return blind_index("phone", phone)


class User(AbstractBaseUser):
    """Signs in by phone and code (members) or by name, password and TOTP (officers).

    What a user may do is never stored here: it follows from membership and from the posts
    an officer holds.
    """

    username = models.CharField(_("登录名"), max_length=40, unique=True, null=True, blank=True)
    name = models.CharField(_("姓名"), max_length=60, blank=True)
    phone = SealedTextField(_("手机号"), blank=True, default="")
    phone_index = BlindIndexField(unique=True)
    phone_verified_at = models.DateTimeField(_("手机号核验时间"), null=True, blank=True)
    is_active = models.BooleanField(_("可以登录"), default=True)
    must_change_password = models.BooleanField(_("密码是临时的"), default=False)
    language = models.CharField(
        _("语言"),
        max_length=10,
        default="zh-hans",
        choices=[("zh-hans", "中文"), ("en", "English")],
    )
    large_type = models.BooleanField(_("大字"), default=False)
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        verbose_name = _("账号")
        verbose_name_plural = _("账号")
        constraints = [
            models.CheckConstraint(
                name="accounts_user_name_or_phone",
                condition=Q(username__isnull=False) | Q(phone_index__isnull=False),
                violation_error_message=_("账号要有登录名或手机号。"),
            ),
            models.CheckConstraint(
                name="accounts_user_phone_with_index",
                condition=Q(phone="", phone_index__isnull=True)
                | (~Q(phone="") & Q(phone_index__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username or f"#{self.pk}"

    def set_phone(self, phone: str, *, verified_at: Any = None) -> None:
        """Set number and index together; the caller saves."""
        self.phone = phone
        self.phone_index = phone_index(phone) if phone else None
        self.phone_verified_at = verified_at

    def get_full_name(self) -> str:
        """The name as the admin shows it."""
        return str(self)

    def get_short_name(self) -> str:
        """The name as the admin shows it."""
        return str(self)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Always no: permissions follow from posts, see ``cooperative.membership.access``."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        """Always no, like ``has_perm``."""
        return False
