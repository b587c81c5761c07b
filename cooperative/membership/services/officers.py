"""Posts: appointed by one administrator, confirmed by another, ended by either."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cooperative.accounts.models import User
from cooperative.membership.access import access_row, check_permission
from cooperative.membership.models import Post, Union
from core import audit
from core.dates import business_date
from core.errors import Refused, refusing


def appoint(*, user: User, union: Union, role: str, starts_on: date, by: Any, at: datetime) -> Post:
    """Propose a post; it is in force only after another administrator confirmed it.

    Raises:
        Forbidden: ``no_permission`` (``post.appoint`` in this union).
        Refused: ``own_post``, ``post_overlaps``, ``post_needs_sign_in_name``.
    """
    check_permission(by, "post.appoint", union, business_date(at))
    if not user.username:
        raise Refused(
            "post_needs_sign_in_name", _("这个账号没有登录名，请先给这位干部开通干部账号。")
        )
    with transaction.atomic():
        with refusing(_POST_REFUSALS):
            post = Post.objects.create(
                user=user, union=union, role=role, starts_on=starts_on, made_by=by, made_at=at
            )
        audit.record("post.appointed", post, by=by, at=at, scope=union.path, role=role)
    return post


def appoint_by_name(
    *, username: str, union: Union, role: str, starts_on: date, by: Any, at: datetime
) -> Post:
    """Appoint the owner of a sign-in name. Raises as ``appoint``, and ``officer_unknown``."""
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise Refused(
            "officer_unknown",
            _("没有“%(name)s”这个登录名。") % {"name": username},
            way_on=_("请先在“账号”里给这位干部开通账号。"),
        )
    return appoint(user=user, union=union, role=role, starts_on=starts_on, by=by, at=at)


def confirm_post(*, post_id: int, by: Any, at: datetime) -> Post:
    """Put an appointment in force.

    Raises:
        NotFound: out of reach.
        Refused: ``same_person``, ``own_post``, ``already_confirmed``.
    """
    today = business_date(at)
    with transaction.atomic():
        post = access_row(
            Post.objects.locked().select_related("union"),
            post_id,
            by,
            "post.confirm",
            today,
            union="union",
        )
        if post.checked_at is not None:
            raise Refused("already_confirmed", _("这个岗位已经复核过了。"))
        if post.made_by_id == by.pk:
            raise Refused(
                "same_person",
                _("您自己提出的任职不能由您复核。"),
                way_on=_("请另一位管理员办理。"),
            )
        post.checked_by = by
        post.checked_at = at
        with refusing(_POST_REFUSALS):
            post.save(update_fields=["checked_by", "checked_at"])
        audit.record("post.confirmed", post, by=by, at=at, scope=post.union.path, role=post.role)
    return post


def end_post(*, post_id: int, by: Any, at: datetime) -> Post:
    """End a post: from this moment the officer can do nothing by it.

    Raises:
        NotFound: out of reach.
        Refused: ``already_ended``.
    """
    today = business_date(at)
    with transaction.atomic():
        post = access_row(
            Post.objects.locked().select_related("union"),
            post_id,
            by,
            "post.appoint",
            today,
            union="union",
        )
        if post.ends_on is not None and post.ends_on <= today:
            raise Refused("already_ended", _("这个岗位已经结束。"))
        post.ends_on = max(today, post.starts_on)
        post.save(update_fields=["ends_on"])
        audit.record("post.ended", post, by=by, at=at, scope=post.union.path, role=post.role)
    return post


_POST_REFUSALS = {
    "membership_post_not_own_appointment": Refused(
        "own_post", _("不能给自己安排或复核岗位。"), way_on=_("请另一位管理员办理。")
    ),
    "membership_post_no_overlap": Refused("post_overlaps", _("这位干部在这段时间已有同一岗位。")),
}


def appoint_first_administrators(
    *, root: Union, first: User, second: User, at: datetime
) -> list[Post]:
    """Appoint the two administrators with whom everything starts, each confirmed by the other.

    The appointments are made by an account that cannot sign in and stands for the founding
    resolution; once the root has a post, this is refused.

    Raises:
        Refused: ``already_set_up`` or ``same_person``.
    """
    if first.pk == second.pk:
        raise Refused("same_person", _("要有两位管理员。"))
    with transaction.atomic():
        root = Union.objects.locked().get(pk=root.pk)
        if Post.objects.filter(union=root).exists():
            raise Refused("already_set_up", _("这个工会已经有干部，请由管理员在后台任命。"))
        founding, created = User.objects.get_or_create(
            username="founding-resolution", defaults={"name": "成立决议", "is_active": False}
        )
        if created:
            founding.set_unusable_password()
            founding.save(update_fields=["password"])
        posts = [
            Post.objects.create(
                user=user,
                union=root,
                role=Post.Role.ADMINISTRATOR,
                starts_on=business_date(at),
                made_by=founding,
                made_at=at,
                checked_by=checker,
                checked_at=at,
            )
            for user, checker in ((first, second), (second, first))
        ]
        for post in posts:
            audit.record("post.founded", post, by=None, at=at, scope=root.path)
    return posts
