"""Telling members what became of their membership."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from cooperative.membership.models import Member, Membership
from cooperative.notices.services.notifying import Addressee, notify, to_person
from core.dates import business_date
from core.sentences import filled


def person_of(member: Member) -> str:
    """The member's key as a reader of notices."""
    return f"member:{member.pk}"


def addressee_of(member: Member) -> Addressee:
    """The member as a recipient of notices, with or without an account."""
    return to_person(person_of(member), account=member.user, phone=member.phone)


def tell_membership(membership: Membership, event: str, *, at: datetime) -> None:
    """Tell the member what happened to a membership, once a day, in the caller's transaction.

    ``event``: applied, admitted, rejected, suspended, resumed or left.
    """
    title, body = TEXTS[event]
    facts = {
        "union": membership.union.name,
        "day": membership.waiting_ends_on,
        "reason": membership.reason,
    }
    notify(
        to=addressee_of(membership.member),
        kind=f"membership.{event}",
        title=filled(title, **facts),
        body=filled(body, **facts),
        at=at,
        link="/membership/",
        subject=membership,
        due_on=business_date(at),
        scope=membership.union.path,
    )


TEXTS = {
    "applied": (
        _("入会申请已送到%(union)s"),
        _("社员大会表决后，会把结果告诉您。结果复核前您可以撤回。"),
    ),
    "admitted": (
        _("您已是%(union)s的成员"),
        _("等待期到 %(day)s 为止，从那天起可以借入和借出。"),
    ),
    "rejected": (
        _("您在%(union)s的入会申请没有通过"),
        _("详情请看“我的会籍”，有疑问可以到工会办公室问。%(reason)s"),
    ),
    "suspended": (
        _("您在%(union)s的会籍已暂停"),
        _("原因：%(reason)s。暂停期间不能办新的借入、借出和担保，已有的照常履行。"),
    ),
    "resumed": (_("您在%(union)s的会籍已恢复"), _("从现在起可以照常办理。")),
    "left": (
        _("您已退出%(union)s"),
        _("原因：%(reason)s。您的信息可以在“我的信息”里查看和导出。"),
    ),
}
