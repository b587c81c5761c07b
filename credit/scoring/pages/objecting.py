"""Objections as their member sees them: what they may be about, where each stands, what changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from core.dates import business_date, days_until
from core.formats import format_day, format_number, format_yuan_short
from core.sentences import Text
from credit.scoring.models import Objection, Score
from credit.scoring.pages.inputs import Input, inputs_of
from credit.scoring.pages.texts import WAYS, points_words
from credit.scoring.rules import card_from_json
from credit.scoring.rules.explaining import Part, parts_of
from credit.scoring.selectors.scores import ReadScore, read_score

TONES = {"raised": "wheat", "upheld": "field", "rejected": "brick", "withdrawn": "soft"}


@dataclass(frozen=True)
class Subject:
    """Something of a score that one may object to: what it says, what it was worked out from."""

    code: str
    title: str
    text: str
    earned: str
    score: str
    value: Input | None
    url: str
    way: str


def subjects_of(read: ReadScore) -> tuple[list[Subject], list[Subject]]:
    """What a member may object to: what kept the score down, then all that earned everything."""
    values = {one.code: one for one in inputs_of(read)}
    parts = parts_of(read.card, read.inputs, read.result)
    indicators = {one.code: one.indicator for one in read.card.characteristics}
    vetoes = [
        Subject(
            one.code, one.title, one.reason, "", "", values.get(one.indicator), _raise(one.code), ""
        )
        for one in read.card.vetoes
        if one.code in read.result.vetoes
    ]
    shown = [(one, _subject(one, values.get(indicators[one.code]))) for one in parts]
    lost = sorted(
        (pair for pair in shown if pair[0].points < pair[0].best),
        key=lambda pair: pair[0].points - pair[0].best,
    )
    full = [subject for part, subject in shown if part.points >= part.best]
    return [*vetoes, *(subject for _part, subject in lost)], full


def subject_of(read: ReadScore, code: str) -> Subject | None:
    """One of them; empty is the whole score, an unknown code None."""
    if not code:
        total = {"total": format_number(read.result.total), "grade": read.grade.title}
        text = _("%(total)s 分，%(grade)s 级") % total
        return Subject("", whole(), text, "", "", None, _raise(""), "")
    first, others = subjects_of(read)
    return next((one for one in [*first, *others] if one.code == code), None)


def _subject(part: Part, value: Input | None) -> Subject:
    way = WAYS.get(part.group)  # type: ignore[call-overload]
    return Subject(
        part.code,
        part.title,
        part.text,
        points_words(part.points, part.best),
        f"{format_number(part.points)} / {format_number(part.best)}",
        value,
        _raise(part.code),
        reverse(way) if way else "",
    )


def _raise(code: str) -> str:
    return f"{reverse('raise_objection')}?{urlencode({'about': code})}"


def whole() -> str:
    """What an objection to nothing in particular is about."""
    return _("整个信用分")


def about_title(row: Objection) -> str:
    """What an objection is about, in the words of its card; the row comes with score and card."""
    card = card_from_json(row.score.scorecard.definition)
    titles = {one.code: one.title for one in card.characteristics}
    titles |= {one.code: one.title for one in card.vetoes}
    return titles.get(row.about, row.about) if row.about else whole()


@dataclass(frozen=True)
class ObjectionView:
    """An objection in a list or on its page; ``clock`` is empty once it has ended."""

    row: Objection
    title: str
    url: str
    tone: str
    clock: str
    is_late: bool


def objection_view(row: Objection, today: date) -> ObjectionView:
    """An objection in words on a day; no query."""
    waits = row.state == Objection.State.RAISED
    left = days_until(row.due_on, today)
    clock = ""
    if waits and left >= 0:
        clock = _("还剩 %(days)s 天") % {"days": left}
    elif waits:
        clock = _("已超期 %(days)s 天") % {"days": -left}
    late = waits and left < 0
    return ObjectionView(
        row,
        about_title(row),
        reverse("objection", args=[row.pk]),
        "brick" if late else TONES[row.state],
        clock,
        late,
    )


@dataclass(frozen=True)
class ObjectionPage:
    """The page of one objection."""

    view: ObjectionView
    steps: list[dict[str, Any]]
    changes: list[tuple[Text, str]]
    may_withdraw: bool
    may_state: bool


def objection_page(row: Objection, today: date) -> ObjectionPage:
    """Where it stands, and what scoring again has changed; no query."""
    state = row.state
    return ObjectionPage(
        objection_view(row, today),
        _steps(row, today),
        changes_of(row.score, row.new_score) if row.new_score else [],
        may_withdraw=state == Objection.State.RAISED,
        may_state=state == Objection.State.REJECTED,
    )


def _steps(row: Objection, today: date) -> list[dict[str, Any]]:
    raised = format_day(business_date(row.raised_at), today)
    due = _("最晚 %(day)s") % {"day": format_day(row.due_on, today)}
    lines = [(_("您提出"), raised), (_("工会核查、书面答复"), due), (_("您收到答复"), "")]
    ended = row.answered_at is not None
    return [
        {
            "label": label,
            "state": "done" if ended or number == 0 else ("now" if number == 1 else "next"),
            "who": "",
            "detail": "" if ended else detail,
        }
        for number, (label, detail) in enumerate(lines)
    ]


def changes_of(before: Score, after: Score) -> list[tuple[Text, str]]:
    """Total, grade and limit from one score to the next; both come with their cards."""
    was, now = read_score(before), read_score(after)
    return [
        (_("信用分"), _from_to(format_number(before.total), format_number(after.total))),
        (_("等级"), _from_to(was.grade.title, now.grade.title)),
        (
            _("额度（元）"),
            _from_to(format_yuan_short(before.limit_amount), format_yuan_short(after.limit_amount)),
        ),
    ]


def _from_to(before: str, after: str) -> str:
    if before == after:
        return _("%(value)s，没有变") % {"value": after}
    return _("%(before)s → %(after)s") % {"before": before, "after": after}
