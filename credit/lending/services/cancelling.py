"""Calling a contract off before any money has moved, and letting go of what it had bound."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cooperative.membership.models import Member
from core import audit
from core.errors import NotFound, Refused, busy_is_refused
from core.exact import ZERO
from credit.lending.models import Loan, LoanRequest, Pledge, Share, Signature
from credit.lending.rules.states import Actor
from credit.lending.rules.states.loan import TRANSITIONS, LoanState
from credit.lending.rules.states.share import ShareState
from credit.lending.services.checks import clean_reason
from credit.lending.services.contract_notices import tell
from credit.lending.services.handing_back import owe_back
from credit.lending.services.loan_notices import loan_link, share_link
from credit.lending.services.locking import check_move, lock_loan, lock_shares, officers_row
from credit.lending.services.parties import party_of

CONVENE = "loan.convene"
NOTE_LENGTH = 200
_LIVE = (ShareState.AGREED, ShareState.LAPSED)


def cancel_loan(*, loan_id: int, reason: str, by: Any, at: datetime) -> Loan:
    """Call a contract off: a party who does not sign after all, or the officer of the union.

    The request is covered again as before. A lender who withdraws counts as having declined, and
    the request goes on looking for others.

    Raises:
        NotFound: neither a party nor an officer who convenes in its union.
        Refused: ``reason_missing``, ``loan_not_open`` or ``transfer_under_way``.
    """
    reason = clean_reason(reason)
    actor = actor_of(loan_id, by, at)
    leaver = _member_of(by) if actor == Actor.LENDER else None
    # Signed, it binds the parties to each other; each lender may still give up their own share.
    only = "" if actor == Actor.CONVENER else Loan.State.DRAWN
    with busy_is_refused(), transaction.atomic():
        return cancel(loan_id, actor, reason=reason, by=by, at=at, leaver=leaver, only=only)


def cancel_unsigned(*, loan_id: int, by: None = None, at: datetime) -> Loan:
    """The night: nobody waits for signatures longer than agreed.

    Raises:
        Refused: it has been signed, or called off, meanwhile.
    """
    with busy_is_refused(), transaction.atomic():
        reason = str(_("到期没有签完"))
        return cancel(loan_id, Actor.NIGHT, reason=reason, by=by, at=at, only=Loan.State.DRAWN)


def actor_of(loan_id: int, by: Any, at: datetime) -> Actor:
    """As what somebody deals with a loan.

    Raises:
        NotFound: as nothing.
    """
    loan = Loan.objects.select_related("membership").filter(pk=loan_id).first()
    member = _member_of(by)
    if loan is not None and member is not None:
        try:
            role, _membership = party_of(loan, member)
        except NotFound:
            pass
        else:
            return Actor.BORROWER if role == Signature.Role.BORROWER else Actor.LENDER
    officers_row(Loan.objects.all(), loan_id, by, CONVENE, at, loan="")
    return Actor.CONVENER


def _member_of(by: Any) -> Member | None:
    return Member.objects.filter(user=by, erased_at__isnull=True).first()


def cancel(
    loan_id: int,
    actor: Actor,
    *,
    reason: str,
    by: Any,
    at: datetime,
    leaver: Member | None = None,
    only: str = "",
) -> Loan:
    """The same inside a transaction, locking LoanRequest, Pledges, Loan, Shares."""
    request, pledges = lock_request_of(loan_id)
    loan, shares = _lock(loan_id)
    _check(loan, shares, actor, only)
    for share in shares:
        if share.state != Share.State.LAPSED:
            share.state = Share.State.LAPSED
            share.note = reason
            share.save(update_fields=["state", "note"])
            owe_back(share, by=by, at=at)
    loan.state = Loan.State.CANCELLED
    loan.reason = reason
    loan.ended_at = at
    loan.save(update_fields=["state", "reason", "ended_at"])
    leaving = [pledge for pledge in pledges if leaver and pledge.membership.member_id == leaver.pk]
    release(request, pledges, leaving, reason=reason, at=at)
    audit.record(
        "lending.contract_cancelled",
        loan,
        by=by,
        at=at,
        scope=loan.union.path,
        actor=actor.value,
        request=request.state,
    )
    _tell(loan, shares, at)
    return loan


def lock_request_of(loan_id: int) -> tuple[LoanRequest, list[Pledge]]:
    """The request that led to a loan, and its pledges, locked: they come before the loan."""
    request = LoanRequest.objects.locked().get(loans=loan_id)
    rows = Pledge.objects.filter(request=request, state=Pledge.State.CONTRACTED)
    return request, list(rows.locked().select_related("membership"))


def _lock(loan_id: int) -> tuple[Loan, list[Share]]:
    loan = lock_loan(loan_id)
    return loan, lock_shares(loan)


def _check(loan: Loan, shares: Iterable[Share], actor: Actor, only: str) -> None:
    refusal = Refused(
        "loan_not_open",
        _("合同 %(number)s 现在是“%(state)s”，不能取消。")
        % {"number": loan.number, "state": loan.get_state_display()},
        way_on=_("签完以后要取消，请找工会办理；不想转款的出借人可以放弃自己的一份。"),
        state=loan.state,
    )
    check_move(TRANSITIONS, loan.state, LoanState.CANCELLED, actor, refusal)
    if only and loan.state != only:
        raise refusal
    sent = [share for share in shares if share.state not in _LIVE]
    if sent:
        raise Refused(
            "transfer_under_way",
            _("合同 %(number)s 已有 %(count)s 份登记了转款，不能取消。")
            % {"number": loan.number, "count": len(sent)},
            way_on=_("请先核实转款：到账的照常履行，没有到账的由出借人撤回登记。"),
        )


def release(
    request: LoanRequest, pledges: list[Pledge], leaving: list[Pledge], *, reason: str, at: datetime
) -> None:
    """Let the pledges of a cancelled contract stand again; those who left it have declined."""
    for pledge in pledges:
        pledge.state = Pledge.State.PLEDGED
        if pledge in leaving:
            pledge.state = Pledge.State.DECLINED
            pledge.amount = None
            pledge.answered_at = at
            pledge.note = reason[:NOTE_LENGTH]
        pledge.save(update_fields=["state", "amount", "answered_at", "note"])
    standing = sum((pledge.amount or ZERO for pledge in pledges), ZERO)
    covered = standing >= request.amount
    request.state = LoanRequest.State.COVERED if covered else LoanRequest.State.CONVENING
    request.save(update_fields=["state"])


def _tell(loan: Loan, shares: list[Share], at: datetime) -> None:
    parties = [
        (loan.membership.member, loan_link(loan)),
        *((share.membership.member, share_link(share)) for share in shares),
    ]
    for member, link in parties:
        tell(
            member,
            "lending.contract_cancelled",
            about=loan,
            loan=loan,
            at=at,
            link=link,
            reason=loan.reason,
        )
