"""Another grade or limit in place of a score's: proposed by one officer, confirmed by another.

A score is one per member, for all their unions, and so is an override. It holds by its dates: when it
is over the score counts again, and nothing has to be done. The member is told what changes, why,
until when, and that they may object.

Source: PIPL art. 24; design I17.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from cooperative.farming.selectors import scope_of
from cooperative.membership.models import Member
from core import audit
from core.dates import add_months, business_date
from core.errors import NotFound, Refused, busy_is_refused, refusing
from core.formats import format_day
from core.models import StoredFile
from core.parameters import value_on
from credit.scoring.access import CONFIRM, PROPOSE, access_member_score, access_of_member
from credit.scoring.models import Override, Score
from credit.scoring.parameters import OVERRIDE_MONTHS
from credit.scoring.rules.overriding import TRANSITIONS, OverrideState
from credit.scoring.services.checks import clean_words
from credit.scoring.services.override_content import check_content
from credit.scoring.services.telling_overrides import tell_confirmed, tell_revoked

State = Override.State
_NO_REASON = _("请写明原因，成员会看到。")


def propose_override(
    *,
    member_id: int,
    grade: str = "",
    limit_amount: Decimal | None = None,
    reason: str,
    starts_on: date,
    ends_on: date,
    evidence: StoredFile | None = None,
    by: Any,
    at: datetime,
) -> Override:
    """Ask another officer to put a grade or a limit in place of the score's during a time.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``own_matter``, ``words_missing``, ``no_score``, ``vetoed``, ``grade_unknown``,
            ``limit_wrong``, ``limit_above_cap``, ``limit_without_grade``, ``changes_nothing``,
            ``period_wrong``, ``period_too_long``, ``override_stands``.
    """
    reason = clean_words(reason, _NO_REASON)
    member = access_member_score(member_id, by, PROPOSE, business_date(at))
    with busy_is_refused(), transaction.atomic():
        Member.objects.locked().get(pk=member.pk)
        row = Override(
            member=member,
            score=_current(member),
            grade=grade,
            limit_amount=limit_amount,
            reason=reason,
            starts_on=starts_on,
            ends_on=ends_on,
            evidence=evidence,
            made_by=by,
            made_at=at,
        )
        _check_period(row, business_date(at))
        check_content(row, row.score)
        _check_free(row)
        row.save()
        _record("proposed", row, by, at)
    return row


def confirm_override(*, override_id: int, by: Any, at: datetime) -> Override:
    """A second officer agrees: it holds from its first day, or from today if that has passed.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``own_matter``, ``same_person`` (I17), ``wrong_state``, ``no_score``, ``vetoed``
            or what else no longer fits the score of today, ``period_over``, ``override_stands``.
    """
    found = _reached(override_id, by, at)
    with busy_is_refused(), transaction.atomic():
        row = _lock(found)
        _check_may(row, OverrideState.CONFIRMED, by)
        score, today = _current(row.member), business_date(at)
        check_content(row, score)
        if row.ends_on <= today:
            raise _period_over(row)
        _check_free(row)
        row.starts_on = max(row.starts_on, today)
        _decide(row, State.CONFIRMED, by, at)
        _record("confirmed", row, by, at)
        tell_confirmed(row, score, at=at)
    return row


def reject_override(*, override_id: int, remark: str, by: Any, at: datetime) -> Override:
    """A second officer does not agree, and says why; nothing changes.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``own_matter``, ``same_person``, ``wrong_state`` or ``words_missing``.
    """
    remark = clean_words(remark, _("请写明为什么不同意。"))
    found = _reached(override_id, by, at)
    with busy_is_refused(), transaction.atomic():
        row = _lock(found)
        _check_may(row, OverrideState.REJECTED, by)
        row.remark = remark
        _decide(row, State.REJECTED, by, at)
        _record("rejected", row, by, at)
    return row


def revoke_override(*, override_id: int, remark: str, by: Any, at: datetime) -> Override:
    """End it today: from today on the score counts.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``own_matter``, ``wrong_state``, ``period_over`` or ``words_missing``.
    """
    remark = clean_words(remark, _NO_REASON)
    found = _reached(override_id, by, at)
    with busy_is_refused(), transaction.atomic():
        row, today = _lock(found), business_date(at)
        if OverrideState.REVOKED not in TRANSITIONS[OverrideState(row.state)]:
            raise _wrong_state(row)
        if row.ends_on <= today:
            raise _period_over(row)
        row.ends_on = max(row.starts_on, today)
        row.state, row.remark, row.revoked_by, row.revoked_at = State.REVOKED, remark, by, at
        row.save(update_fields=["state", "remark", "ends_on", "revoked_by", "revoked_at"])
        _record("revoked", row, by, at)
        tell_revoked(row, Score.objects.current().filter(member=row.member).first(), at=at)
    return row


def _decide(row: Override, state: str, by: Any, at: datetime) -> None:
    row.state, row.checked_by, row.checked_at = state, by, at
    with refusing({"scoring_override_no_overlap": _stands(row.member)}):
        row.save(update_fields=["state", "remark", "starts_on", "checked_by", "checked_at"])


# Rows and checks


def _reached(override_id: int, by: Any, at: datetime) -> Override:
    rows = Override.objects.select_related("member")
    return access_of_member(rows, override_id, by, CONFIRM, business_date(at))


def _lock(found: Override) -> Override:
    """Member, then override."""
    member = Member.objects.locked().select_related("user").get(pk=found.member_id)
    row = Override.objects.locked().filter(pk=found.pk).first()
    if row is None:
        raise NotFound()
    row.member = member
    return row


def _current(member: Member) -> Score:
    rows = Score.objects.current().filter(member=member).select_related("scorecard")
    score = rows.first()
    if score is None:
        raise Refused(
            "no_score",
            _("这位成员现在没有信用分，没有什么可以调整。"),
            way_on=_("成员同意评信用以后，夜里评出来再办。"),
        )
    return score


def _check_period(row: Override, today: date) -> None:
    if row.starts_on < today or row.ends_on <= row.starts_on:
        raise Refused(
            "period_wrong",
            _("开始的日子不能早于今天 %(today)s，结束的日子要晚于开始的日子。")
            % {"today": format_day(today)},
            way_on=_("请改一改日期。"),
        )
    months = int(value_on(OVERRIDE_MONTHS, today, scope=scope_of(row.member)))
    latest = add_months(row.starts_on, months)
    if row.ends_on > latest:
        raise Refused(
            "period_too_long",
            _("人工调整最多管 %(months)s 个月，从%(first)s起最晚到%(latest)s结束。")
            % {
                "months": months,
                "first": format_day(row.starts_on),
                "latest": format_day(latest),
            },
            way_on=_("请改早一些；到期还需要的，再提一次。"),
        )


def _check_free(row: Override) -> None:
    """No other override holds in that time; the constraint says so for two at once."""
    others = Override.objects.filter(
        member=row.member,
        state__in=[State.CONFIRMED, State.REVOKED],
        starts_on__lt=row.ends_on,
        ends_on__gt=row.starts_on,
    ).exclude(ends_on=F("starts_on"))  # revoked before it began
    if others.exists():
        raise _stands(row.member)


def _check_may(row: Override, to: OverrideState, by: Any) -> None:
    if to not in TRANSITIONS[OverrideState(row.state)]:
        raise _wrong_state(row)
    if row.made_by_id == by.pk:
        raise Refused(
            "same_person",
            _("您自己提出的调整不能由您复核。"),
            way_on=_("请另一位复核人员办理。"),
        )


def _stands(member: Member) -> Refused:
    return Refused(
        "override_stands",
        _("这位成员在这段时间已经有一次人工调整，同一时间只能有一次。"),
        way_on=_("请先撤销那一次，或者把日期错开。"),
        member=member.pk,
    )


def _period_over(row: Override) -> Refused:
    return Refused(
        "period_over",
        _("这次调整到%(day)s就结束了，已经过了。") % {"day": format_day(row.ends_on)},
        way_on=_("还需要的，请重新提出。"),
    )


def _wrong_state(row: Override) -> Refused:
    return Refused(
        "wrong_state",
        _("这次调整现在是“%(state)s”，不能再办。") % {"state": row.get_state_display()},
        way_on=_("请刷新页面，看看最新的情况。"),
        state=row.state,
    )


def _record(deed: str, row: Override, by: Any, at: datetime) -> None:
    audit.record(
        f"scoring.override_{deed}",
        row,
        by=by,
        at=at,
        scope=scope_of(row.member),
        member=row.member_id,
        grade=row.grade,
        limit=str(row.limit_amount) if row.limit_amount is not None else "",
        until=row.ends_on,
    )
