"""Officers: name and password, then the authenticator; setting it up; recovery codes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cooperative.accounts import second_factor, sessions
from cooperative.accounts.forms import CodeForm, OfficerForm, SecondStepForm
from cooperative.accounts.models import User
from cooperative.accounts.services import account, signing_in
from cooperative.accounts.views.common import confirmed_recently, show
from core.access import public, signed_in
from core.address import address_of
from core.crypto import seal, unseal
from core.errors import Forbidden, Refused

_SECRET = "second_step_secret"  # noqa: S105 - the name of a session key
_SHOW_CODES = "show_recovery_codes"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@public
def officer_sign_in(request: HttpRequest) -> HttpResponse:
    """First step: name and password. Whoever has passed both already goes on."""
    next_page = sessions.safe_next(request)
    if request.user.is_authenticated and second_factor.gave_second_factor(request):
        if request.user.must_change_password:
            return redirect("password")
        if not second_factor.needs_second_factor(request.user):
            raise Forbidden(
                "no_post",
                _("您现在没有工会岗位。"),
                way_on=_("岗位由工会管理员安排、另一位干部确认。"),
            )
        return redirect(next_page or resolve_url("admin:index"))
    form = OfficerForm(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            user = signing_in.prove_officer(
                request=request,
                **form.cleaned_data,
                address=address_of(request),
                at=timezone.now(),
            )
        except Refused as refused:
            refusal = refused
        else:
            sessions.await_second_step(request, user, next_page)
            has_app = second_factor.authenticator_of(user) is not None
            return redirect("officer_second_step" if has_app else "officer_set_up")
    return show(request, "officer_sign_in", form, refusal, field="password", next=next_page)


@never_cache
@require_http_methods(["GET", "POST"])
@public
def officer_second_step(request: HttpRequest) -> HttpResponse:
    """Second step: the code of the authenticator, or a recovery code."""
    user, next_page = sessions.awaiting_second_step(request)
    if user is None:
        return redirect("officer_sign_in")
    if second_factor.authenticator_of(user) is None:
        return redirect("officer_set_up")
    form = SecondStepForm(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        try:
            kind = signing_in.prove_second_step(
                user=user,
                code=form.cleaned_data["code"],
                address=address_of(request),
                at=at,
            )
        except Refused as refused:
            refusal = refused
        else:
            sessions.forget_pending(request)
            sessions.enter(request, user, method="password", second_step=kind, at=at)
            return redirect(_after_signing_in(user, next_page))
    return show(request, "officer_second_step", form, refusal, field="code")


@never_cache
@require_http_methods(["GET", "POST"])
@public
def officer_set_up(request: HttpRequest) -> HttpResponse:
    """An officer without an authenticator sets one up before anything else."""
    user, next_page = sessions.awaiting_second_step(request)
    if user is None:
        return redirect("officer_sign_in")
    if second_factor.authenticator_of(user) is not None:
        return redirect("officer_second_step")
    return _set_up(request, user, next_page=next_page, first_time=True)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
@confirmed_recently
def change_second_step(request: HttpRequest) -> HttpResponse:
    """Move to another authenticator; the old one and its recovery codes end."""
    return _set_up(request, request.user, next_page="", first_time=False)


def _set_up(request: HttpRequest, user: User, *, next_page: str, first_time: bool) -> HttpResponse:
    secret = _secret(request)
    form = CodeForm(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        try:
            account.set_second_step(user=user, secret=secret, code=form.cleaned_data["code"], at=at)
        except Refused as refused:
            refusal = refused
        else:
            del request.session[_SECRET]
            if first_time:
                sessions.forget_pending(request)
                sessions.enter(request, user, method="password", second_step="totp", at=at)
            request.session[_SHOW_CODES] = _after_signing_in(user, next_page)
            return redirect("recovery_codes")
    address = second_factor.address_of(user, secret)
    context = {
        "key": " ".join(secret[n : n + 4] for n in range(0, len(secret), 4)),
        "address": address,
        "picture": second_factor.picture_of(address),
        "first_time": first_time,
    }
    return show(request, "second_step_set_up", form, refusal, field="code", **context)


def _after_signing_in(user: User, next_page: str) -> str:
    """The page wanted, or the panel; before anything else a password of one's own."""
    return (
        resolve_url("password")
        if user.must_change_password
        else next_page or resolve_url("admin:index")
    )


def _secret(request: HttpRequest) -> str:
    """The secret being set up, kept sealed in the session so that reloading shows the same."""
    if _SECRET not in request.session:
        request.session[_SECRET] = seal(second_factor.new_secret())
    return unseal(request.session[_SECRET])


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Show fresh recovery codes until their owner says they are kept, then never again."""
    if _SHOW_CODES not in request.session:
        return redirect("me")
    if request.method == "POST":
        return redirect(request.session.pop(_SHOW_CODES))
    return render(request, "accounts/recovery_codes.html", {"codes": _codes(request)})


@never_cache
@require_safe
@signed_in
def download_recovery_codes(request: HttpRequest) -> HttpResponse:
    """The same codes as a text file, while they are shown."""
    if _SHOW_CODES not in request.session:
        return redirect("me")
    lines = [
        _("三位一体合作平台 · 恢复码"),
        _("每个只能用一次。请放在安全的地方。"),
        "",
        *_codes(request),
    ]
    response = HttpResponse("\r\n".join(lines) + "\r\n", content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return response


@require_POST
@signed_in
@confirmed_recently
def renew_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes and show them."""
    if second_factor.authenticator_of(request.user) is None:
        return redirect("me")
    account.renew_recovery_codes(user=request.user, at=timezone.now())
    request.session[_SHOW_CODES] = resolve_url("me")
    return redirect("recovery_codes")


def _codes(request: HttpRequest) -> list[str]:
    codes = second_factor.recovery_codes_of(request.user)
    return codes.get_unused_codes() if codes else []
