"""The devices on which one is signed in, and signing them out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cooperative.accounts.selectors import devices_of
from cooperative.accounts.services.sessions import end_session, end_sessions
from core.access import signed_in


@never_cache
@require_safe
@signed_in
def devices(request: HttpRequest) -> HttpResponse:
    """Every device on which this account is signed in."""
    shown = devices_of(request.user, this=request.session.session_key, at=timezone.now())
    others = sum(1 for device in shown if not device.is_this)
    context = {"devices": shown, "others": others, "tab": "me"}
    return render(request, "accounts/devices.html", context)


@require_POST
@signed_in
def end_device(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign one device out."""
    end_session(user=request.user, session=pk, by=request.user, at=timezone.now())
    messages.success(request, _("那台设备已经退出。"))
    return redirect("devices")


@require_POST
@signed_in
def end_other_devices(request: HttpRequest) -> HttpResponse:
    """Sign every other device out."""
    count = end_sessions(
        user=request.user,
        by=request.user,
        at=timezone.now(),
        keep=request.session.session_key,
    )
    messages.success(request, _("已退出另外 %(count)s 台设备。") % {"count": count})
    return redirect("devices")
