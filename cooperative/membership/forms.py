"""Forms of joining: one question a screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cooperative.membership.models import Member, Membership, Union
from cooperative.membership.selectors.joining import (
    SHOWN_UNIONS,
    cooperatives_of,
    open_unions,
    villages_of,
)


class StepForm(forms.Form):
    """A form that is told the union chosen before and the search words of the address."""

    def __init__(
        self, *args: Any, union: Union | None = None, kind: str = "", query: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.union = union
        self.kind = kind
        self.query = query
        self.fill()

    def fill(self) -> None:
        """Choices that depend on earlier answers."""


class UnionForm(StepForm):
    """Which union."""

    union = forms.ChoiceField(
        label=_("您要加入哪个工会？"),
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择一个工会。")},
    )

    def fill(self) -> None:
        found = list(open_unions(self.query)[: SHOWN_UNIONS + 1])
        self.has_more = len(found) > SHOWN_UNIONS
        self.hints = {union.code: union.division.name for union in found}
        chosen = self.data.get("union") or self.initial.get("union")
        if chosen and chosen not in self.hints:
            found += Union.objects.filter(code=chosen, level=Union.Level.GRASSROOTS)
        self.fields["union"].choices = [(union.code, union.name) for union in found]  # type: ignore[attr-defined]


class KindForm(StepForm):
    """A person or a business."""

    kind = forms.ChoiceField(
        label=_("您以什么身份入会？"), choices=Member.Kind.choices, widget=forms.RadioSelect
    )
    hints = {
        Member.Kind.PERSON: _("用身份证登记，种地、务工的都选这个"),
        Member.Kind.BUSINESS: _("用营业执照登记，如家庭农场、农资店"),
    }


class IdentityForm(StepForm):
    """Name and number; for a business also whom to talk to."""

    name = forms.CharField(label=_("姓名"), max_length=80, strip=True)
    identity_number = forms.CharField(label=_("身份证号"), max_length=30, strip=True)
    contact_name = forms.CharField(label=_("联系人姓名"), max_length=60, strip=True)

    def fill(self) -> None:
        if self.kind == Member.Kind.BUSINESS:
            self.fields["name"].label = _("营业执照上的名称")
            self.fields["identity_number"].label = _("统一社会信用代码")
        else:
            del self.fields["contact_name"]
        for name in ("name", "identity_number", "contact_name"):
            if name in self.fields:
                self.fields[name].widget.attrs["autocomplete"] = "off"


class VillageForm(StepForm):
    """Where the applicant lives."""

    division = forms.ChoiceField(label=_("您住在哪个村？"))

    def fill(self) -> None:
        assert self.union is not None
        villages = [(place.code, place.short_name) for place in villages_of(self.union)]
        self.fields["division"].choices = [("", _("请选择")), *villages]  # type: ignore[attr-defined]


class WorkForm(StepForm):
    """What binds the applicant to the co-operative."""

    cooperative = forms.ChoiceField(label=_("您在哪个合作社？"), required=False)
    ground = forms.ChoiceField(
        label=_("您和合作社是什么关系？"),
        choices=Membership.Ground.choices,
        widget=forms.RadioSelect,
    )

    def fill(self) -> None:
        assert self.union is not None
        found = [(row.credit_code, row.name) for row in cooperatives_of(self.union)]
        self.fields["cooperative"].choices = [("", _("不在合作社")), *found]  # type: ignore[attr-defined]


class ClaimForm(forms.Form):
    """The number that must fit the roster."""

    identity_number = forms.CharField(label=_("身份证号或统一社会信用代码"), max_length=30)


STEP_FORMS: dict[str, Callable[..., StepForm]] = {
    "union": UnionForm,
    "kind": KindForm,
    "identity": IdentityForm,
    "village": VillageForm,
    "work": WorkForm,
}
