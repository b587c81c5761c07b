"""A later end of a loan, once: asked by the borrower before the end, agreed by every lender, four eyes.

Source: Civil Code 678 (before the term is over), 695 (guarantors).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from core import audit
from core.dates import business_date
from core.errors import NotFound, Refused, busy_is_refused, refusing
from credit.lending.access import access_own_loan, access_party_extension
from credit.lending.models import Extension, ExtensionConsent, Loan, LoanEvent, Share
from credit.lending.rules.extending import moved_dues
from credit.lending.rules.states import Actor
from credit.lending.rules.states.extension import TRANSITIONS, ExtensionState
from credit.lending.selectors.replaying import History, events_of, history_of
from credit.lending.services.checks import clean_reason
from credit.lending.services.extending_checks import (
    check_all,
    check_end,
    check_runs,
    running_of,
)
from credit.lending.services.loan_notices import (
    borrower_of,
    extension_link,
    lenders_of,
    tell,
)
from credit.lending.services.locking import (
    check_move,
    check_no_party,
    lock_loan,
    lock_shares,
    member_behind,
    officers_row,
)
from credit.lending.services.projecting import project_share, record_event

PROPOSE = "loan.convene"
CONFIRM = "loan.approve"
State = Extension.State


def ask_extension(*, loan_id: int, ends_on: date, reason: str, by: Any, at: datetime) -> Extension:
    """The borrower asks all lenders for a later end.

    Raises:
        NotFound: not the borrower.
        Refused: ``loan_not_running``, ``extension_too_late``, ``extension_not_later``,
            ``extension_term``, ``extension_stop``, ``extended_once``, ``reason_missing`` or
            ``reason_too_long``.
    """
    reason = clean_reason(reason)
    access_own_loan(member_behind(by), loan_id)
    with busy_is_refused(), transaction.atomic():
        loan = lock_loan(loan_id)
        shares = lock_shares(loan)
        check_runs(loan)
        check_end(loan, shares, ends_on, business_date(at))
        with refusing({"lending_extension_once": _extended_once()}):
            extension = Extension.objects.create(
                loan=loan, ends_on=ends_on, reason=reason, asked_by=by, asked_at=at
            )
        _record("asked", extension, by, at, ends_on=ends_on.isoformat())
        for lender in lenders_of(running_of(shares)):
            name = borrower_of(loan).name
            _tell(lender, extension, "lending.extension_asked", at, name=name, reason=reason)
    return extension


def answer_extension(*, extension_id: int, agreed: bool, by: Any, at: datetime) -> ExtensionConsent:
    """A lender says yes or no, once. One no ends it.

    Raises:
        NotFound: no lender of the loan.
        Refused: ``wrong_state``, ``share_not_running`` or ``answered_already``.
    """
    member = member_behind(by)
    found = access_party_extension(member, extension_id)
    with busy_is_refused(), transaction.atomic():
        loan, shares, extension = _lock(found)
        share = next((s for s in shares if s.membership.member_id == member.pk), None)
        if share is None:
            raise NotFound
        if extension.state != State.ASKED:
            raise _wrong_state(extension)
        if share.state != Share.State.FORMED:
            raise Refused(
                "share_not_running",
                _("您这一份现在是“%(state)s”，不用答复。") % {"state": share.get_state_display()},
            )
        already = Refused("answered_already", _("您已经答复过这次展期。"))
        with refusing({"lending_extensionconsent_once": already}):
            consent = ExtensionConsent.objects.create(
                extension=extension, share=share, agreed=agreed, by=by, at=at
            )
        _record("answered", extension, by, at, share=share.pk, agreed=agreed)
        answer = _("同意") if agreed else _("不同意")
        _tell(
            borrower_of(loan),
            extension,
            "lending.extension_answered",
            at,
            about=consent,
            name=member.name,
            answer=answer,
        )
        if not agreed:
            remark = str(_("有出借人不同意"))
            _refuse(extension, shares, Actor.LENDER, remark, by, at)
    return consent


def propose_extension(*, extension_id: int, by: Any, at: datetime) -> Extension:
    """An officer puts an extension that every lender agreed to before a second officer.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``own_matter``, ``wrong_state``, ``not_all_agreed``, or as ``ask_extension``;
            whatever a registered check says.
    """
    found = officers_row(_rows(), extension_id, by, PROPOSE, at, loan="loan")
    with busy_is_refused(), transaction.atomic():
        loan, shares, extension = _lock(found)
        _check_may(extension, ExtensionState.PROPOSED, Actor.CONVENER)
        check_all(extension, loan, shares, at)
        extension.state = State.PROPOSED
        extension.proposed_by, extension.proposed_at = by, at
        extension.save(update_fields=["state", "proposed_by", "proposed_at"])
        _record("proposed", extension, by, at)
    return extension


def confirm_extension(*, extension_id: int, by: Any, at: datetime) -> Extension:
    """A second officer confirms: the days move, each running share is replayed with them.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``own_matter``, ``same_person`` (I17), ``wrong_state``, ``not_all_agreed``, or as
            ``ask_extension``; whatever a registered check says.
    """
    found = officers_row(_rows(), extension_id, by, CONFIRM, at, loan="loan")
    with busy_is_refused(), transaction.atomic():
        loan, shares, extension = _lock(found)
        _check_may(extension, ExtensionState.IN_FORCE, Actor.REVIEWER)
        _check_other_officer(extension, by)
        check_all(extension, loan, shares, at)
        for share in running_of(shares):
            _extend(share, extension, by, at)
        loan.ends_on = extension.ends_on
        loan.save(update_fields=["ends_on"])
        extension.state = State.IN_FORCE
        extension.decided_by, extension.decided_at = by, at
        extension.save(update_fields=["state", "decided_by", "decided_at"])
        _record("confirmed", extension, by, at, ends_on=extension.ends_on.isoformat())
        for member in (borrower_of(loan), *lenders_of(running_of(shares))):
            _tell(member, extension, "lending.extension_in_force", at)
    return extension


def _extend(share: Share, extension: Extension, by: Any, at: datetime) -> None:
    today = business_date(at)
    due = moved_dues(
        _state_rows(history_of(events_of(share)), today),
        today=today,
        ends_on=extension.loan.ends_on,
        new_end=extension.ends_on,
    )
    record_event(
        share=share,
        kind=LoanEvent.Kind.EXTENDED,
        on=today,
        facts={
            "due": {str(number): day.isoformat() for number, day in due.items()},
            "ends_on": extension.ends_on.isoformat(),
            "extension": extension.pk,
        },
        by=by,
        at=at,
    )
    project_share(share, at=at)


def _state_rows(history: History, today: date) -> Any:
    return history.on(today).rows


def refuse_extension(*, extension_id: int, reason: str, by: Any, at: datetime) -> Extension:
    """An officer does not go along: the convener while lenders are asked, the reviewer afterwards.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``own_matter``, ``same_person``, ``wrong_state``, ``reason_missing`` or
            ``reason_too_long``.
    """
    reason = clean_reason(reason)
    seen = _rows().filter(pk=extension_id).first()
    proposed = seen is not None and seen.state == State.PROPOSED
    permission, actor = (CONFIRM, Actor.REVIEWER) if proposed else (PROPOSE, Actor.CONVENER)
    found = officers_row(_rows(), extension_id, by, permission, at, loan="loan")
    with busy_is_refused(), transaction.atomic():
        _loan, shares, extension = _lock(found)
        _check_other_officer(extension, by)
        _refuse(extension, shares, actor, reason, by, at)
    return extension


def withdraw_extension(*, extension_id: int, by: Any, at: datetime) -> Extension:
    """The borrower takes the question back before it is decided.

    Raises:
        NotFound: not the borrower.
        Refused: ``wrong_state``.
    """
    member = member_behind(by)
    found = access_party_extension(member, extension_id)
    if found.loan.membership.member_id != member.pk:
        raise NotFound
    with busy_is_refused(), transaction.atomic():
        _loan, shares, extension = _lock(found)
        _check_may(extension, ExtensionState.WITHDRAWN, Actor.BORROWER)
        extension.state = State.WITHDRAWN
        extension.save(update_fields=["state"])
        _record("withdrawn", extension, by, at)
        for lender in lenders_of(running_of(shares)):
            _tell(lender, extension, "lending.extension_withdrawn", at, name=member.name)
    return extension


def expire_extensions(*, at: datetime) -> int:
    """End what nobody decided before the loan's own end; how many. May run twice or late."""
    rows = Extension.objects.filter(
        state__in=[State.ASKED, State.PROPOSED], loan__ends_on__lt=business_date(at)
    ).select_related("loan__union")
    ended = 0
    for found in rows.order_by("pk"):
        with busy_is_refused(), transaction.atomic():
            loan, shares, extension = _lock(found)
            if extension.state not in (State.ASKED, State.PROPOSED):
                continue
            _check_may(extension, ExtensionState.EXPIRED, Actor.NIGHT)
            extension.state = State.EXPIRED
            extension.save(update_fields=["state"])
            _record("expired", extension, None, at)
            _tell_refused(extension, loan, shares, str(_("到期前没有办完")), at)
            ended += 1
    return ended


