"""Joining: draft, application, withdrawal, and claiming one's place on an imported roster."""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cooperative.accounts.models import User
from cooperative.membership.models import (
    Cooperative,
    Division,
    JoiningDraft,
    Member,
    Membership,
    Union,
)
from cooperative.membership.models.members import MemberQuerySet, identity_index
from cooperative.membership.rules import identity
from cooperative.membership.rules.joining import Actor, MembershipState, may_move
from cooperative.membership.services.telling import person_of, tell_membership
from cooperative.notices.services import adopt_notices
from core import audit
from core.dates import business_date
from core.errors import NotFound, Refused, refusing
from core.throttle import DAY, Limit, take_all

_IDENTITY_TRIES = [Limit("identity", 5, DAY)]


@dataclass(frozen=True)
class Answers:
    """What an applicant has said so far; empty where not yet asked. Keys are as posted."""

    union: str = ""
    kind: str = ""
    name: str = ""
    identity_number: str = ""
    contact_name: str = ""
    division: str = ""
    cooperative: str = ""
    ground: str = ""


def draft_of(user: User) -> Answers:
    """The answers kept for this account, empty ones when there are none."""
    draft = JoiningDraft.objects.filter(user=user).first()
    if draft is None:
        return Answers()
    kept = json.loads(draft.sealed_answers)
    known = {field.name for field in fields(Answers)}
    return Answers(**{name: value for name, value in kept.items() if name in known})


def save_draft(*, user: User, answers: Answers) -> None:
    """Keep the answers, sealed, so that joining goes on after a break or on another phone."""
    JoiningDraft.objects.update_or_create(
        user=user, defaults={"sealed_answers": json.dumps(asdict(answers))}
    )


def check_identity_answer(*, kind: str, number: str, today: date) -> str:
    """The cleaned identity number of an applicant.

    Raises:
        Refused: ``identity_wrong`` with the reason in words, or ``too_young`` with the date.
    """
    try:
        if kind == Member.Kind.BUSINESS:
            return identity.check_credit_code(number)
        cleaned = identity.check_resident_id(number, today=today)
    except identity.IdentityProblem as problem:
        raise Refused("identity_wrong", _PROBLEMS[Member.Kind(kind)][problem.code]) from problem
    of_age_on = identity.comes_of_age_on(cleaned)
    if of_age_on > today:
        raise Refused(
            "too_young",
            _("入会要满 18 周岁，您到 %(year)s 年 %(month)s 月 %(day)s 日才满。")
            % {"year": of_age_on.year, "month": of_age_on.month, "day": of_age_on.day},
            of_age_on=of_age_on,
        )
    return cleaned


def apply_to_join(*, user: User, answers: Answers, at: datetime) -> Membership:
    """Turn complete answers into an application that waits for the members' ballot.

    A person already on a roster is found by identity number; the account is bound to that member
    when name and phone agree. The draft is gone afterwards.

    Raises:
        Refused: an answer is missing or wrong, the identity belongs to another account, or there
            is a live membership already. Nothing is changed then.
    """
    today = business_date(at)
    number = check_identity_answer(kind=answers.kind, number=answers.identity_number, today=today)
    union, division, cooperative = _places(answers)
    if answers.ground not in Membership.Ground.values:
        raise Refused("ground_missing", _("请选择您和合作社的关系。"))
    take_all(_IDENTITY_TRIES, f"join:{user.pk}", at=at)
    with transaction.atomic():
        _lock_account(user)
        member = _member_for(user, answers, number, division, at)
        with refusing({"membership_membership_one_live": _already_in(union)}):
            membership = Membership.objects.create(
                member=member,
                union=union,
                cooperative=cooperative,
                ground=answers.ground,
                applied_at=at,
            )
        JoiningDraft.objects.filter(user=user).delete()
        audit.record("membership.applied", membership, by=user, at=at, scope=union.path)
        tell_membership(membership, "applied", at=at)
    return membership


def claim_roster_place(*, user: User, number: str, at: datetime) -> Member:
    """Bind the account to the roster member who has this phone, after the whole number was given.

    Raises:
        Refused: ``claim_wrong`` when the number does not fit, ``too_often`` after five tries a day.
    """
    take_all(_IDENTITY_TRIES, f"claim:{user.pk}", at=at)
    given = identity.clean_number(number)
    with transaction.atomic():
        _lock_account(user)
        if Member.objects.filter(user=user).exists():
            raise Refused("already_bound", _("您的账号已经绑定了成员信息。"))
        for member in unclaimed_members(user).locked():
            if hmac.compare_digest(member.identity_number.encode(), given.encode()):
                _give_account(member, user)
                scope = member.memberships.order_by("pk").values_list("union__path", flat=True)
                audit.record("member.claimed", member, by=user, at=at, scope=scope.first() or "")
                return member
    raise Refused(
        "claim_wrong",
        _("证件号码和名册上的不一致。"),
        way_on=_("请再核对一遍；如果名册写错了，请带身份证到工会办公室更正。"),
    )


