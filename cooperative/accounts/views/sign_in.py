"""Members: the number, then the code; or a password. Signing out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from cooperative.accounts import codes, sessions
from cooperative.accounts.forms import CodeForm, PasswordForm, PhoneForm
from cooperative.accounts.services import signing_in
from cooperative.accounts.services.signing_in import SIGN_IN
from cooperative.accounts.views.common import show
from core.access import public, signed_in
from core.address import address_of
from core.errors import Refused


@never_cache
@require_http_methods(["GET", "POST"])
@public
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for the number and send a code to it, whether it is known or not."""
    next_page = sessions.safe_next(request)
    if request.user.is_authenticated:
        return redirect(next_page or resolve_url("home"))
    form = PhoneForm(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            name = signing_in.ask_for_code(
                phone=form.cleaned_data["phone"],
                address=address_of(request),
                at=timezone.now(),
            )
        except Refused as refused:
            refusal = refused
        else:
            sessions.remember_challenge(request, SIGN_IN, name, next_page)
            return redirect("sign_in_code")
    password_url = resolve_url("sign_in_password")
    if next_page:
        password_url += "?" + urlencode({"next": next_page})
    return show(request, "sign_in", form, refusal, next=next_page, password_url=password_url)


@never_cache
@require_http_methods(["GET", "POST"])
@public
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code; the right one signs in."""
    if request.user.is_authenticated:
        return redirect("home")
    at, kept = timezone.now(), sessions.challenge_of(request, SIGN_IN)
    asked = codes.challenge(kept["name"], purpose=SIGN_IN)
    if asked is None:
        return redirect("sign_in")
    form = CodeForm(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            user = signing_in.prove_by_code(
                challenge=kept["name"],
                code=form.cleaned_data["code"],
                address=address_of(request),
                at=at,
            )
        except Refused as refused:
            refusal = refused
        else:
            sessions.forget_challenge(request, SIGN_IN)
            sessions.enter(request, user, method="code", at=at)
            return redirect(kept["next"] or resolve_url("home"))
    wait = asked.wait(at=at)
    return show(request, "sign_in_code", form, refusal, field="code", asked=asked, wait=wait)


@require_POST
@public
def sign_in_resend(request: HttpRequest) -> HttpResponse:
    """Send another code to the same number."""
    kept = sessions.challenge_of(request, SIGN_IN)
    asked = codes.challenge(kept["name"], purpose=SIGN_IN)
    if asked is None:
        return redirect("sign_in")
    try:
        name = signing_in.ask_for_code(
            phone=asked.phone, address=address_of(request), at=timezone.now()
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        sessions.remember_challenge(request, SIGN_IN, name, kept["next"])
        messages.success(request, _("新的验证码已经发出，旧的作废。"))
    return redirect("sign_in_code")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@public
def sign_in_password(request: HttpRequest) -> HttpResponse:
    """Sign in by number and password."""
    next_page = sessions.safe_next(request)
    if request.user.is_authenticated:
        return redirect(next_page or resolve_url("home"))
    form = PasswordForm(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        try:
            user = signing_in.prove_by_password(
                request=request, **form.cleaned_data, address=address_of(request), at=at
            )
        except Refused as refused:
            refusal = refused
        else:
            sessions.enter(request, user, method="password", at=at)
            return redirect(next_page or resolve_url("home"))
    return show(request, "sign_in_password", form, refusal, field="password", next=next_page)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ask once, then end this session."""
    if request.method == "POST":
        sessions.leave(request, at=timezone.now())
        messages.success(request, _("您已退出。"))
        return redirect("home")
    return render(request, "accounts/sign_out.html", {"tab": "me"})
