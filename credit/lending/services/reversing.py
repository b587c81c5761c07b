"""Taking a confirmed payment back: proposed by one officer, confirmed by another, shown before.

The share is replayed as if the payment had never been; the entry in the books is reversed. A loan
that was settled by it runs again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from cooperative.ledger.models import Entry
from cooperative.membership.access import access_row
from core import audit
from core.dates import business_date
from core.errors import Refused, busy_is_refused
from core.exact import ZERO
from core.formats import format_yuan_short
from credit.lending.models import Loan, LoanEvent, Repayment, Share
from credit.lending.rules.projection import Projection
from credit.lending.rules.share import Reversed
from credit.lending.rules.states import Actor
from credit.lending.rules.states.repayment import TRANSITIONS, RepaymentState
from credit.lending.selectors.replaying import History, events_of, history_of
from credit.lending.services.booking import post_reversal
from credit.lending.services.checks import clean_reason
from credit.lending.services.counting import reopen_loan
from credit.lending.services.loan_notices import borrower_of, repayment_link, tell
from credit.lending.services.locking import (
    check_move,
    lock_loan,
    lock_repayment,
    lock_share,
    lock_shares,
    officers_row,
)
from credit.lending.services.projecting import PARTS, project_share, record_event, standing_of

VIEW = "loan.view"
PROPOSE = "loan.convene"
CONFIRM = "loan.approve"


@dataclass(frozen=True)
class Preview:
    """A share with the payment and without it, both from a replay of its events."""

    repayment: Repayment
    before: Projection
    after: Projection

    @property
    def reopens(self) -> bool:
        """Whether the share is settled now and would not be."""
        return self.before.settled_on is not None and self.after.settled_on is None

    @property
    def possible(self) -> bool:
        """Whether what was given back of over-payments is still covered."""
        return self.after.standing.unallocated >= ZERO


def preview_reversal(*, repayment_id: int, by: Any, at: datetime) -> Preview:
    """What taking a payment back would change; nothing is written.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``wrong_state``.
    """
    day = business_date(at)
    repayment = access_row(_rows(), repayment_id, by, VIEW, day, union="share__loan__union")
    return preview_of(repayment, at=at)


def preview_of(repayment: Repayment, *, at: datetime) -> Preview:
    """The same of a row that the caller may see.

    Raises:
        Refused: ``wrong_state``.
    """
    _check_confirmed(repayment)
    return _preview(repayment, history_of(events_of(repayment.share)), at)


def _preview(repayment: Repayment, history: History, at: datetime) -> Preview:
    today = max(business_date(at), history.recorded_on)
    gone = Reversed(str(repayment.pk), today, sequence=history.count + 1)
    without = history.followed_by(gone)
    return Preview(repayment, history.projected(today), without.projected(today))


def propose_reversal(
    *, repayment_id: int, cause: str, reason: str, by: Any, at: datetime
) -> Repayment:
    """An officer asks that a confirmed payment be taken back; another one decides.

    ``cause`` is one of the books' reasons (``Entry.Reason``), ``reason`` are words for the parties.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``own_matter``, ``wrong_state``, ``already_proposed``, ``returned_already``,
            ``reason_missing`` or ``reason_too_long``.
    """
    cause, reason = Entry.Reason(cause), clean_reason(reason)
    found = officers_row(_rows(), repayment_id, by, PROPOSE, at, loan="share__loan")
    with busy_is_refused(), transaction.atomic():
        share = lock_share(found.share_id)
        repayment = lock_repayment(repayment_id, share)
        _check_confirmed(repayment)
        if repayment.reversal_proposed_at is not None:
            raise Refused(
                "already_proposed",
                _("这笔还款的冲正已经提出过，正在等复核。"),
                way_on=_("请复核人员办理。"),
            )
        _check_possible(_preview(repayment, history_of(events_of(share)), at))
        repayment.reversal_cause, repayment.reversal_reason = cause, reason
        repayment.reversal_proposed_by, repayment.reversal_proposed_at = by, at
        repayment.save(update_fields=_PROPOSAL)
        _record("reversal_proposed", repayment, by, at, cause=cause.value)
    return repayment


def drop_reversal(*, repayment_id: int, by: Any, at: datetime) -> Repayment:
    """The second officer does not agree: the payment goes on counting.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``own_matter`` or ``not_proposed``.
    """
    found = officers_row(_rows(), repayment_id, by, CONFIRM, at, loan="share__loan")
    with busy_is_refused(), transaction.atomic():
        repayment = lock_repayment(repayment_id, lock_share(found.share_id))
        _check_proposed(repayment)
        repayment.reversal_cause = repayment.reversal_reason = ""
        repayment.reversal_proposed_by = repayment.reversal_proposed_at = None
        repayment.save(update_fields=_PROPOSAL)
        _record("reversal_dropped", repayment, by, at)
    return repayment


def confirm_reversal(*, repayment_id: int, by: Any, at: datetime) -> Repayment:
    """A second officer agrees: the payment never was, the share is replayed, a settled loan reopens.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``own_matter``, ``not_proposed``, ``same_person`` (I17) or ``returned_already``.
    """
    found = officers_row(_rows(), repayment_id, by, CONFIRM, at, loan="share__loan")
    with busy_is_refused(), transaction.atomic():
        loan = lock_loan(found.share.loan_id)
        shares = lock_shares(loan)
        share = next(share for share in shares if share.pk == found.share_id)
        repayment = lock_repayment(repayment_id, share)
        _check_proposed(repayment)
        if repayment.reversal_proposed_by_id == by.pk:
            raise Refused(
                "same_person",
                _("您自己提出的冲正不能由您复核。"),
                way_on=_("请另一位复核人员办理。"),
            )
        refusal = _wrong_state(repayment)
        check_move(TRANSITIONS, repayment.state, RepaymentState.REVERSED, Actor.REVIEWER, refusal)
        _check_possible(_preview(repayment, history_of(events_of(share)), at))
        _reverse(repayment, share, by, at)
        if loan.state == Loan.State.SETTLED and share.state == Share.State.FORMED:
            reopen_loan(loan, shares, by=by, at=at)
    return repayment


def _reverse(repayment: Repayment, share: Share, by: Any, at: datetime) -> None:
    before = standing_of(share)
    repayment.state = Repayment.State.REVERSED
    repayment.reversed_by, repayment.reversed_at = by, at
    for name in PARTS:
        setattr(repayment, name, ZERO)
    repayment.save()
    record_event(
        share=share,
        kind=LoanEvent.Kind.REVERSED,
        on=business_date(at),
        amount=repayment.amount,
        repayment=repayment,
        by=by,
        at=at,
    )
    project_share(share, at=at)
    post_reversal(share, repayment, before, by=by, at=at)
    _record("reversed", repayment, by, at, amount=str(repayment.amount))
    for member in (borrower_of(share.loan), share.membership.member):
        tell(
            member,
            "lending.repayment_reversed",
            about=repayment,
            loan=share.loan,
            at=at,
            link=repayment_link(repayment),
            day=repayment.paid_on,
            amount=repayment.amount,
            reason=repayment.reversal_reason,
            outstanding=share.principal_outstanding + share.written_off,
        )


_PROPOSAL = ["reversal_cause", "reversal_reason", "reversal_proposed_by", "reversal_proposed_at"]


def _rows() -> models.QuerySet[Repayment]:
    return Repayment.objects.select_related("share__loan__union", "share__membership")


def _check_confirmed(repayment: Repayment) -> None:
    if repayment.state != Repayment.State.CONFIRMED:
        raise _wrong_state(repayment)


def _wrong_state(repayment: Repayment) -> Refused:
    return Refused(
        "wrong_state",
        _("这笔还款现在是“%(state)s”，只有已确认的还款才能冲正。")
        % {"state": repayment.get_state_display()},
        way_on=_("请刷新页面，看看最新的情况。"),
        state=repayment.state,
    )


def _check_proposed(repayment: Repayment) -> None:
    if repayment.reversal_proposed_at is None or repayment.state != Repayment.State.CONFIRMED:
        raise Refused(
            "not_proposed",
            _("这笔还款没有等复核的冲正。"),
            way_on=_("请刷新页面，看看最新的情况。"),
        )


def _check_possible(preview: Preview) -> None:
    if not preview.possible:
        missing = -preview.after.standing.unallocated
        raise Refused(
            "returned_already",
            _("这笔还款里多付的钱已经退回借款人，冲正后会少 %(missing)s 元。")
            % {"missing": format_yuan_short(missing)},
            way_on=_("请借款人先把这 %(missing)s 元还给出借人并登记，再冲正。")
            % {"missing": format_yuan_short(missing)},
            missing=missing,
        )


def _record(deed: str, repayment: Repayment, by: Any, at: datetime, **facts: Any) -> None:
    audit.record(
        f"lending.{deed}",
        repayment,
        by=by,
        at=at,
        scope=repayment.share.loan.union.path,
        share=repayment.share_id,
        **facts,
    )
