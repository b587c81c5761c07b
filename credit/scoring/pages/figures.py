"""The figures of many scores in words, for the panel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from core.formats import format_number
from core.sentences import Text
from credit.scoring.models import Objection
from credit.scoring.rules import Card
from credit.scoring.rules.figures import (
    Movement,
    Reading,
    mean,
    median,
    movement,
    reading_of,
    share_percent,
    stability,
)
from credit.scoring.selectors.figures import Counts, Figures


@dataclass(frozen=True)
class GradeLine:
    """How many stand in a grade now and stood in it then, and which part of all that is."""

    title: str
    now: int
    now_percent: str
    then: int
    then_percent: str


@dataclass(frozen=True)
class MovementRow:
    """From one grade to each other; ``steps`` pairs a count with better, same or worse."""

    title: str
    cells: list[tuple[int, str]]
    went: int
    whole: int


@dataclass(frozen=True)
class FiguresPage:
    """Everything the page shows."""

    then: date
    now: date
    whole: int
    whole_then: int
    middles: list[tuple[Text, str, str]]
    grades: list[GradeLine]
    columns: list[str]
    rows: list[MovementRow]
    came: list[int]
    moved: Movement
    index: str
    reading: str
    tone: str
    overridden: tuple[int, str]
    vetoes: list[tuple[str, int]]
    objections: list[tuple[Text, int]]


def figures_page(found: Figures, card: Card | None, *, then: date, now: date) -> FiguresPage:
    """The page; no query. ``card`` names grades and vetoes; codes that only an older card knows
    stand for themselves."""
    codes, titles = _grades(found, card)
    moved = movement(codes, found.moved, then=found.then.grades, now=found.now.grades)
    index = stability(
        [found.then.grades.get(code, 0) for code in codes],
        [found.now.grades.get(code, 0) for code in codes],
    )
    reading = None if index is None else reading_of(index)
    return FiguresPage(
        then=then,
        now=now,
        whole=found.now.whole,
        whole_then=found.then.whole,
        middles=_middles(found),
        grades=[_line(titles[code], code, found) for code in codes],
        columns=[titles[code] for code in codes],
        rows=_rows(moved, titles, found.then),
        came=list(moved.came),
        moved=moved,
        index="—" if index is None else format_number(index),
        reading=_reading(reading),
        tone="" if reading is None else reading.value,
        overridden=(found.overridden, _percent(found.overridden, found.now.whole)),
        vetoes=_vetoes(found, card),
        objections=_objections(found),
    )


def _grades(found: Figures, card: Card | None) -> tuple[list[str], dict[str, str]]:
    titles = {one.code: one.title for one in card.grades} if card else {}
    others = sorted({*found.now.grades, *found.then.grades} - set(titles))
    titles |= {code: code for code in others}
    return list(titles), titles


def _line(title: str, code: str, found: Figures) -> GradeLine:
    now, then = found.now.grades.get(code, 0), found.then.grades.get(code, 0)
    return GradeLine(
        title, now, _percent(now, found.now.whole), then, _percent(then, found.then.whole)
    )


def _percent(part: int, whole: int) -> str:
    return f"{format_number(share_percent(part, whole))}%"


def _middles(found: Figures) -> list[tuple[Text, str, str]]:
    return [
        (_("平均分"), _points(mean(found.now.totals)), _points(mean(found.then.totals))),
        (_("中位数"), _points(median(found.now.totals)), _points(median(found.then.totals))),
    ]


def _points(value: Decimal | None) -> str:
    return "—" if value is None else format_number(value)


def _rows(moved: Movement, titles: dict[str, str], then: Counts) -> list[MovementRow]:
    def step(before: int, now: int) -> str:
        return "same" if before == now else ("better" if now < before else "worse")

    return [
        MovementRow(
            titles[code],
            [(count, step(at, place)) for place, count in enumerate(moved.cells[at])],
            moved.went[at],
            then.grades.get(code, 0),
        )
        for at, code in enumerate(moved.grades)
    ]


def _reading(reading: Reading | None) -> str:
    if reading is None:
        return _("有一个日子没有评分，比不出来。")
    return {
        Reading.STABLE: _("不到 0.1：和那时相比，整体基本没有变。"),
        Reading.WATCH: _("0.1 到 0.25：有一些变化，请看看是哪几个等级的人多了、少了，为什么。"),
        Reading.SHIFTED: _(
            "超过 0.25：整体变了很多。请查是成员变了、情况变了，还是评分卡不再适合，再决定要不要换卡。"
        ),
    }[reading]


def _vetoes(found: Figures, card: Card | None) -> list[tuple[str, int]]:
    titles = {one.code: one.title for one in card.vetoes} if card else {}
    return [(titles.get(code, code), count) for code, count in sorted(found.vetoes.items())]


def _objections(found: Figures) -> list[tuple[Text, int]]:
    return [
        (label, found.objections.get(str(state), 0)) for state, label in Objection.State.choices
    ]
