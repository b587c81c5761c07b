"""The what-if in words: the score now and as supposed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.formats import format_number, format_yuan_short
from core.sentences import Text
from credit.scoring.forms import SupposeForm
from credit.scoring.pages.score import title_of_group
from credit.scoring.rules import what_if
from credit.scoring.rules.evaluating import Inputs, Result
from credit.scoring.rules.explaining import groups_of, parts_of
from credit.scoring.selectors.scores import ReadScore


def named_groups(form: SupposeForm) -> list[dict[str, Any]]:
    """The form's groups with their titles."""
    return [{"title": title_of_group(one.group), "fields": one.fields} for one in form.groups()]


def quote_of(read: ReadScore, changes: Inputs) -> list[tuple[Text, str]]:
    """Groups that change, then total, grade and limit; the limit is the last line."""
    before, after = what_if(read.card, read.inputs, changes)
    titles = {one.code: one.title for one in read.card.grades}
    return [
        *_groups(read, changes, before, after),
        (_("信用分"), _arrow(format_number(before.total), format_number(after.total))),
        (_("等级"), _arrow(titles[before.grade], titles[after.grade])),
        (_("信用额度"), _arrow(_yuan(before.limit), _yuan(after.limit))),
    ]


def _groups(
    read: ReadScore, changes: Inputs, before: Result, after: Result
) -> list[tuple[Text, str]]:
    old = groups_of(parts_of(read.card, read.inputs, before))
    new = groups_of(parts_of(read.card, {**read.inputs, **changes}, after))
    return [
        (title_of_group(one.group), _arrow(format_number(one.points), format_number(two.points)))
        for one, two in zip(old, new, strict=True)
        if one.points != two.points
    ]


def _yuan(amount: Decimal) -> str:
    return _("%(amount)s 元") % {"amount": format_yuan_short(amount)}


def _arrow(before: str, after: str) -> str:
    return (
        before
        if before == after
        else _("%(before)s → %(after)s")
        % {
            "before": before,
            "after": after,
        }
    )
