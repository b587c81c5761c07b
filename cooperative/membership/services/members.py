"""Keeping members' particulars right: households, phone, name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cooperative.membership.access import check_permission, unions_where
from cooperative.membership.models import Division, Household, Member, Union
from cooperative.membership.rules.identity import IdentityProblem, check_mobile
from core import audit
from core.dates import business_date
from core.errors import NotFound, Refused, refusing


def found_household(
    *, number: str, union: Union, division: Division | None, by: Any, at: datetime
) -> Household:
    """Open a household under a number that is its own within the union.

    Raises:
        Forbidden: ``no_permission``.
        Refused: ``household_taken``.
    """
    check_permission(by, "household.edit", union, business_date(at))
    taken = Refused("household_taken", _("这个户号在本工会已经登记过。"))
    with transaction.atomic():
        with refusing({"membership_household_number_once": taken}):
            household = Household.objects.create(number=number, union=union, division=division)
        audit.record("household.founded", household, by=by, at=at, scope=union.path)
    return household


def move_to_household(
    *, member_id: int, household: Household | None, by: Any, at: datetime
) -> Member:
    """Put a member into a household of the union, or into none.

    Raises:
        NotFound: member out of reach of ``household.edit``.
        Refused: ``household_elsewhere``: a household of a union the member does not belong to.
    """
    with transaction.atomic():
        member = _reachable(member_id, by, "household.edit", at)
        if household is not None:
            belongs = member.memberships.filter(union=household.union_id).exists()
            if not belongs:
                raise Refused("household_elsewhere", _("这个家庭户属于另一个工会，请重新选择。"))
        member.household = household
        member.save(update_fields=["household"])
        audit.record(
            "member.household",
            member,
            by=by,
            at=at,
            scope=_scope(member, by, at),
            household=household.pk if household else None,
        )
    return member


def correct_phone(*, member_id: int, phone: str, by: Any, at: datetime) -> Member:
    """Write the phone number that a member showed at the office. The account's own stays.

    Raises:
        NotFound: member out of reach of ``member.edit``.
        Refused: ``phone_wrong``, ``phone_own``: a member with an account changes it there.
    """
    try:
        number = check_mobile(phone)
    except IdentityProblem as problem:
        raise Refused("phone_wrong", _("手机号是 11 位数字，请再核对。")) from problem
    with transaction.atomic():
        member = _reachable(member_id, by, "member.edit", at)
        if member.user_id is not None:
            raise Refused(
                "phone_own",
                _("这位成员已有账号。"),
                way_on=_("请本人在“我的”里换手机号。"),
            )
        member.set_phone(number)
        member.save(update_fields=["phone", "phone_index"])
        audit.record("member.phone", member, by=by, at=at, scope=_scope(member, by, at))
    return member


def _scope(member: Member, by: Any, at: datetime) -> str:
    """The union in which the officer acted: the first of the member's that they reach."""
    reach = unions_where(by, "member.view", business_date(at))
    paths = member.memberships.filter(union__in=reach).order_by("pk")
    return paths.values_list("union__path", flat=True).first() or ""


def _reachable(member_id: int, by: Any, permission: str, at: datetime) -> Member:
    unions = unions_where(by, permission, business_date(at))
    member = Member.objects.locked().of_unions(unions).filter(pk=member_id).first()
    if member is None:
        raise NotFound()
    return member
