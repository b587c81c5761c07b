"""Which passwords are too easy, said in our own words."""

from __future__ import annotations

from django.contrib.auth import password_validation as django
from django.utils.translation import gettext as _


class LongEnough(django.MinimumLengthValidator):
    """At least ``min_length`` characters."""

    def get_error_message(self) -> str:
        return _("密码太短，至少要 %(count)s 位。") % {"count": self.min_length}


class NotLikeTheAccount(django.UserAttributeSimilarityValidator):
    """Not the number, the sign-in name or the name with a letter changed."""

    def __init__(self) -> None:
        super().__init__(user_attributes=("username", "name", "phone"))

    def get_error_message(self) -> str:
        return _("密码和您的手机号、登录名或姓名太像，容易被猜到。")


class NotCommon(django.CommonPasswordValidator):
    """None of the twenty thousand that everybody tries first."""

    def get_error_message(self) -> str:
        return _("很多人用这个密码，容易被猜到。请换一个。")


class NotOnlyDigits(django.NumericPasswordValidator):
    """Birthdays and numbers are guessed first."""

    def get_error_message(self) -> str:
        return _("密码不能全是数字，请加几个字母。")
