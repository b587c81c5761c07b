"""Objections to a score: raised by the member, answered in writing by an officer, or taken back.

Where the member was right the fact has been corrected by its own app's flow; upholding scores the
member again at once and the answer says what was corrected. After a rejection the member may add a
statement that is read beside the score.

Source: 征信业管理条例 arts. 25, 26; PIPL art. 24.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from cooperative.consent.rules.requests import due_on
from cooperative.membership.models import Member
from core import audit
from core.dates import business_date
from core.errors import NotFound, Refused, busy_is_refused, refusing
from core.formats import format_number
from core.models import StoredFile
from core.parameters import value_on
from credit.scoring.access import (
    ANSWER,
    BELONGED,
    access_of_member,
    access_own_objection,
    scope_for,
)
from credit.scoring.models import Objection, Override, Score
from credit.scoring.parameters import OBJECTION_DAYS
from credit.scoring.rules import card_from_json
from credit.scoring.rules.objecting import TRANSITIONS, ObjectionActor, ObjectionState
from credit.scoring.services.checks import clean_words
from credit.scoring.services.rescoring import rescore
from credit.scoring.services.telling import tell

LEAST_WORDS, MOST_WORDS, MOST_STATEMENT = 3, 500, 200
State = Objection.State


def raise_objection(
    *,
    member: Member,
    about: str = "",
    words: str,
    evidence: StoredFile | None = None,
    by: Any,
    at: datetime,
) -> Objection:
    """The member says what is wrong with their current score; the clock starts.

    ``about``: a characteristic or veto of its card, empty for the whole score. The score carries
    the mark until it is answered.

    Raises:
        NotFound: the member is another's.
        Refused: ``words_missing``, ``words_too_long``, ``no_score``, ``about_unknown`` or
            ``already_open``.
    """
    words = clean_words(
        words, _("请写明哪里不对、应该是什么。"), least=LEAST_WORDS, most=MOST_WORDS
    )
    with busy_is_refused(), transaction.atomic():
        _lock_own(member, by)
        today, scope = business_date(at), scope_for(member)
        objection = Objection(
            member=member,
            score=_objectionable(member, about),
            about=about,
            words=words,
            evidence=evidence,
            raised_at=at,
            due_on=due_on(today, int(value_on(OBJECTION_DAYS, today, scope=scope))),
        )
        with refusing({"scoring_objection_one_open": _ALREADY_OPEN}):
            objection.save()
        _record("raised", objection, by, at, due_on=objection.due_on)
    return objection


def withdraw_objection(*, objection_id: int, member: Member, by: Any, at: datetime) -> Objection:
    """The member takes it back; the mark goes.

    Raises:
        NotFound: absent or another member's.
        Refused: ``wrong_state``.
    """
    with busy_is_refused(), transaction.atomic():
        objection = _lock_own_objection(objection_id, member, by)
        _check_move(objection, ObjectionState.WITHDRAWN, ObjectionActor.MEMBER)
        objection.state, objection.withdrawn_at = State.WITHDRAWN, at
        objection.save(update_fields=["state", "withdrawn_at"])
        _record("withdrawn", objection, by, at)
    return objection


def add_statement(
    *, objection_id: int, member: Member, statement: str, by: Any, at: datetime
) -> Objection:
    """After a rejection: what the member wants read beside the score. Said anew it replaces the old.

    Raises:
        NotFound: absent or another member's.
        Refused: ``wrong_state``, ``words_missing`` or ``words_too_long``.
    """
    statement = clean_words(statement, _("请写下您想说明的话。"), most=MOST_STATEMENT)
    with busy_is_refused(), transaction.atomic():
        objection = _lock_own_objection(objection_id, member, by)
        if objection.state != State.REJECTED:
            raise _wrong_state(objection)
        objection.statement, objection.stated_at = statement, at
        objection.save(update_fields=["statement", "stated_at"])
        _record("stated", objection, by, at)
    return objection


def uphold_objection(*, objection_id: int, answer: str, by: Any, at: datetime) -> Objection:
    """The member was right: what was wrong has been corrected, and they are scored again at once.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``own_matter``, ``own_override``, ``wrong_state``, ``words_missing``, ``no_card``.
    """
    answer = _clean_answer(answer)
    found = _reached(objection_id, by, at)
    with busy_is_refused(), transaction.atomic():
        objection = _lock(found)
        _check_may(objection, ObjectionState.UPHELD, by, at)
        now = rescore(member=objection.member, by=by, at=at)
        if now is not None and now.pk != objection.score_id:
            objection.new_score = now
        _answer(objection, State.UPHELD, answer, by, at)
        _tell(objection, at, what=partial(_change, objection))
    return objection


def reject_objection(*, objection_id: int, answer: str, by: Any, at: datetime) -> Objection:
    """The score stands; the answer says why and how to go on.

    Raises:
        NotFound: absent, or out of the officer's reach.
        Refused: ``own_matter``, ``own_override``, ``wrong_state``, ``words_missing``.
    """
    answer = _clean_answer(answer)
    found = _reached(objection_id, by, at)
    with busy_is_refused(), transaction.atomic():
        objection = _lock(found)
        _check_may(objection, ObjectionState.REJECTED, by, at)
        _answer(objection, State.REJECTED, answer, by, at)
        _tell(objection, at)
    return objection


def _clean_answer(answer: str) -> str:
    return clean_words(answer, _("请写明书面答复，成员会看到。"), most=MOST_WORDS)


def _answer(objection: Objection, state: str, answer: str, by: Any, at: datetime) -> None:
    objection.state, objection.answer = state, answer
    objection.answered_by, objection.answered_at = by, at
    objection.save(update_fields=["state", "answer", "answered_by", "answered_at", "new_score"])
    _record(str(state), objection, by, at)


def _tell(objection: Objection, at: datetime, **words: Any) -> None:
    tell(
        objection.member,
        f"scoring.objection_{objection.state}",
        about=objection,
        at=at,
        link=reverse("objection", args=[objection.pk]),
        **words,
    )


def _change(objection: Objection) -> str:
    """What scoring again has made of the score, in a sentence."""
    if objection.new_score is None:
        return _now("重新评分以后，分数没有变。")
    return _now("信用分从 %(before)s 分到 %(after)s 分。") % {
        "before": format_number(objection.score.total),
        "after": format_number(objection.new_score.total),
    }


# Rows and checks


def _lock_own(member: Member, by: Any) -> None:
    owned = Member.objects.filter(pk=member.pk, user=by, erased_at__isnull=True)
    if owned.locked().first() is None:
        raise NotFound()


def _lock_own_objection(objection_id: int, member: Member, by: Any) -> Objection:
    """Member, then objection."""
    _lock_own(member, by)
    access_own_objection(member, objection_id)
    return Objection.objects.locked().get(pk=objection_id)


def _reached(objection_id: int, by: Any, at: datetime) -> Objection:
    rows = Objection.objects.select_related("member")
    return access_of_member(rows, objection_id, by, ANSWER, business_date(at), states=BELONGED)


def _lock(found: Objection) -> Objection:
    """Member, then objection."""
    member = Member.objects.locked().select_related("user").get(pk=found.member_id)
    objection = Objection.objects.locked().select_related("score").get(pk=found.pk)
    objection.member = member
    return objection


def _objectionable(member: Member, about: str) -> Score:
    rows = Score.objects.current().filter(member=member).select_related("scorecard")
    score = rows.first()
    if score is None:
        raise Refused(
            "no_score",
            _("您现在没有信用分，还没有什么可以提异议。"),
            way_on=_("资料哪里不对，可以在“我的资料”里要求更正。"),
        )
    card = card_from_json(score.scorecard.definition)
    known = {one.code for one in card.characteristics} | {one.code for one in card.vetoes}
    if about and about not in known:
        raise Refused("about_unknown", _("评分里没有这一项。"), way_on=_("请重新选择。"))
    return score


def _check_may(objection: Objection, to: ObjectionState, by: Any, at: datetime) -> None:
    _check_move(objection, to, ObjectionActor.OFFICER)
    today = business_date(at)
    own = Override.objects.in_force(today).filter(member=objection.member)
    if any(by.pk in (row.made_by_id, row.checked_by_id) for row in own):
        raise Refused(
            "own_override",
            _("您经手了这位成员现在的人工调整，不能由您答复。"),
            way_on=_("请另一位同事答复。"),
        )


def _check_move(objection: Objection, to: ObjectionState, actor: ObjectionActor) -> None:
    if TRANSITIONS[ObjectionState(objection.state)].get(to) != actor:
        raise _wrong_state(objection)


def _wrong_state(objection: Objection) -> Refused:
    return Refused(
        "wrong_state",
        _("这次异议现在是“%(state)s”，不能这样办。") % {"state": objection.get_state_display()},
        way_on=_("请刷新页面，看看最新的情况。"),
        state=objection.state,
    )


def _record(deed: str, objection: Objection, by: Any, at: datetime, **facts: Any) -> None:
    audit.record(
        f"scoring.objection_{deed}",
        objection,
        by=by,
        at=at,
        scope=scope_for(objection.member),
        member=objection.member_id,
        about=objection.about,
        **facts,
    )


_ALREADY_OPEN = Refused(
    "already_open",
    _("这一项您已经提过，工会还在办。"),
    way_on=_("可以在“我的异议”里看进度，或先撤回再提。"),
)
