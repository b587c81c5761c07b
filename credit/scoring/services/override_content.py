"""What an override may put in place of a score: never over a veto, never above the card's cap."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.formats import format_yuan_short
from credit.scoring.models import Override, Score
from credit.scoring.rules import Card, card_from_json


def check_content(row: Override, score: Score) -> None:
    """Let only a grade and limit pass that may stand in place of this score's; it comes with its card.

    Raises:
        Refused: ``vetoed``, ``grade_unknown``, ``limit_wrong``, ``limit_above_cap``,
            ``limit_without_grade`` or ``changes_nothing``.
    """
    card = card_from_json(score.scorecard.definition)
    _check_no_veto(card, score)
    grades = {grade.code: grade for grade in card.grades}
    if row.grade and row.grade not in grades:
        raise Refused("grade_unknown", _("在用的评分卡没有这个等级。"), way_on=_("请重新选择。"))
    if row.limit_amount is not None:
        _check_limit(row.limit_amount, card, grades[row.grade or score.grade].base)
    if row.grade in ("", score.grade) and row.limit_amount in (None, score.limit_amount):
        raise Refused(
            "changes_nothing",
            _("等级和额度都和现在的评分一样，没有调整什么。"),
            way_on=_("请填新的等级或额度。"),
        )


def _check_no_veto(card: Card, score: Score) -> None:
    standing = [veto for veto in card.vetoes if veto.code in score.vetoes]
    if standing:
        raise Refused(
            "vetoed",
            _("这位成员有否决项“%(title)s”，否决项不能用人工调整绕过去。")
            % {"title": standing[0].title},
            way_on=_("先把这件事办清、重新评分，再看要不要调整。"),
        )


def _check_limit(limit: Decimal, card: Card, base: Decimal) -> None:
    step = card.limit.step
    if limit < 0 or limit % step:
        raise Refused(
            "limit_wrong",
            _("额度要是 %(step)s 元的整数倍。") % {"step": format_yuan_short(step)},
            way_on=_("请改一改金额。"),
        )
    if limit > card.limit.cap:
        raise Refused(
            "limit_above_cap",
            _("评分卡规定额度最多 %(cap)s 元，不能调到 %(limit)s 元。")
            % {"cap": format_yuan_short(card.limit.cap), "limit": format_yuan_short(limit)},
            way_on=_("请改成不超过上限的金额。"),
        )
    if limit > 0 and base <= 0:
        raise Refused(
            "limit_without_grade",
            _("这个等级没有额度，不能只调额度。"),
            way_on=_("确有依据的，请连等级一起调整。"),
        )
