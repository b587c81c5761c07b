"""Who may see, state and check facts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from cooperative.farming import selectors
from cooperative.farming.models import KINDS, Fact
from cooperative.membership.access import unions_where
from cooperative.membership.models import Member
from core.errors import Forbidden, NotFound

VIEW = "fact.view"
EDIT = "fact.edit"
CONFIRM = "fact.confirm"


def facts_in_reach(kind: str, user: Any, permission: str, today: date) -> Any:
    """Facts of a kind about members in unions where the user holds the permission."""
    unions = unions_where(user, permission, today)
    return selectors.facts_of_kind(kind).of_unions(unions)


def access_own_fact(member: Member, kind: str, pk: int) -> Fact:
    """A member's own fact.

    Raises:
        NotFound: no such kind, absent, or another member's.
    """
    if kind not in KINDS:
        raise NotFound()
    fact: Fact | None = selectors.facts_of_kind(kind).filter(member=member, pk=pk).first()
    if fact is None:
        raise NotFound()
    return fact


def access_facts(keys: Iterable[str], user: Any, permission: str, today: date) -> list[Fact]:
    """The facts of these queue keys such as ``plot-12``, in their order.

    Raises:
        NotFound: one of them is absent or out of the user's reach.
    """
    wanted = [_kind_and_pk(key) for key in dict.fromkeys(keys)]
    found: dict[tuple[str, int], Fact] = {}
    for kind in {kind for kind, _pk in wanted}:
        rows = facts_in_reach(kind, user, permission, today)
        pks = [pk for of_kind, pk in wanted if of_kind == kind]
        found |= {(kind, row.pk): row for row in rows.filter(pk__in=pks).order_by("pk")}
    if len(found) < len(wanted):
        raise NotFound()
    return [found[pair] for pair in wanted]


def _kind_and_pk(key: str) -> tuple[str, int]:
    kind, _dash, number = key.partition("-")
    if kind not in KINDS or not number.isdecimal() or len(number) > 18:
        raise NotFound()
    return kind, int(number)


def members_in_reach(user: Any, permission: str, today: date) -> Any:
    """Members about whom the user may act with this permission."""
    return Member.objects.of_unions(unions_where(user, permission, today)).filter(
        erased_at__isnull=True
    )


def reaches(user: Any, permission: str, member: Member, today: date) -> bool:
    """Whether the user holds the permission in one of the member's unions."""
    return bool(members_in_reach(user, permission, today).filter(pk=member.pk).exists())


def is_own(user: Any, member: Member) -> bool:
    """Whether the user is this member."""
    return user is not None and member.user_id is not None and member.user_id == user.pk


def check_may_state(user: Any, member: Member, today: date) -> None:
    """Let pass only the member, or an officer who may enter facts for them.

    Raises:
        Forbidden: ``no_permission``.
    """
    if not is_own(user, member) and not reaches(user, EDIT, member, today):
        raise Forbidden(
            "no_permission",
            _("您不能替这位成员填写生产情况。"),
            way_on=_("请成员本人填写，或请本工会的经办代填。"),
        )


def check_may_check(user: Any, member: Member, today: date) -> None:
    """Let pass only an officer of one of the member's unions who is not the member.

    Raises:
        Forbidden: ``no_permission`` or ``own_fact``.
    """
    if is_own(user, member):
        raise Forbidden(
            "own_fact",
            _("这是您自己的情况，您不能核实。"),
            way_on=_("请另一位同事核实。"),
        )
    if not reaches(user, CONFIRM, member, today):
        raise Forbidden(
            "no_permission",
            _("您的岗位不能核实这位成员的情况。"),
            way_on=_("请找本工会有这项权限的同事办理。"),
        )
