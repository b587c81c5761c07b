"""A member's own data: scoring's section of what is shown, exported and erased.

Erased with the rest: scores rest on consent, and nothing obliges the union to keep them, or what was
said about them, once the member's matters with others are closed (PIPL art. 47). What was done stays
in the trail with keys and codes alone. The panel's reviews have a section of their own.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from cooperative.consent.personal_data import Entry, Item
from cooperative.membership.models import Member
from core.formats import format_day, format_moment, format_number, format_yuan
from core.sentences import listed
from credit.scoring.models import Objection, Override
from credit.scoring.pages.objecting import about_title
from credit.scoring.rules.explaining import parts_of
from credit.scoring.selectors.objections import objections_of
from credit.scoring.selectors.overrides import overrides_of
from credit.scoring.selectors.scores import ReadScore, read_score, scores_of
from credit.scoring.services.personal import erase_scores
from credit.scoring.services.telling_overrides import grade_title


def collect(member: Member) -> list[Entry]:
    """Every score with its points, every override and objection, the newest first; three queries."""
    return [
        *(_score(read_score(row)) for row in scores_of(member)),
        *(_override(row) for row in overrides_of(member)),
        *(_objection(row) for row in objections_of(member)),
    ]


def erase(member: Member, at: datetime) -> None:
    """Remove them all, with what was uploaded to prove something."""
    erase_scores(member=member)


def _entry(title: str, *items: Item) -> Entry:
    return Entry(title, tuple(item for item in items if item.value))


def _score(read: ReadScore) -> Entry:
    row, parts = read.row, parts_of(read.card, read.inputs, read.result)
    until = format_day(row.superseded_on) if row.superseded_on else ""
    return _entry(
        _("信用分"),
        Item("total", _("信用分"), format_number(row.total)),
        Item("grade", _("等级"), read.grade.title),
        Item("limit", _("信用额度"), _yuan(row.limit_amount)),
        Item("as_of", _("从哪天起"), format_day(row.as_of)),
        Item("until", _("用到哪天"), until),
        Item("scorecard", _("评分卡"), str(row.scorecard)),
        Item("points", _("每一项得几分"), listed(_points(one.title, one.points) for one in parts)),
    )


def _points(title: str, points: object) -> str:
    return _("%(title)s %(points)s 分") % {"title": title, "points": format_number(points)}  # type: ignore[arg-type]


def _override(row: Override) -> Entry:
    return _entry(
        _("人工调整"),
        Item("grade", _("调整后的等级"), grade_title(row.score, row.grade) if row.grade else ""),
        Item(
            "limit",
            _("调整后的额度"),
            "" if row.limit_amount is None else _yuan(row.limit_amount),
        ),
        Item("reason", _("为什么调整"), row.reason),
        Item("starts_on", _("哪天起"), format_day(row.starts_on)),
        Item("ends_on", _("到哪天为止"), format_day(row.ends_on)),
        Item("state", _("状态"), row.get_state_display()),
        Item("remark", _("不同意或撤销的原因"), row.remark),
    )


def _objection(row: Objection) -> Entry:
    return _entry(
        _("评分异议"),
        Item("about", _("哪一项"), about_title(row)),
        Item("words", _("本人的话"), row.words),
        Item("raised_at", _("提出时间"), format_moment(row.raised_at)),
        Item("due_on", _("最晚答复"), format_day(row.due_on)),
        Item("state", _("状态"), row.get_state_display()),
        Item("answer", _("书面答复"), row.answer),
        Item("answered_at", _("答复时间"), format_moment(row.answered_at)),
        Item("statement", _("本人声明"), row.statement),
    )


def _yuan(amount: object) -> str:
    return _("%(yuan)s 元") % {"yuan": format_yuan(amount)}  # type: ignore[arg-type]
