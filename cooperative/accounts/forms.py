"""What is asked for when signing in, and on the page 我的."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from core.phone import PhoneProblem, check_mobile, half_width

_PHONE_PROBLEMS = {
    "length": _("手机号是 11 位数字，请再看一遍。"),
    "characters": _("这不像手机号，请再看一遍。"),
}


class PhoneField(forms.CharField):
    """A mobile number, cleaned to its 11 digits."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("手机号"))
        kwargs.setdefault("error_messages", {"required": _("请填手机号。")})
        super().__init__(
            widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
            max_length=24,
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        """The 11 digits."""
        text = super().clean(value)
        try:
            return check_mobile(text)
        except PhoneProblem as problem:
            raise forms.ValidationError(_PHONE_PROBLEMS[problem.code], problem.code) from problem


class CodeField(forms.CharField):
    """A code of 6 digits, however it was typed; with ``lengths`` also others."""

    def __init__(self, *, lengths: tuple[int, ...] = (6,), **kwargs: Any) -> None:
        self.lengths = lengths
        kwargs.setdefault("label", _("验证码"))
        kwargs.setdefault("error_messages", {"required": _("请填验证码。")})
        super().__init__(
            widget=forms.TextInput(
                attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "code"}
            ),
            max_length=20,
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        """The digits."""
        code = half_width(super().clean(value))
        if not (code.isascii() and code.isdigit() and len(code) in self.lengths):
            raise forms.ValidationError(_("验证码是 6 位数字。"), "digits")
        return code


def password_field(**kwargs: Any) -> forms.CharField:
    """A password of an account that exists."""
    return forms.CharField(
        label=kwargs.pop("label", _("密码")),
        strip=False,
        max_length=128,
        error_messages={"required": _("请填密码。")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", **kwargs}),
    )


class PhoneForm(forms.Form):
    """The one question of the first screen."""

    phone = PhoneField()


class CodeForm(forms.Form):
    """The one question of the second."""

    code = CodeField()


class PasswordForm(forms.Form):
    """Signing in by number and password."""

    phone = PhoneField()
    password = password_field()


class OfficerForm(forms.Form):
    """The first of an officer's two steps."""

    username = forms.CharField(
        label=_("登录名"),
        max_length=40,
        error_messages={"required": _("请填登录名。")},
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = password_field()


class SecondStepForm(forms.Form):
    """The code of the authenticator, or a recovery code of 8 digits."""

    code = CodeField(lengths=(6, 8))


class ConfirmPasswordForm(forms.Form):
    """Proving again who one is."""

    password = password_field()


class NewPasswordForm(forms.Form):
    """A password to sign in with, typed twice."""

    password = forms.CharField(
        label=_("新密码"),
        strip=False,
        max_length=128,
        error_messages={"required": _("请填新密码。")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("再填一遍"),
        strip=False,
        max_length=128,
        error_messages={"required": _("请再填一遍。")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """As the validators of the settings want it, and not the one there was."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        if self.user.has_usable_password() and self.user.check_password(password):
            raise forms.ValidationError(_("新密码和原来的一样，请换一个。"), "same")
        return password

    def clean(self) -> None:
        """Both the same."""
        given = self.cleaned_data
        if "password" in given and "again" in given and given["password"] != given["again"]:
            self.add_error("again", _("两次填的不一样。"))
