"""Who may see and do what: members by their membership, officers by their posts.

Everything an officer may touch is bounded by the subtree of the unions they serve in a role that
carries the permission. Absent and foreign rows look the same: ``NotFound``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext_lazy as _

from cooperative.accounts import second_factor
from cooperative.membership import roles
from cooperative.membership.models import Member, Post, Union
from cooperative.membership.models.organisations import UnionQuerySet
from core.access import declare
from core.dates import today as todays_date
from core.errors import Forbidden, NotFound

ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponse])
RowT = TypeVar("RowT", bound=models.Model)


def posts_of(user: Any, today: date) -> list[Post]:
    """An officer's posts in force with their unions; one query, none for visitors."""
    if not user.is_authenticated or not user.is_active:
        return []
    remembered = getattr(user, "remembered_posts", None)
    if remembered is None:
        return _read_posts(user, today)
    if today not in remembered:
        remembered[today] = _read_posts(user, today)
    return cast(list[Post], remembered[today])


def remember_posts(user: Any) -> None:
    """Read this user object's posts only once from now on: for the length of one request."""
    if user.is_authenticated:
        user.remembered_posts = {}


def _read_posts(user: Any, today: date) -> list[Post]:
    return list(
        Post.objects.in_force(today).filter(user=user).select_related("union").order_by("pk")
    )


def unions_where(user: Any, permission: str, today: date) -> UnionQuerySet:
    """The unions in which the user holds the permission: the subtrees of the posts that carry it."""
    paths = [
        post.union.path for post in posts_of(user, today) if roles.allows(post.role, permission)
    ]
    return cast(UnionQuerySet, Union.objects.below(*paths))


def can(user: Any, permission: str, union: Union, today: date) -> bool:
    """Whether the user holds the permission in this union."""
    return any(
        roles.allows(post.role, permission) and union.path.startswith(post.union.path)
        for post in posts_of(user, today)
    )


def check_permission(user: Any, permission: str, union: Union, today: date) -> None:
    """Let only officers with the permission in this union pass.

    Raises:
        Forbidden: ``no_permission``.
    """
    if not can(user, permission, union, today):
        raise Forbidden(
            "no_permission",
            _("您的岗位不能办理这件事。"),
            way_on=_("请找本工会有这项权限的同事办理。"),
            permission=permission,
        )


def can_anywhere(user: Any, permission: str, today: date) -> bool:
    """Whether any post of the user carries the permission."""
    return any(roles.allows(post.role, permission) for post in posts_of(user, today))


def can_everywhere(user: Any, permission: str, today: date) -> bool:
    """Whether a post of the user carries the permission in every union: at the root."""
    tops = Union.objects.filter(parent__isnull=True).order_by("pk")
    return all(can(user, permission, top, today) for top in tops)


def check_everywhere(user: Any, permission: str, today: date) -> None:
    """Let only officers of the root pass: what holds in every union is not one township's to change.

    Raises:
        Forbidden: ``no_permission``.
    """
    for top in Union.objects.filter(parent__isnull=True).order_by("pk"):
        check_permission(user, permission, top, today)


def access_row(
    rows: models.QuerySet[RowT], pk: Any, user: Any, permission: str, today: date, *, union: str
) -> RowT:
    """The row with this key if the user holds the permission in its union.

    ``union`` is the lookup from the row to its union, e.g. ``"membership__union"``.

    Raises:
        NotFound: absent, or of a union out of reach.
    """
    row = rows.filter(**{f"{union}__in": unions_where(user, permission, today)}, pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def member_of(user: Any) -> Member | None:
    """The member behind an account, or None while nobody has claimed or applied."""
    if not user.is_authenticated:
        return None
    return Member.objects.filter(user=user, erased_at__isnull=True).first()


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))


def member_page(view: ViewT) -> ViewT:
    """Only for signed-in members: ``request.member`` is set. Others are led to join."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        member = member_of(request.user)
        if member is None:
            return redirect("join")
        request.member = member  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return cast(ViewT, declare("member")(guarded))


def officer_page(permission: str) -> Callable[[ViewT], ViewT]:
    """Only for officers who hold the permission somewhere; the view bounds its rows itself."""

    def decorate(view: ViewT) -> ViewT:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated or not second_factor.passed(request):
                return redirect_to_login(request.get_full_path(), resolve_url("officer_sign_in"))
            if not can_anywhere(request.user, permission, todays_date()):
                raise NotFound()
            return view(request, *args, **kwargs)

        return cast(ViewT, declare(f"officer:{permission}")(guarded))

    return decorate