# Checks


def _rows() -> models.QuerySet[Extension]:
    return Extension.objects.select_related("loan__union")


def _lock(found: Extension) -> tuple[Loan, list[Share], Extension]:
    """Loan, shares, extension, in the one order."""
    loan = lock_loan(found.loan_id)
    shares = lock_shares(loan)
    extension = Extension.objects.locked().get(pk=found.pk)
    extension.loan = loan
    return loan, shares, extension


def _check_other_officer(extension: Extension, by: Any) -> None:
    check_no_party(extension.loan, by)
    if extension.proposed_by_id == by.pk:
        raise Refused(
            "same_person",
            _("您自己提请的展期不能由您复核。"),
            way_on=_("请另一位复核人员办理。"),
        )


def _check_may(extension: Extension, to: ExtensionState, actor: Actor) -> None:
    check_move(TRANSITIONS, extension.state, to, actor, _wrong_state(extension))


def _wrong_state(extension: Extension) -> Refused:
    return Refused(
        "wrong_state",
        _("这次展期现在是“%(state)s”，不能这样办。") % {"state": extension.get_state_display()},
        way_on=_("请刷新页面，看看最新的情况。"),
        state=extension.state,
    )


def _extended_once() -> Refused:
    return Refused(
        "extended_once",
        _("一笔借款只能展期一次，这笔已经申请过或展期过。"),
        way_on=_("请按现在的计划还款，有困难请到工会办公室商量。"),
    )


