"""What the member reads of an override: from what to what, why, until when."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from django.utils.translation import gettext as _

from core.formats import format_yuan_short
from core.sentences import listed
from credit.scoring.models import Override, Score
from credit.scoring.rules import card_from_json
from credit.scoring.rules.overriding import standing
from credit.scoring.services.telling import tell

Standing = tuple[str, Decimal]
_ONE_DAY = timedelta(days=1)


def tell_confirmed(row: Override, score: Score, *, at: datetime) -> None:
    """Tell of a confirmed override; ``score`` is the current one with its card."""
    scored = (score.grade, score.limit_amount)
    other = standing(
        *scored,
        vetoed=bool(score.vetoes),
        other_grade=row.grade,
        other_limit=row.limit_amount,
    )
    tell(
        row.member,
        "scoring.override_confirmed",
        about=row,
        at=at,
        what=partial(_change, score, scored, other),
        reason=row.reason.rstrip("。"),
        first=row.starts_on,
        last=row.ends_on - _ONE_DAY,
    )


def tell_revoked(row: Override, score: Score | None, *, at: datetime) -> None:
    """Tell of a revoked one and of the score that counts now, if there is one."""
    tell(
        row.member,
        "scoring.override_revoked",
        about=row,
        at=at,
        what=partial(_now, score),
        reason=row.remark.rstrip("。"),
    )


def _change(score: Score, before: Standing, after: Standing) -> str:
    parts = []
    if after[0] != before[0]:
        words = {"before": grade_title(score, before[0]), "after": grade_title(score, after[0])}
        parts.append(_("等级从 %(before)s 改为 %(after)s") % words)
    if after[1] != before[1]:
        amounts = {"before": format_yuan_short(before[1]), "after": format_yuan_short(after[1])}
        parts.append(_("额度从 %(before)s 元改为 %(after)s 元") % amounts)
    return listed(parts)


def _now(score: Score | None) -> str:
    if score is None:
        return _("现在没有信用分")
    return _("等级 %(grade)s，额度 %(limit)s 元") % {
        "grade": grade_title(score, score.grade),
        "limit": format_yuan_short(score.limit_amount),
    }


def grade_title(score: Score, code: str) -> str:
    """A grade as its card calls it; ``score`` comes with its card."""
    card = card_from_json(score.scorecard.definition)
    return next((grade.title for grade in card.grades if grade.code == code), code)
