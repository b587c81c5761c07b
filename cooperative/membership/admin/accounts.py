"""Accounts in the officers' panel: unlocked, freed of a lost second step, closed, opened again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.password_validation import validate_password
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from cooperative.accounts import second_factor
from cooperative.accounts.authority import accounts_within_reach
from cooperative.accounts.lockout import minutes_locked
from cooperative.accounts.models import User
from cooperative.accounts.services import help as helping
from cooperative.membership.panel import Deed, OfficerAdmin
from core.audit_words import actor_name
from core.masking import mask_phone


def _locked_for(user: User) -> int:
    return minutes_locked(user, at=timezone.now())


def _unlock(user: User, _answers: dict[str, Any], by: Any, at: Any) -> None:
    helping.unlock(user=user, by=by, at=at)


def _reset(user: User, _answers: dict[str, Any], by: Any, at: Any) -> None:
    helping.reset_second_step(user=user, by=by, at=at)


def _close(user: User, _answers: dict[str, Any], by: Any, at: Any) -> None:
    helping.close(user=user, by=by, at=at)


def _reopen(user: User, _answers: dict[str, Any], by: Any, at: Any) -> None:
    helping.reopen(user=user, by=by, at=at)


def _create(_row: None, answers: dict[str, Any], by: Any, at: Any) -> None:
    helping.create_officer(**answers, by=by, at=at)


def _set_password(user: User, answers: dict[str, Any], by: Any, at: Any) -> None:
    helping.set_temporary_password(user=user, **answers, by=by, at=at)


class TemporaryPasswordForm(forms.Form):
    """A password that its owner must change at the first sign-in."""

    password = forms.CharField(
        label=_("临时密码"),
        max_length=128,
        help_text=_("至少 10 位，不能全是数字。当面告诉本人，第一次登录时必须换掉。"),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )

    def clean_password(self) -> str:
        """As the validators of the settings want it."""
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


class NewOfficerForm(TemporaryPasswordForm):
    """Who the new officer is."""

    field_order = ("username", "name", "password")
    username = forms.RegexField(
        r"^[a-z][a-z0-9._-]{2,39}$",
        label=_("登录名"),
        help_text=_("小写字母开头，3 到 40 位，可以有数字。"),
        error_messages={"invalid": _("登录名要用小写字母开头，3 到 40 位。")},
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(label=_("姓名"), max_length=60, widget=UnfoldAdminTextInputWidget)


@admin.register(User)
class UserAdmin(OfficerAdmin):
    """Accounts of the members and officers whom this administrator may help."""

    view_permission = "account.unlock"
    union_lookup = None
    list_display = ("shown_name", "username", "shown_phone", "shown_state", "last_login")
    list_filter = ("is_active",)
    search_fields = ("username", "name")
    ordering = ("-last_login", "-pk")
    fields = (
        "shown_name",
        "username",
        "shown_phone",
        "phone_verified_at",
        "words_of_state",
        "shown_second_step",
        "last_login",
        "created_at",
    )
    readonly_fields = fields
    deeds = (
        Deed(
            "create-officer",
            _("新建干部账号"),
            "account.unlock",
            lambda row: _("建好账号后，再到“岗位”里任命，由另一位管理员复核后生效。"),
            _create,
            _("账号已建好，可以去任命岗位了。"),
            form=NewOfficerForm,
            on_row=False,
        ),
        Deed(
            "unlock",
            _("解锁"),
            "account.unlock",
            lambda user: _("这个账号因连续填错被锁定，解锁后可以马上再试。"),
            _unlock,
            _("已解锁。"),
            offered=lambda user: _locked_for(user) > 0,
        ),
        Deed(
            "reset-second-step",
            _("重设两步验证"),
            "account.unlock",
            lambda user: _(
                "取消现在的身份验证器和恢复码，并让所有设备退出。本人下次登录时重新设置。请先当面确认是本人。"
            ),
            _reset,
            _("已取消，本人下次登录时重新设置。"),
            offered=lambda user: second_factor.authenticator_of(user) is not None,
            dangerous=True,
        ),
        Deed(
            "temporary-password",
            _("设临时密码"),
            "account.unlock",
            lambda user: _("原来的密码作废，所有设备退出。请先当面确认是本人。"),
            _set_password,
            _("临时密码已设好。"),
            form=TemporaryPasswordForm,
            offered=lambda user: bool(user.username),
            dangerous=True,
        ),
        Deed(
            "close",
            _("停用账号"),
            "account.unlock",
            lambda user: _("所有设备马上退出，也不能再登录。会籍和记录不受影响。"),
            _close,
            _("账号已停用。"),
            offered=lambda user: user.is_active,
            dangerous=True,
        ),
        Deed(
            "reopen",
            _("恢复账号"),
            "account.unlock",
            lambda user: _("本人可以重新登录。"),
            _reopen,
            _("账号已恢复。"),
            offered=lambda user: not user.is_active,
        ),
    )

    def bounded(self, rows: models.QuerySet[Any], request: HttpRequest) -> models.QuerySet[Any]:
        """The accounts within reach."""
        return rows.filter(pk__in=accounts_within_reach(request.user).values("pk"))

    def title_of(self, row: User) -> str:
        return self.shown_name(row)

    @display(description=_("姓名"), ordering="name")
    def shown_name(self, user: User) -> str:
        """An officer's name; a member's masked, whom the masked phone tells apart."""
        return actor_name(user) or f"#{user.pk}"

    @display(description=_("手机号"))
    def shown_phone(self, user: User) -> str:
        """Masked: nobody needs the whole number to unlock an account."""
        return mask_phone(user.phone) if user.phone else "–"

    @display(
        description=_("状态"),
        label={"open": "success", "locked": "warning", "closed": "danger"},
    )
    def shown_state(self, user: User) -> tuple[str, Any]:
        """May sign in, locked for some minutes, closed."""
        if not user.is_active:
            return "closed", _("已停用")
        minutes = _locked_for(user)
        if minutes:
            return "locked", _("锁定，还有 %(minutes)s 分钟") % {"minutes": minutes}
        return "open", _("正常")

    @display(description=_("状态"))
    def words_of_state(self, user: User) -> Any:
        """The state without its colour: a page shows a pair as Python does."""
        return self.shown_state(user)[1]

    @display(description=_("两步验证"))
    def shown_second_step(self, user: User) -> Any:
        """Whether an authenticator is set up."""
        return _("已设") if second_factor.authenticator_of(user) else _("未设")
