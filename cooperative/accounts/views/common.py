"""What the pages share: a refused form, a fresh proof of who one is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from cooperative.accounts import second_factor
from core.errors import Refused
from core.forms import show_refusal
from core.throttle import TooOften

View = Callable[..., HttpResponse]


def show(
    request: HttpRequest,
    template: str,
    form: forms.BaseForm,
    refused: Refused | None = None,
    *,
    field: str | None = None,
    **context: Any,
) -> HttpResponse:
    """The page with its form; a refusal at its field, or above the form when it concerns none."""
    status = 422 if form.is_bound and form.errors else 200
    stop = None
    if refused is not None:
        status = refused.status
        if field is None or isinstance(refused, TooOften):
            stop = refused
        else:
            show_refusal(form, refused, field)
    context |= {"form": form, "stop": stop, "must_wait": isinstance(stop, TooOften)}
    return render(request, f"accounts/{template}.html", context, status=status)


def confirmed_recently(view: View) -> View:
    """Only for people who proved who they are in the last minutes; others prove it again first.

    Officers must have given their second factor in this session.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not second_factor.gave_second_factor(request) and second_factor.is_guarded(request.user):
            return redirect(reverse("officer_sign_in") + "?" + urlencode({"next": request.path}))
        if second_factor.recently_confirmed(request):
            return view(request, *args, **kwargs)
        return redirect(reverse("confirm") + "?" + urlencode({"next": request.path}))

    return guarded
