"""A sum that goes back to a lender, as either side sees it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from cooperative.membership.models import Member
from core.formats import format_yuan_short
from credit.lending.models import HandBack, Share
from credit.lending.pages.repayments import Happening
from credit.lending.pages.spare import Line as Link
from credit.lending.pages.texts import HAND_BACK_TONES
from credit.lending.selectors.transfers import hand_backs_of


@dataclass(frozen=True)
class HandBackPage:
    """The sum, what was said about it, and on which side the viewer stands."""

    row: HandBack
    tone: str
    is_borrower: bool
    borrower: Member
    lender: Member
    history: list[Happening]


def hand_back_page(row: HandBack, member: Member) -> HandBackPage:
    """The page; no query beyond the row's own."""
    borrower, lender = row.share.loan.membership.member, row.share.membership.member
    return HandBackPage(
        row=row,
        tone=HAND_BACK_TONES[row.state],
        is_borrower=borrower.pk == member.pk,
        borrower=borrower,
        lender=lender,
        history=_history(row, borrower, lender),
    )


def hand_back_links(shares: Iterable[Share]) -> list[Link]:
    """What goes back of lapsed shares, as links with their state; one query if any has lapsed."""
    return [
        Link(
            title=_("先到的 %(amount)s 元要退回") % {"amount": format_yuan_short(row.amount)},
            note="",
            url=reverse("hand_back", args=[row.pk]),
            state=row.get_state_display(),
            tone=HAND_BACK_TONES[row.state],
        )
        for row in hand_backs_of(shares)
    ]


def _history(row: HandBack, borrower: Member, lender: Member) -> list[Happening]:
    found = [Happening(row.opened_at, _("这一份没有办成，先到的钱要退回"))]
    if row.declared_at is not None:
        found.append(Happening(row.declared_at, _("登记退款"), borrower.name, row.slip_number))
    if row.closed_at is not None:
        who = lender.name if row.closed_by_id == lender.user_id else _("工会")
        found.append(Happening(row.closed_at, _("确认退回"), who, row.note, "field"))
    return found[::-1]
