"""What members type about their score, and about a neighbour on a panel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.forms import YuanField
from core.sentences import Text
from credit.scoring.rules.evaluating import Inputs
from credit.scoring.rules.reasons import text_of
from credit.scoring.rules.supposing import LIFTED, NOW, supposals_of, supposed
from credit.scoring.selectors.scores import ReadScore
from credit.scoring.services.objections import MOST_STATEMENT, MOST_WORDS

ASSETS, INCOME = "assets", "income"
PICTURE = {"accept": "image/*,application/pdf"}


@dataclass(frozen=True)
class FieldGroup:
    """Fields that belong to one group of the card."""

    group: str
    fields: list[BoundField]


class SupposeForm(forms.Form):
    """Each characteristic as it is or in another bin, vetoes lifted, other assets and income."""

    def __init__(self, read: ReadScore, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.read = read
        for one in read.card.characteristics:
            value = read.inputs.get(one.indicator)
            now = (NOW, text_of(one, value))
            others = [(found.key, found.text) for found in supposals_of(one, value)]
            self.fields[one.code] = _choice(one.title, [now, *others])
        for veto in self._standing_vetoes():
            self.fields[veto.code] = _choice(
                veto.title, [(NOW, _("还在")), (LIFTED, _("已经没有了"))]
            )
        formula = read.card.limit
        self._amount(ASSETS, _("家产现值（元）"), read.inputs.get(formula.assets_indicator))
        self._amount(INCOME, _("一年经营纯收入（元）"), read.inputs.get(formula.income_indicator))
        if self.is_bound:  # what was not sent stays as it is
            choices = [name for name in self.fields if name not in (ASSETS, INCOME)]
            self.data = {**dict.fromkeys(choices, NOW), **self.data.dict()}

    def _standing_vetoes(self) -> list[Any]:
        return [one for one in self.read.card.vetoes if one.code in self.read.result.vetoes]

    def _amount(self, name: str, label: Text, value: Any) -> None:
        initial = None if value is None else f"{value:.0f}"
        self.fields[name] = YuanField(required=False, label=label, initial=initial)

    def groups(self) -> list[FieldGroup]:
        """The fields of the characteristics by group."""
        found: dict[str, list[BoundField]] = {}
        for one in self.read.card.characteristics:
            found.setdefault(one.group, []).append(self[one.code])
        return [FieldGroup(group, fields) for group, fields in found.items()]

    def vetoes(self) -> list[BoundField]:
        """The fields of the vetoes that stand."""
        return [self[one.code] for one in self._standing_vetoes()]

    def changes(self) -> Inputs:
        """The inputs as supposed, by indicator; of a valid form."""
        formula = self.read.card.limit
        amounts = {
            formula.assets_indicator: self.cleaned_data[ASSETS],
            formula.income_indicator: self.cleaned_data[INCOME],
        }
        return supposed(self.read.card, self.cleaned_data, amounts)


def _choice(label: Text, choices: list[tuple[str, Text]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, initial=NOW)


GRADES: list[tuple[int, Promise, Promise]] = [
    (6, _("6 特别信得过"), _("多年一直守信用，要紧的事也愿意托付")),
    (5, _("5 信得过"), _("说话算数，借东西按时还")),
    (4, _("4 比较放心"), _("答应的事多半能办到")),
    (3, _("3 说不准"), _("平常还行，要紧的事拿不准")),
    (2, _("2 不大放心"), _("办事有时靠不住")),
    (1, _("1 信不过"), _("说过的话常常不算数")),
]


class GradeForm(forms.Form):
    """One of six grades, the best first."""

    points = forms.TypedChoiceField(
        label=_("您看这个人讲不讲信用？"),
        coerce=int,
        choices=[(points, name) for points, name, _hint in GRADES],
        widget=forms.RadioSelect,
        error_messages={"required": _("请从六档里选一档；有关系的请点“我不评”。")},
    )


class ObjectionForm(forms.Form):
    """What is wrong, and a photo that shows it."""

    words = forms.CharField(
        label=_("哪里不对？应该是什么？"),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("把实际情况写清楚，最多 500 个字。"),
        error_messages={"required": _("请写明哪里不对、应该是什么。")},
    )
    evidence = forms.FileField(
        label=_("能说明情况的照片"),
        required=False,
        widget=forms.ClearableFileInput(attrs=PICTURE),
        help_text=_("例如承包合同、缴费单、收据，最大 10 兆。"),
        error_messages={"empty": _("这个文件是空的，请重新选择。")},
    )


class StatementForm(forms.Form):
    """The member's own words beside the score."""

    statement = forms.CharField(
        label=_("您想说明什么？"),
        max_length=MOST_STATEMENT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("最多 200 个字。工会的人看您的分数时，会一起看到。"),
        error_messages={"required": _("请写下您想说明的话。")},
    )
