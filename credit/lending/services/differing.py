"""The transfer came, but another sum than the share's: who does what next.

A share is formed by the whole of it or not at all (I4): its schedule, the contract and the limits
rest on the sum that was signed. So a missing rest is sent, and too much is given back, and only
then the borrower confirms.

Source: Civil Code arts. 670, 679.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import audit
from core.errors import Refused, busy_is_refused
from core.exact import FEN, ZERO
from core.formats import format_yuan_short
from credit.lending.access import access_borrowed_share
from credit.lending.models import Share
from credit.lending.rules.states import Actor
from credit.lending.rules.states.share import TRANSITIONS, ShareState
from credit.lending.services.contract_notices import tell, transfer_link
from credit.lending.services.locking import check_move, lock_loan, lock_share, member_behind
from credit.lending.services.moves import wrong_state


def report_amount(*, share_id: int, arrived: Decimal, by: Any, at: datetime) -> Share:
    """The borrower says how much really came of a declared transfer, when it is not all or too much.

    Both learn what is missing or to be given back; an officer sees it among the disputes.

    Raises:
        NotFound: not the borrower's share.
        Refused: ``amount_missing``, ``amount_as_agreed`` or ``share_wrong_state``.
    """
    member = member_behind(by)
    seen = access_borrowed_share(member, share_id)
    with busy_is_refused(), transaction.atomic():
        loan = lock_loan(seen.loan_id)
        share = lock_share(share_id)
        check_move(
            TRANSITIONS, share.state, ShareState.DISPUTED, Actor.BORROWER, wrong_state(share)
        )
        _check_differs(share, arrived)
        share.state, share.note = Share.State.DISPUTED, _note(share, arrived)
        share.arrived_amount = arrived
        share.save(update_fields=["state", "note", "arrived_amount"])
        deed = audit.record(
            "lending.transfer_amount_differs",
            share,
            by=by,
            at=at,
            scope=loan.union.path,
            arrived=arrived,
        )
        tell(
            share.membership.member,
            "lending.transfer_short" if arrived < share.amount else "lending.transfer_over",
            about=deed,
            loan=loan,
            at=at,
            link=transfer_link(share),
            name=member.name,
            amount=share.amount,
            arrived=arrived,
            gap=abs(share.amount - arrived),
        )
    return share


def _check_differs(share: Share, arrived: Decimal) -> None:
    if arrived <= ZERO or arrived % FEN:
        raise Refused(
            "amount_missing",
            _("请填实际到账多少元，最多写到分。"),
            way_on=_("一分都没有到的，请点“还没有收到”。"),
        )
    if arrived == share.amount:
        raise Refused(
            "amount_as_agreed",
            _("%(amount)s 元和约定的一样，没有出入。") % {"amount": format_yuan_short(arrived)},
            way_on=_("请返回确认到账。"),
        )


def _note(share: Share, arrived: Decimal) -> str:
    """What both and the officer read; kept in Chinese whatever language is on."""
    gap = share.amount - arrived
    with translation.override("zh-hans"):
        words = gettext("到账 %(arrived)s 元，少 %(gap)s 元。")
        if gap < ZERO:
            words = gettext("到账 %(arrived)s 元，多 %(gap)s 元。")
    return words % {
        "arrived": format_yuan_short(arrived),
        "gap": format_yuan_short(abs(gap)),
    }
