"""The page of spare money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cooperative.membership.models import Member, Membership
from cooperative.membership.selectors.members import live_membership, may_borrow_and_lend_from
from core.errors import Refused
from core.exact import ZERO
from core.formats import format_day, format_yuan_short
from core.masking import mask_name
from credit.lending.models import Pledge, SpareMoney
from credit.lending.pages.texts import PLEDGE_TONES
from credit.lending.selectors import overview
from credit.lending.selectors.spare import free_amount_of, promised_of

QUICK = (5000, 10000, 20000, 50000)


@dataclass(frozen=True)
class Line:
    """A link of a list with its state."""

    title: str
    note: str
    url: str
    state: Any = ""
    tone: str = "soft"
    value: str = ""


@dataclass(frozen=True)
class SparePage:
    """What lies idle, what of it is promised, who is waiting for an answer."""

    membership: Membership | None
    spare: SpareMoney | None
    promised: Decimal
    free: Decimal
    invitations: list[Line]
    stop: Refused | None


def spare_page(member: Member, today: date) -> SparePage:
    """The page for a member; a fixed number of queries."""
    membership = live_membership(member)
    spare = overview.open_spare_money(membership) if membership else None
    invitations = list(overview.invitations_of(member)) if membership else []
    return SparePage(
        membership=membership,
        spare=spare,
        promised=promised_of(spare) if spare else ZERO,
        free=free_amount_of(spare) if spare else ZERO,
        invitations=[invitation_line(row, today) for row in invitations],
        stop=stop_of(membership, today),
    )


def invitation_line(row: Pledge, today: date) -> Line:
    """An invitation in a list; the borrower's name is masked."""
    name = mask_name(row.request.membership.member.name)
    amount = format_yuan_short(row.request.amount)
    if row.amount is None:
        note = _("%(purpose)s，请在 %(day)s 以前回话")
    else:
        note = _("您答应了 %(own)s 元，签合同以前可以改")
    return Line(
        title=_("%(name)s想借 %(amount)s 元") % {"name": name, "amount": amount},
        note=note
        % {
            "purpose": row.request.get_purpose_display(),
            "day": format_day(row.request.expires_on, today),
            "own": format_yuan_short(row.amount or ZERO),
        },
        url=reverse("invitation", args=[row.pk]),
        state=row.get_state_display(),
        tone=PLEDGE_TONES[row.state],
    )


def stop_of(membership: Membership | None, today: date) -> Refused | None:
    """Why somebody cannot borrow or lend at all, before anything is filled in.

    The services decide; this only spares the member a form that would be refused.
    """
    if membership is None:
        return Refused(
            "no_membership",
            _("入会以后才能互相借钱。"),
            way_on=_("申请加入工会，经社员大会表决，等待期满就可以借入和借出。"),
        )
    if membership.state != "admitted":
        return Refused(
            "not_admitted",
            _("您的会籍现在是“%(state)s”，还不能借入和借出。")
            % {"state": membership.get_state_display()},
            way_on=_("详情请看“我的会籍”，有疑问可以问工会。"),
        )
    until = may_borrow_and_lend_from(membership, today)
    if until is not None:
        return Refused(
            "waiting_period",
            _("您的等待期到 %(day)s 为止，从那天起可以借入和借出。")
            % {"day": format_day(until, today)},
            way_on=_("先把地、农机和收入登记清楚，到时办得快。"),
        )
    return None
