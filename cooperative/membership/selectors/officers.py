"""Who must act: the officers nearest to a union."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Value

from cooperative.accounts.models import User
from cooperative.membership.models import Post, Union
from cooperative.membership.roles import roles_with


def nearest_officers(
    path: str, permission: str, today: date, *, without: int | None = None
) -> list[User]:
    """Those who hold a permission in the nearest union at or above a path, but for one user's key."""
    above = Union.objects.annotate(asked=Value(path)).filter(asked__startswith=F("path"))
    posts = list(
        Post.objects.in_force(today)
        .filter(union__in=above, role__in=roles_with(permission), user__is_active=True)
        .exclude(user=without)
        .select_related("user", "union")
        .order_by("pk")
    )
    nearest = max((post.union.path for post in posts), key=len, default="")
    return list({post.user_id: post.user for post in posts if post.union.path == nearest}.values())
