"""The page of a member's score: what it is, how it came about, what would change it, how it went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.formats import format_day, format_number, format_yuan_short
from core.sentences import Text
from credit.scoring.pages.texts import GROUP_TITLES, WAYS, points_words, signed
from credit.scoring.rules import reasons
from credit.scoring.rules.explaining import (
    LimitSteps,
    Part,
    groups_of,
    limit_steps,
    moves_between,
    parts_of,
)
from credit.scoring.rules.reasons import Reason
from credit.scoring.selectors.scores import ReadScore

_MOST_MOVES = 3
Bar = tuple[Text, Decimal, Decimal, str]


@dataclass(frozen=True)
class Why:
    """A reason with where to go about it."""

    reason: Reason
    earned: str
    url: str


@dataclass(frozen=True)
class ScorePage:
    """What the page shows of a score."""

    read: ReadScore
    grade: str
    groups: list[Bar]
    parts: list[Bar]
    whys: list[Why]
    limit: list[tuple[Text, str]]
    moved: str
    history: list[dict[str, Any]]


def score_page(read: ReadScore, earlier: Sequence[ReadScore], today: date) -> ScorePage:
    """The page of the current score; ``earlier`` are the ones before, the newest first. No query."""
    parts = parts_of(read.card, read.inputs, read.result)
    return ScorePage(
        read=read,
        grade=read.grade.title,
        groups=group_bars(parts),
        parts=[(one.title, one.points, one.best, one.text) for one in parts],
        whys=[_why(read, one) for one in reasons(read.card, read.inputs, read.result)],
        limit=limit_lines(limit_steps(read.card, read.inputs, read.result)),
        moved=_moved(read, earlier[0], today) if earlier else "",
        history=history_of([read, *earlier], today),
    )


def group_bars(parts: tuple[Part, ...]) -> list[Bar]:
    """The groups as bars of a chart."""
    return [(title_of_group(one.group), one.points, one.best, "") for one in groups_of(parts)]


def title_of_group(group: str) -> Text:
    """The group in words; one that only this card knows reads as itself."""
    return GROUP_TITLES.get(group, group)  # type: ignore[call-overload,no-any-return]


def _why(read: ReadScore, reason: Reason) -> Why:
    group = next((one.group for one in read.card.characteristics if one.code == reason.code), "")
    way = WAYS.get(group)  # type: ignore[call-overload]
    earned = points_words(reason.points, reason.best) if reason.best else ""
    return Why(reason, earned, reverse(way) if way else "")


def limit_lines(steps: LimitSteps | None) -> list[tuple[Text, str]]:
    """The limit's arithmetic, line by line; empty where there is none."""
    if steps is None:
        return []
    lines: list[tuple[Text, str]] = [
        (_("按等级"), _yuan(steps.base)),
        (_("家产的一份"), _yuan(steps.assets)),
        (_("一年经营纯收入的一份"), _yuan(steps.income)),
    ]
    if steps.is_capped:
        lines.append((_("最多"), _yuan(steps.cap)))
    return lines


def _yuan(amount: Decimal) -> str:
    return _("%(amount)s 元") % {"amount": format_yuan_short(amount)}


def _moved(now: ReadScore, before: ReadScore, today: date) -> str:
    """From what to what, and mainly why."""
    said = _("%(day)s起从 %(before)s 分到 %(after)s 分") % {
        "day": format_day(now.row.as_of, today),
        "before": format_number(before.result.total),
        "after": format_number(now.result.total),
    }
    return _with_causes(said, now, before)


def score_moved(now: ReadScore, before: ReadScore) -> str:
    """A score's step from the one before, for whoever is told of it in the morning."""
    said = _("从 %(before)s 分到 %(after)s 分") % {
        "before": format_number(before.result.total),
        "after": format_number(now.result.total),
    }
    return _with_causes(said, now, before)


def _with_causes(said: str, now: ReadScore, before: ReadScore) -> str:
    if now.row.scorecard_id != before.row.scorecard_id:
        return _("%(said)s，换了新的评分卡。") % {"said": said}
    moves = moves_between(_parts(before), _parts(now))[:_MOST_MOVES]
    if not moves:
        return _("%(said)s。") % {"said": said}
    causes = _("；").join(
        _("%(text)s（%(points)s 分）") % {"text": one.text, "points": signed(one.points)}
        for one in moves
    )
    return _("%(said)s，主要因为：%(causes)s。") % {"said": said, "causes": causes}


def _parts(read: ReadScore) -> tuple[Part, ...]:
    return parts_of(read.card, read.inputs, read.result)


def history_of(scores: Iterable[ReadScore], today: date) -> list[dict[str, Any]]:
    """Scores as a timeline, the newest first; each with what moved it since the one before."""
    rows = list(scores)
    return [
        {
            "at": read.row.as_of,
            "text": _("%(total)s 分，%(grade)s 级，额度 %(limit)s 元")
            % {
                "total": format_number(read.result.total),
                "grade": read.grade.title,
                "limit": format_yuan_short(read.result.limit),
            },
            "who": "",
            "detail": _with_causes(_change(read, before), read, before) if before else "",
            "tone": "field" if number == 0 else "soft",
        }
        for number, (read, before) in enumerate(zip(rows, [*rows[1:], None], strict=True))
    ]


def _change(now: ReadScore, before: ReadScore) -> str:
    points = now.result.total - before.result.total
    if not points:
        return _("总分没变")
    return _("%(points)s 分") % {"points": signed(points)}