# Ends and telling


def _refuse(
    extension: Extension, shares: list[Share], actor: Actor, remark: str, by: Any, at: datetime
) -> None:
    _check_may(extension, ExtensionState.REFUSED, actor)
    extension.state, extension.remark = State.REFUSED, remark
    extension.decided_by, extension.decided_at = by, at
    extension.save(update_fields=["state", "remark", "decided_by", "decided_at"])
    _record("refused", extension, by, at, actor=actor.value)
    _tell_refused(extension, extension.loan, shares, remark, at)


def _tell_refused(
    extension: Extension, loan: Loan, shares: list[Share], remark: str, at: datetime
) -> None:
    for member in (borrower_of(loan), *lenders_of(running_of(shares))):
        _tell(
            member,
            extension,
            "lending.extension_refused",
            at,
            old_day=loan.ends_on,
            reason=remark,
        )


def _tell(
    member: Any,
    extension: Extension,
    kind: str,
    at: datetime,
    *,
    about: models.Model | None = None,
    **facts: Any,
) -> None:
    tell(
        member,
        kind,
        about=about or extension,
        loan=extension.loan,
        at=at,
        link=extension_link(extension),
        day=extension.ends_on,
        **facts,
    )


def _record(deed: str, extension: Extension, by: Any, at: datetime, **facts: Any) -> None:
    audit.record(
        f"lending.extension_{deed}",
        extension,
        by=by,
        at=at,
        scope=extension.loan.union.path,
        loan=extension.loan_id,
        **facts,
    )
