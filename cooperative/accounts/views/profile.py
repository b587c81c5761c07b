"""The page 我的, the password, the number, proving again who one is."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cooperative.accounts import codes, lockout, second_factor, sessions
from cooperative.accounts.authority import profile_sections
from cooperative.accounts.forms import (
    CodeForm,
    ConfirmPasswordForm,
    NewPasswordForm,
    PhoneForm,
    SecondStepForm,
)
from cooperative.accounts.models import User
from cooperative.accounts.services import account, signing_in
from cooperative.accounts.services.account import CHANGE_PHONE, CONFIRM
from cooperative.accounts.services.sessions import end_sessions
from cooperative.accounts.views.common import confirmed_recently, show
from core.access import signed_in
from core.address import address_of
from core.errors import Refused


@require_safe
@signed_in
def me(request: HttpRequest) -> HttpResponse:
    """我的: who I am, what is mine, how I sign in."""
    context = {
        "sections": profile_sections(request.user),
        "has_password": request.user.has_usable_password(),
        "has_second_step": second_factor.authenticator_of(request.user) is not None,
        "tab": "me",
    }
    return render(request, "accounts/me.html", context)


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
@signed_in
@confirmed_recently
def password(request: HttpRequest) -> HttpResponse:
    """Set a password; every other session of the account ends."""
    form = NewPasswordForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        user = account.set_password(
            user=request.user, password=form.cleaned_data["password"], by=request.user, at=at
        )
        update_session_auth_hash(request, user)
        end_sessions(user=user, by=user, at=at, keep=request.session.session_key)
        sessions.note_session(request)
        messages.success(request, _("密码已保存，别的设备都已退出。"))
        return redirect("me")
    return show(request, "password", form, tab="me", had_one=request.user.has_usable_password())


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
@confirmed_recently
def change_phone(request: HttpRequest) -> HttpResponse:
    """Ask for the new number and send a code to it."""
    form = PhoneForm(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            _send_code(request, form.cleaned_data["phone"], CHANGE_PHONE)
        except Refused as refused:
            refusal = refused
        else:
            return redirect("change_phone_code")
    return show(request, "change_phone", form, refusal, tab="me")


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def change_phone_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code that the new number received."""
    kept, at = sessions.challenge_of(request, CHANGE_PHONE), timezone.now()
    asked = codes.challenge(kept["name"], purpose=CHANGE_PHONE)
    if asked is None:
        return redirect("change_phone")
    form = CodeForm(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        try:
            account.change_phone(user=request.user, challenge=kept["name"], code=code, at=at)
        except Refused as refused:
            refusal = refused
        else:
            sessions.forget_challenge(request, CHANGE_PHONE)
            messages.success(request, _("手机号已换好，下次用新号码登录。"))
            return redirect("me")
    context = {"asked": asked, "wait": asked.wait(at=at), "tab": "me"}
    return show(request, "change_phone_code", form, refusal, field="code", **context)


@require_POST
@signed_in
def change_phone_resend(request: HttpRequest) -> HttpResponse:
    """Send another code to the new number."""
    kept = sessions.challenge_of(request, CHANGE_PHONE)
    asked = codes.challenge(kept["name"], purpose=CHANGE_PHONE)
    if asked is None:
        return redirect("change_phone")
    try:
        _send_code(request, asked.phone, CHANGE_PHONE)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("新的验证码已经发出，旧的作废。"))
    return redirect("change_phone_code")


def _send_code(request: HttpRequest, phone: str, purpose: str, next_page: str = "") -> None:
    name = codes.send_code(
        phone=phone, purpose=purpose, address=address_of(request), at=timezone.now()
    )
    sessions.remember_challenge(request, purpose, name, next_page)


def way_to_confirm(user: User) -> str:
    """How this account proves again who it is: ``app``, ``code`` or ``password``."""
    if second_factor.authenticator_of(user) is not None:
        return "app"
    return "code" if user.phone else "password"


_CONFIRM_FORMS = {"app": SecondStepForm, "code": CodeForm, "password": ConfirmPasswordForm}


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@signed_in
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask to prove again who one is, before something that matters."""
    next_page, way = sessions.safe_next(request), way_to_confirm(request.user)
    kept, at = sessions.challenge_of(request, CONFIRM), timezone.now()
    asked = codes.challenge(kept["name"], purpose=CONFIRM)
    form = _CONFIRM_FORMS[way](request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            _prove_again(request, way, kept["name"], form.cleaned_data)
        except Refused as refused:
            refusal = refused
        else:
            sessions.forget_challenge(request, CONFIRM)
            sessions.confirm(request)
            return redirect(next_page or kept["next"] or resolve_url("me"))
    context = {"way": way, "asked": asked, "wait": asked.wait(at=at) if asked else 0, "tab": "me"}
    field = "password" if way == "password" else "code"
    context["next"] = next_page or kept["next"]
    return show(request, "confirm", form, refusal, field=field, **context)


def _prove_again(request: HttpRequest, way: str, challenge: str, given: dict[str, str]) -> None:
    who, address, at = request.user, address_of(request), timezone.now()
    if way == "app":
        signing_in.prove_second_step(user=who, code=given["code"], address=address, at=at)
    elif way == "code":
        account.confirm_by_code(
            user=who, challenge=challenge, code=given["code"], address=address, at=at
        )
    else:
        account.confirm_by_password(user=who, password=given["password"], address=address, at=at)


@require_POST
@signed_in
def confirm_send(request: HttpRequest) -> HttpResponse:
    """Send a code to one's own number, to prove again who one is."""
    if not request.user.phone:
        return redirect("confirm")
    next_page = sessions.safe_next(request) or sessions.challenge_of(request, CONFIRM)["next"]
    try:
        key, address = lockout.key_of_phone(request.user.phone), address_of(request)
        lockout.check_may_try(key, address=address, at=timezone.now())
        _send_code(request, request.user.phone, CONFIRM, next_page)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("confirm")