def unclaimed_members(user: User) -> MemberQuerySet:
    """Members on rosters with this account's verified phone and no account yet."""
    if not user.phone_index:
        return Member.objects.none()
    return Member.objects.filter(
        phone_index=user.phone_index, user__isnull=True, erased_at__isnull=True
    )


def withdraw_application(*, membership_id: int, user: User, at: datetime) -> Membership:
    """Take back one's own application before admission.

    Raises:
        NotFound: not one's own.
        Refused: ``wrong_state`` once it has been decided.
    """
    with transaction.atomic():
        membership = (
            Membership.objects.locked()
            .select_related("union")
            .filter(pk=membership_id, member__user=user)
            .first()
        )
        if membership is None:
            raise NotFound()
        old = MembershipState(membership.state)
        if not may_move(old, MembershipState.WITHDRAWN, Actor.APPLICANT):
            raise Refused("wrong_state", _("这份申请已经有了结果，不能再撤回。"))
        membership.state = Membership.State.WITHDRAWN
        membership.ended_on = business_date(at)
        membership.save(update_fields=["state", "ended_on"])
        audit.record(
            "membership.withdrawn", membership, by=user, at=at, scope=membership.union.path
        )
    return membership


def purge_drafts(*, before: datetime) -> int:
    """Remove drafts untouched since ``before``; returns how many."""
    removed, _by_model = JoiningDraft.objects.filter(updated_at__lt=before).delete()
    return removed


def _places(answers: Answers) -> tuple[Union, Division, Cooperative | None]:
    union = Union.objects.filter(
        code=answers.union, level=Union.Level.GRASSROOTS, dissolved_on__isnull=True
    ).first()
    if union is None:
        raise Refused("union_missing", _("请先选择您要加入的工会。"))
    division = Division.objects.filter(
        code=answers.division, code__startswith=union.division_id, level=Division.Level.VILLAGE
    ).first()
    if division is None:
        raise Refused("village_missing", _("请选择您住的村。"))
    cooperative = None
    if answers.cooperative:
        cooperative = Cooperative.objects.filter(
            credit_code=answers.cooperative, union=union
        ).first()
        if cooperative is None:
            raise Refused("cooperative_missing", _("请重新选择合作社。"))
    return union, division, cooperative


def _lock_account(user: User) -> None:
    """Two taps of one account come one after the other."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)


def _member_for(
    user: User, answers: Answers, number: str, division: Division, at: datetime
) -> Member:
    index = identity_index(number)
    found = list(Member.objects.locked().filter(Q(user=user) | Q(identity_index=index)))
    own = next((member for member in found if member.user_id == user.pk), None)
    named = next((member for member in found if member.identity_index == index), None)
    if own is not None:
        if named is None or named.pk != own.pk:
            raise Refused(
                "identity_differs",
                _("这个证件号码和您账号登记的不一致。"),
                way_on=_("请再核对一遍，或带身份证到工会办公室更正。"),
            )
        return own
    if named is not None:
        return _bind(named, user, answers)
    member = Member(
        kind=answers.kind,
        name=answers.name.strip(),
        contact_name=answers.contact_name.strip(),
        division=division,
        user=user,
        created_at=at,
    )
    member.set_identity(number)
    member.set_phone(user.phone)
    taken = Refused("identity_taken", _("这个证件号码刚刚被登记，请再提交一次。"))
    with refusing({"membership_member_identity_index_key": taken}):
        member.save()
    return member


def _bind(member: Member, user: User, answers: Answers) -> Member:
    same = (
        member.user_id is None
        and member.name == answers.name.strip()
        and member.phone_index == user.phone_index
    )
    if not same:
        raise Refused(
            "identity_at_office",
            _("这个证件号码已经登记过，但姓名或手机号对不上。"),
            way_on=_("请带身份证到工会办公室，请工作人员帮您更正。"),
        )
    _give_account(member, user)
    return member


def _give_account(member: Member, user: User) -> None:
    member.user = user
    member.save(update_fields=["user"])
    adopt_notices(person=person_of(member), account=user)


def _already_in(union: Union) -> Refused:
    return Refused(
        "already_in",
        _("您在%(union)s已有会籍或正在办理的申请。") % {"union": union.name},
        way_on=_("请到“我的会籍”查看。"),
    )


_PROBLEMS = {
    Member.Kind.PERSON: {
        "length": _("身份证号是 18 位，请数一数再填。"),
        "characters": _("身份证号只有数字，最后一位可以是 X，请再核对。"),
        "birth": _("身份证号第 7 到 14 位是出生日期，现在这个日期不存在，请再核对。"),
        "future": _("身份证号里的出生日期还没到，请再核对。"),
        "check": _("身份证号有一位不对，请照身份证再核对一遍。"),
    },
    Member.Kind.BUSINESS: {
        "length": _("统一社会信用代码是 18 位，请数一数再填。"),
        "characters": _("统一社会信用代码只有数字和大写字母，没有 I、O、S、V、Z，请再核对。"),
        "check": _("统一社会信用代码有一位不对，请照营业执照再核对一遍。"),
    },
}
