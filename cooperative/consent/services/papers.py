"""Consents on paper: one officer records the signed sheet, another makes consents of it.

Most members of a roster have no account. What they sign under the printed text counts from the
moment at which a second officer has looked at the sheet, and runs as long as the text said from
the day of the signature. Source: PIPL arts. 13–15; rule I17.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cooperative.consent.access import CONFIRM, RECORD
from cooperative.consent.models import (
    Channel,
    Consent,
    ConsentText,
    PaperConsent,
    Recipient,
)
from cooperative.consent.rules.papers import PaperActor, PaperState, may_move
from cooperative.consent.services import paper_checks as checks
from cooperative.consent.services.checks import clean_reason
from cooperative.consent.services.consents import (
    categories_of,
    end_older,
    record_given,
    runs_until,
)
from cooperative.consent.services.paper_notices import tell_given, tell_rejected
from cooperative.membership.access import check_permission, unions_where
from cooperative.membership.models import Member, Union
from core import audit
from core.dates import business_date
from core.errors import NotFound, Refused, busy_is_refused, refusing
from core.models import StoredFile


def record_papers(
    *,
    member_ids: Collection[int],
    union: Union,
    recipient: Recipient,
    text: ConsentText,
    signed_on: date,
    evidence: StoredFile | None,
    extra_categories: Collection[str] = (),
    by: Any,
    at: datetime,
) -> list[PaperConsent]:
    """Note who signed one sheet, all or nobody; nothing counts until a second officer confirms.

    ``text`` is the version that stands on the sheet, ``evidence`` its photograph.

    Raises:
        Forbidden: the officer may not record in this union.
        Refused: ``nobody_chosen``, ``too_many``, ``evidence_missing``, ``text_changed``,
            ``signed_in_future``, ``signed_before_text``, ``signed_too_long_ago``,
            ``category_unknown``, ``erased``, ``own_matter``, ``not_our_member``,
            ``recipient_not_theirs``, ``already_given``, ``recorded_already`` or
            ``withdrawn_since``.
    """
    check_permission(by, RECORD, union, business_date(at))
    checks.check_sheet(member_ids, evidence)
    checks.check_text_in_force(text, at)
    checks.check_signed_on(signed_on, text, at)
    chosen = categories_of(text, extra_categories)
    with busy_is_refused(), transaction.atomic():
        members = list(Member.objects.locked().filter(pk__in=set(member_ids)))
        checks.check_members(members, set(member_ids), union, by)
        _check_recipient(members, recipient, text, signed_on, at)
        checks.check_not_waiting(members, recipient, text)
        papers = [
            PaperConsent(
                member=member,
                union=union,
                recipient=recipient,
                purpose=text.purpose,
                text=text,
                categories=chosen,
                signed_on=signed_on,
                evidence=evidence,
                made_by=by,
                made_at=at,
            )
            for member in members
        ]
        with refusing({"consent_paperconsent_one_waiting": checks.recorded_already()}):
            for paper in papers:
                paper.save()
        for paper in papers:
            _record("recorded", paper, by, at, signed_on=signed_on)
    return papers


def confirm_papers(*, paper_ids: Collection[int], by: Any, at: datetime) -> list[Consent]:
    """A second officer has looked at the sheet: each row becomes a consent from now on.

    All or none; the members are told what counts, who vouches for it, and how to end it.

    Raises:
        NotFound: one is absent, or out of the officer's reach.
        Refused: ``same_person`` (I17), ``wrong_state``, or as ``record_papers`` what has changed
            since.
    """
    _check_reach(paper_ids, CONFIRM, by, at)
    with busy_is_refused(), transaction.atomic():
        papers = _lock(paper_ids)
        for paper in papers:
            _check_may(paper, PaperState.CONFIRMED, PaperActor.REVIEWER, by)
            _check_still_so(paper, by, at)
        return [_make_consent(paper, by, at) for paper in papers]


def reject_paper(*, paper_id: int, remark: str, by: Any, at: datetime) -> PaperConsent:
    """A second officer does not find on the sheet what was recorded, and says why.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``same_person``, ``own_matter``, ``wrong_state``, ``reason_missing`` or
            ``reason_too_long``.
    """
    remark = clean_reason(remark)
    _check_reach([paper_id], CONFIRM, by, at)
    with busy_is_refused(), transaction.atomic():
        (paper,) = _lock([paper_id])
        _check_may(paper, PaperState.REJECTED, PaperActor.REVIEWER, by)
        paper.state, paper.remark = PaperConsent.State.REJECTED, remark
        paper.checked_by, paper.checked_at = by, at
        paper.save(update_fields=["state", "remark", "checked_by", "checked_at"])
        _record("rejected", paper, by, at)
        tell_rejected(paper, at=at)
    return paper


def take_back_paper(*, paper_id: int, reason: str, by: Any, at: datetime) -> PaperConsent:
    """Recorded by mistake, or the member no longer wants it: it is taken back unconfirmed.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``wrong_state``, ``reason_missing`` or ``reason_too_long``.
    """
    reason = clean_reason(reason)
    _check_reach([paper_id], RECORD, by, at)
    with busy_is_refused(), transaction.atomic():
        (paper,) = _lock([paper_id])
        if not may_move(PaperState(paper.state), PaperState.WITHDRAWN, PaperActor.CONVENER):
            raise checks.wrong_state(paper)
        _withdraw(paper, reason, by, at)
    return paper


def end_waiting_papers(*, member: Member, reason: str, by: Any, at: datetime) -> int:
    """Take back what waits for a member whose data is erased; the caller holds a transaction."""
    waiting = PaperConsent.objects.filter(member=member, state=PaperConsent.State.PROPOSED)
    papers = list(waiting.locked().select_related("union"))
    for paper in papers:
        _withdraw(paper, reason, by, at)
    return len(papers)


def _withdraw(paper: PaperConsent, reason: str, by: Any, at: datetime) -> None:
    paper.state, paper.remark = PaperConsent.State.WITHDRAWN, reason
    paper.withdrawn_by, paper.withdrawn_at = by, at
    paper.save(update_fields=["state", "remark", "withdrawn_by", "withdrawn_at"])
    _record("taken_back", paper, by, at)


def _make_consent(paper: PaperConsent, by: Any, at: datetime) -> Consent:
    end_older(paper.member, paper.recipient, paper.text, by=by, at=at, address=None)
    consent = Consent(
        member=paper.member,
        recipient=paper.recipient,
        purpose=paper.purpose,
        text=paper.text,
        categories=paper.categories,
        given_at=at,
        given_by=paper.made_by,
        given_channel=Channel.PAPER,
        evidence=paper.evidence,
        valid_until=runs_until(paper.text, paper.signed_on),
    )
    with refusing({"consent_consent_one_live": checks.already_given([paper.member])}):
        consent.save()
    paper.state, paper.consent = PaperConsent.State.CONFIRMED, consent
    paper.checked_by, paper.checked_at = by, at
    paper.save(update_fields=["state", "consent", "checked_by", "checked_at"])
    record_given(consent, by=by, at=at, paper=paper.pk)
    _record("confirmed", paper, by, at, consent=consent.pk)
    tell_given(paper, consent, at=at)
    return consent


def _check_may(paper: PaperConsent, to: PaperState, actor: PaperActor, by: Any) -> None:
    if not may_move(PaperState(paper.state), to, actor):
        raise checks.wrong_state(paper)
    if paper.made_by_id == by.pk:
        raise Refused(
            "same_person",
            _("您自己登记的纸面授权不能由您复核。"),
            way_on=_("请另一位复核人员办理。"),
        )
    checks.check_no_own_matter([paper.member], by)


def _check_still_so(paper: PaperConsent, by: Any, at: datetime) -> None:
    """What held when the sheet was recorded must hold when it begins to count."""
    checks.check_text_in_force(paper.text, at)
    checks.check_signed_on(paper.signed_on, paper.text, at)
    checks.check_members([paper.member], {paper.member_id}, paper.union, by)
    _check_recipient([paper.member], paper.recipient, paper.text, paper.signed_on, at)
    checks.check_not_withdrawn([paper.member], paper.recipient, paper.text, paper.made_at)


def _check_recipient(
    members: Sequence[Member],
    recipient: Recipient,
    text: ConsentText,
    signed_on: date,
    at: datetime,
) -> None:
    checks.check_recipient(members, recipient, text)
    checks.check_not_given(members, recipient, text, at)
    checks.check_not_withdrawn(members, recipient, text, checks.end_of(signed_on))


def _check_reach(paper_ids: Collection[int], permission: str, by: Any, at: datetime) -> None:
    within = PaperConsent.objects.filter(
        pk__in=paper_ids, union__in=unions_where(by, permission, business_date(at))
    )
    if within.count() < len(set(paper_ids)):
        raise NotFound()


def _lock(paper_ids: Collection[int]) -> list[PaperConsent]:
    """Members, then their sheets."""
    list(Member.objects.locked().filter(paper_consents__in=paper_ids))
    rows = PaperConsent.objects.locked().filter(pk__in=paper_ids)
    return list(
        rows.select_related(
            "member__user", "union", "recipient__union", "text", "made_by", "evidence"
        )
    )


def _record(deed: str, paper: PaperConsent, by: Any, at: datetime, **facts: Any) -> None:
    audit.record(
        f"paper_consent.{deed}",
        paper,
        by=by,
        at=at,
        scope=paper.union.path,
        member=paper.member_id,
        recipient=paper.recipient_id,
        purpose=paper.purpose,
        version=paper.text.version,
        **facts,
    )
