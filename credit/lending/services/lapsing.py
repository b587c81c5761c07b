"""A share that is not transferred comes to nothing; the others go on without it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import audit
from core.dates import business_date
from core.errors import NotFound, Refused, busy_is_refused
from core.formats import format_day
from credit.lending.models import Loan, LoanRequest, Pledge, Share
from credit.lending.rules.states import Actor
from credit.lending.rules.states.share import TRANSITIONS, ShareState
from credit.lending.services.cancelling import NOTE_LENGTH, actor_of, cancel, lock_request_of
from credit.lending.services.checks import clean_reason
from credit.lending.services.contract_notices import tell
from credit.lending.services.counting import settle_loan
from credit.lending.services.handing_back import owe_back
from credit.lending.services.loan_notices import loan_link, share_link
from credit.lending.services.locking import check_move, lock_loan, lock_shares
from credit.lending.services.moves import wrong_state


def lapse_share(*, share_id: int, reason: str, by: Any, at: datetime) -> Share:
    """Give up a share that has not been transferred: its lender, or the officer of the union.

    The last share that comes to nothing ends the contract. Principal is what was delivered.
    Source: Civil Code arts. 670, 679; 法释〔2020〕17号 art. 26.

    Raises:
        NotFound: neither the share's lender nor an officer who convenes in its union.
        Refused: ``reason_missing``, ``share_wrong_state`` or ``contract_not_signed``.
    """
    reason = clean_reason(reason)
    seen = Share.objects.select_related("membership").filter(pk=share_id).first()
    if seen is None:
        raise NotFound
    actor = actor_of(seen.loan_id, by, at)
    if actor != Actor.CONVENER and seen.membership.member.user_id != by.pk:
        raise NotFound
    with busy_is_refused(), transaction.atomic():
        return _lapse(seen, actor, reason=reason, by=by, at=at)


def lapse_unsent(*, share_id: int, at: datetime) -> Share:
    """The night: a transfer that has not been declared in time is not waited for any longer.

    Raises:
        Refused: ``share_wrong_state``: it has been sent meanwhile; ``still_time``.
    """
    seen = Share.objects.select_related("loan").get(pk=share_id)
    if business_date(at) <= seen.loan.deliver_by:
        raise Refused(
            "still_time",
            _("转款可以到%(day)s为止。") % {"day": format_day(seen.loan.deliver_by)},
        )
    reason = str(_("到期没有登记转款"))
    with busy_is_refused(), transaction.atomic():
        return _lapse(seen, Actor.NIGHT, reason=reason, by=None, at=at)


def _lapse(seen: Share, actor: Actor, *, reason: str, by: Any, at: datetime) -> Share:
    request, pledges = lock_request_of(seen.loan_id)
    loan = lock_loan(seen.loan_id)
    shares = lock_shares(loan)
    share = next(row for row in shares if row.pk == seen.pk)
    if loan.state not in (Loan.State.SIGNED, Loan.State.ACTIVE):
        raise Refused(
            "contract_not_signed",
            _("合同还没有签完，不用放弃这一份，不签字或取消合同就行。"),
            state=loan.state,
        )
    check_move(TRANSITIONS, share.state, ShareState.LAPSED, actor, wrong_state(share))
    share.state = Share.State.LAPSED
    share.note = reason
    share.save(update_fields=["state", "note"])
    audit.record(
        "lending.share_lapsed",
        share,
        by=by,
        at=at,
        scope=loan.union.path,
        amount=share.amount,
        actor=actor.value,
    )
    owe_back(share, by=by, at=at)
    _let_go(request, [p for p in pledges if p.pk == share.pledge_id], actor, reason, at)
    _tell(loan, shares, share, at)
    if all(row.state == Share.State.LAPSED for row in shares):
        cancel(loan.pk, actor, reason=reason, by=by, at=at)
    else:
        settle_loan(loan.pk, by=by, at=at)  # what was delivered may be paid back already
    return share


def _let_go(
    request: LoanRequest, pledges: list[Pledge], actor: Actor, reason: str, at: datetime
) -> None:
    """The pledge behind it binds nobody any more."""
    for pledge in pledges:
        by_lender = actor == Actor.LENDER
        pledge.state = Pledge.State.DECLINED if by_lender else Pledge.State.LAPSED
        pledge.amount = None
        pledge.answered_at = at
        pledge.note = reason[:NOTE_LENGTH]
        pledge.save(update_fields=["state", "amount", "answered_at", "note"])


def _tell(loan: Loan, shares: list[Share], lapsed: Share, at: datetime) -> None:
    for member, link in (
        (loan.membership.member, loan_link(loan)),
        (lapsed.membership.member, share_link(lapsed)),
    ):
        tell(
            member,
            "lending.share_lapsed",
            about=lapsed,
            loan=loan,
            at=at,
            link=link,
            name=lapsed.membership.member.name,
            amount=lapsed.amount,
            reason=lapsed.note,
        )
