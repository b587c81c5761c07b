"""The editor of a scorecard: a form for each part, from and to the card's plain data.

A bin is typed by its upper end alone; its lower end is the one before, so that there can be neither
gap nor overlap. Blank rows count for nothing; that is how something is added or taken away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from core.formats import format_number
from credit.scoring.indicators import indicators
from credit.scoring.models.cards import TITLE_LENGTH
from credit.scoring.pages.cards import title_of_indicator
from credit.scoring.pages.texts import GROUP_TITLES

Data = Mapping[str, Any]
_PERCENT = Decimal(100)


def _number(label: Any, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, widget=UnfoldAdminDecimalFieldWidget, **more)


def _text(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=UnfoldAdminTextInputWidget, **more)


def _plain(value: Decimal) -> str:
    return format(value, "f")


class HeadForm(forms.Form):
    """Title, source and the formula of the limit."""

    title = _text(_("名称"), max_length=TITLE_LENGTH)
    source = forms.CharField(label=_("依据"), widget=UnfoldAdminTextareaWidget)
    assets_percent = _number(_("家产的百分之几算进额度"), min_value=0, max_value=100)
    income_percent = _number(_("经营纯收入的百分之几算进额度"), min_value=0, max_value=100)
    cap = _number(_("额度最多（元）"), min_value=0)
    step = _number(_("额度取整到（元）"), min_value=1)


class CharacteristicForm(forms.Form):
    """What is looked at, and what an unknown value earns."""

    code = forms.CharField(widget=forms.HiddenInput, required=False)
    title = _text(_("项目"), max_length=40)
    group = forms.ChoiceField(label=_("归在哪一类"), widget=UnfoldAdminSelectWidget)
    indicator = forms.ChoiceField(label=_("看哪个数"), widget=UnfoldAdminSelectWidget)
    missing_points = _number(_("没有记录时得几分"), min_value=0, max_value=100)
    missing_reason = _text(_("没有记录时成员读到的话"), max_length=120)
    advice = _text(_("怎么能加分"), max_length=160)
    remove = forms.BooleanField(label=_("去掉这一项"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = [("", _("请选择")), *GROUP_TITLES.items()]
        self.fields["group"].choices = groups  # type: ignore[attr-defined]
        self.fields["indicator"].choices = _indicators(self)  # type: ignore[attr-defined]


class BinForm(forms.Form):
    """A range of values by its upper end; the last one has none."""

    below = _number(_("不到（最后一档空着）"), required=False)
    points = _number(_("得几分"), required=False, min_value=0, max_value=100)
    reason = _text(_("成员读到的话"), required=False, max_length=120)

    def is_blank(self) -> bool:
        """Whether nothing was typed."""
        return not any(self.cleaned_data.get(name) not in (None, "") for name in self.fields)

    def clean(self) -> dict[str, Any]:
        """A row that says something must say its points and its sentence."""
        answers: dict[str, Any] = super().clean() or {}
        if not any(value not in (None, "") for value in answers.values()):
            return answers
        for name in ("points", "reason"):
            if answers.get(name) in (None, "") and name not in self.errors:
                self.add_error(name, _("这一档还没有写完。"))
        return answers


class VetoForm(forms.Form):
    """An indicator that from some value on takes the grade and the limit."""

    code = forms.CharField(widget=forms.HiddenInput, required=False)
    title = _text(_("否决项"), max_length=40)
    indicator = forms.ChoiceField(label=_("看哪个数"), widget=UnfoldAdminSelectWidget)
    at_least = _number(_("到这个数就否决"))
    reason = _text(_("成员读到的话"), max_length=120)
    remove = forms.BooleanField(label=_("去掉这一项"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicator"].choices = _indicators(self)  # type: ignore[attr-defined]


class GradeForm(forms.Form):
    """From how many points a grade is given, and the base of its limit."""

    code = forms.CharField(widget=forms.HiddenInput)
    title = _text(_("等级"), max_length=10)
    at_least = _number(_("多少分以上"), min_value=0, max_value=100)
    base = _number(_("基础额（元）"), min_value=0)


def _indicators(form: forms.Form) -> list[tuple[str, Any]]:
    """All registered ones, and the one that the card has even if no app knows it yet."""
    codes = [*indicators()]
    own = form.initial.get("indicator") or form.data.get(form.add_prefix("indicator"))
    if own and own not in codes:
        codes.append(own)
    return [("", _("请选择")), *((code, title_of_indicator(code)) for code in codes)]


_Characteristics = formset_factory(CharacteristicForm, extra=1)
_Bins = formset_factory(BinForm, extra=1)
_Vetoes = formset_factory(VetoForm, extra=1)
_Grades = formset_factory(GradeForm, extra=0)


class CardEditor:
    """All forms of a card; ``definition`` once they are valid."""

    def __init__(self, definition: Data, posted: QueryDict | None = None) -> None:
        self.start = definition
        self.head = HeadForm(posted, initial=_head(definition), prefix="head")
        parts = definition["characteristics"]
        self.characteristics = _Characteristics(posted, initial=parts, prefix="c")
        self.bins = [
            self._bins_of(number, parts, posted) for number, _f in enumerate(self.characteristics)
        ]
        self.vetoes = _Vetoes(posted, initial=definition["vetoes"], prefix="v")
        self.grades = _Grades(posted, initial=definition["grades"], prefix="g")

    def _bins_of(
        self, number: int, parts: Sequence[Data], posted: QueryDict | None
    ) -> BaseFormSet[BinForm]:
        initial = parts[number]["bins"] if number < len(parts) else []
        return _Bins(posted, initial=initial, prefix=f"c-{number}-b")

    def rows(self) -> list[tuple[CharacteristicForm, BaseFormSet[BinForm]]]:
        """Each characteristic with its bins; the last one is empty, for a new one."""
        return list(zip(self.characteristics, self.bins, strict=True))

    def is_valid(self) -> bool:
        """Whether every row that says something is well typed."""
        parts = [self.head, self.characteristics, self.vetoes, self.grades, *self.bins]
        judged = [part.is_valid() for part in parts]  # each, so that every fault is shown at once
        return all(judged)

    def definition(self) -> dict[str, Any]:
        """The card as plain data, as it was typed."""
        head = self.head.cleaned_data
        characteristics = [
            _characteristic(form.cleaned_data, bins) for form, bins in self.rows() if _is_kept(form)
        ]
        vetoes = [_veto(form.cleaned_data) for form in self.vetoes if _is_kept(form)]
        return {
            "title": head["title"],
            "source": head["source"],
            "characteristics": _coded(characteristics),
            "vetoes": _coded(vetoes),
            "grades": [_grade(form.cleaned_data) for form in self.grades],
            "limit": {
                **self.start["limit"],
                "assets_share": _plain(head["assets_percent"] / _PERCENT),
                "income_share": _plain(head["income_percent"] / _PERCENT),
                "cap": _plain(head["cap"]),
                "step": _plain(head["step"]),
            },
        }


def _head(definition: Data) -> dict[str, Any]:
    limit = definition["limit"]
    return {
        "title": definition["title"],
        "source": definition["source"],
        "assets_percent": format_number(Decimal(limit["assets_share"]) * _PERCENT),
        "income_percent": format_number(Decimal(limit["income_share"]) * _PERCENT),
        "cap": limit["cap"],
        "step": limit["step"],
    }


def _is_kept(form: forms.Form) -> bool:
    return bool(form.cleaned_data) and not form.cleaned_data["remove"]


def _characteristic(answers: Data, bins: BaseFormSet[BinForm]) -> dict[str, Any]:
    return {
        **{name: answers[name] for name in ("code", "title", "group", "indicator")},
        "bins": _ranges([form.cleaned_data for form in bins if not form.is_blank()]),
        "missing_points": _plain(answers["missing_points"]),
        "missing_reason": answers["missing_reason"],
        "advice": answers["advice"],
    }


def _ranges(rows: list[Data]) -> list[dict[str, Any]]:
    """Each bin begins where the one before ends."""
    uppers = [row["below"] for row in rows]
    lowers = [None, *uppers[:-1]]
    return [
        {
            "at_least": None if low is None else _plain(low),
            "below": None if row["below"] is None else _plain(row["below"]),
            "points": _plain(row["points"]),
            "reason": row["reason"],
        }
        for row, low in zip(rows, lowers, strict=True)
    ]


def _veto(answers: Data) -> dict[str, Any]:
    return {
        **{name: answers[name] for name in ("code", "title", "indicator", "reason")},
        "at_least": _plain(answers["at_least"]),
    }


def _grade(answers: Data) -> dict[str, Any]:
    return {
        "code": answers["code"],
        "title": answers["title"],
        "at_least": _plain(answers["at_least"]),
        "base": _plain(answers["base"]),
    }


def _coded(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """New rows take the code of their indicator, with a number where that is taken."""
    taken = {row["code"] for row in rows if row["code"]}
    for row in rows:
        number = 1
        code = row["code"] or row["indicator"]
        while not row["code"] and code in taken:
            number += 1
            code = f"{row['indicator']}_{number}"
        row["code"] = code
        taken.add(code)
    return rows
