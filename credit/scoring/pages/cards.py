"""A scorecard in words, for the officers who approve it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from core.formats import format_number, format_yuan_short
from core.sentences import Text
from credit.scoring.indicators import indicators
from credit.scoring.pages.score import title_of_group
from credit.scoring.rules import Bin, Card, Characteristic

_PERCENT = Decimal(100)


@dataclass(frozen=True)
class BinLine:
    """A range of values, what it earns and what a member reads about it."""

    range: str
    points: str
    reason: str


@dataclass(frozen=True)
class CharacteristicView:
    """A characteristic with its indicator's title and its ranges, that of the unknown last."""

    title: str
    group: Text
    indicator: Text
    best: str
    advice: str
    bins: list[BinLine]


@dataclass(frozen=True)
class CardView:
    """The whole card. ``grades``: (title, from, base); ``vetoes``: (title, indicator, from, reason)."""

    characteristics: list[CharacteristicView]
    vetoes: list[tuple[str, Text, str, str]]
    grades: list[tuple[str, str, str]]
    limit: str


def card_view(card: Card) -> CardView:
    """A card as officers read it."""
    return CardView(
        [_characteristic(one) for one in card.characteristics],
        [
            (one.title, title_of_indicator(one.indicator), format_number(one.at_least), one.reason)
            for one in card.vetoes
        ],
        [
            (one.title, format_number(one.at_least), format_yuan_short(one.base))
            for one in card.grades
        ],
        _limit(card),
    )


def title_of_indicator(code: str) -> Text:
    """The indicator's title; one that no app knows yet says so."""
    known = indicators().get(code)
    return known.title if known else _("%(code)s（还没有来源）") % {"code": code}


def _characteristic(one: Characteristic) -> CharacteristicView:
    unknown = BinLine(_("没有记录"), format_number(one.missing_points), one.missing_reason)
    return CharacteristicView(
        one.title,
        title_of_group(one.group),
        title_of_indicator(one.indicator),
        format_number(one.best),
        one.advice,
        [*(_line(found) for found in one.bins), unknown],
    )


def _line(found: Bin) -> BinLine:
    return BinLine(_range(found), format_number(found.points), found.reason)


def _range(found: Bin) -> str:
    low = "" if found.at_least is None else format_number(found.at_least)
    high = "" if found.below is None else format_number(found.below)
    if low and high:
        return _("%(low)s 到 %(high)s（不含）") % {"low": low, "high": high}
    if high:
        return _("不到 %(high)s") % {"high": high}
    return _("%(low)s 以上") % {"low": low} if low else _("全部")


def _limit(card: Card) -> str:
    formula = card.limit
    return _(
        "等级的基础额，加%(assets)s的 %(assets_share)s%%，加%(income)s的 %(income_share)s%%，"
        "最多 %(cap)s 元，取整到 %(step)s 元。"
    ) % {
        "assets": title_of_indicator(formula.assets_indicator),
        "assets_share": format_number(formula.assets_share * _PERCENT),
        "income": title_of_indicator(formula.income_indicator),
        "income_share": format_number(formula.income_share * _PERCENT),
        "cap": format_yuan_short(formula.cap),
        "step": format_yuan_short(formula.step),
    }
