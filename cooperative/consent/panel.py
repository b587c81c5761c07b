"""Forms of the officers' panel about consents on paper."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from cooperative.consent.access import RECORD
from cooperative.consent.models import ConsentText, Recipient
from cooperative.consent.rules.purposes import category_title, purposes
from cooperative.consent.selectors import recipients_of_union
from cooperative.membership.access import unions_where
from cooperative.membership.models import Member, Union
from cooperative.membership.panel import DayInput
from core.dates import today


def _asked() -> list[tuple[str, Any]]:
    return [(one.code, one.title) for one in purposes() if one.recipient_kind]


class WhatForm(forms.Form):
    """Which union and which purpose."""

    union = forms.ModelChoiceField(
        label=_("哪个工会"), queryset=Union.objects.none(), widget=UnfoldAdminSelectWidget
    )
    purpose = forms.ChoiceField(label=_("哪一项授权"), widget=UnfoldAdminSelectWidget)

    def __init__(self, data: Any = None, *, officer: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        reach = unions_where(officer, RECORD, today()).filter(level=Union.Level.GRASSROOTS)
        unions = reach.order_by("name", "pk")
        self.fields["union"].queryset = unions  # type: ignore[attr-defined]
        self.fields["union"].initial = unions.first()
        self.fields["union"].empty_label = None  # type: ignore[attr-defined]
        self.fields["purpose"].choices = _asked()  # type: ignore[attr-defined]


class FindForm(WhatForm):
    """Whose signatures stand on the sheet: found by name, or everybody still without."""

    name = forms.CharField(
        label=_("成员姓名（可只填姓，不填就列出还没给的）"),
        required=False,
        max_length=80,
        widget=UnfoldAdminTextInputWidget,
    )


class PrintForm(WhatForm):
    """Which sheet to print."""

    for_many = forms.BooleanField(
        label=_("打成名单，许多人签在一张上"), required=False, widget=UnfoldBooleanWidget
    )


class SheetForm(forms.Form):
    """What stands on the signed sheet. The version that the officer was shown travels along."""

    text = forms.IntegerField(widget=forms.HiddenInput)
    recipient = forms.ModelChoiceField(
        label=_("授权给谁"),
        queryset=Recipient.objects.none(),
        empty_label=None,
        widget=UnfoldAdminSelectWidget,
    )
    extra = forms.MultipleChoiceField(
        label=_("纸上另外打了勾的资料（没有就不选）"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    signed_on = forms.DateField(label=_("纸上写的签字日期"), widget=DayInput)
    evidence = forms.FileField(
        label=_("签好字那张纸的照片或扫描件"),
        required=False,
        widget=UnfoldAdminFileFieldWidget,
    )

    def __init__(
        self, *args: Any, union: Union, shown: ConsentText, kind: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, initial={"text": shown.pk}, **kwargs)
        recipients = recipients_of_union(union, kind)
        self.fields["recipient"].queryset = recipients  # type: ignore[attr-defined]
        self.fields["recipient"].initial = recipients.first()
        if shown.optional_categories:
            self.fields["extra"].choices = [  # type: ignore[attr-defined]
                (code, category_title(code)) for code in shown.optional_categories
            ]
        else:
            del self.fields["extra"]


class RemarkForm(forms.Form):
    """Why; whoever recorded it reads it."""

    reason = forms.CharField(
        label=_("原因（登记的同事会看到）"), max_length=300, widget=UnfoldAdminTextareaWidget
    )


class SaidForm(forms.Form):
    """What the member said, and the paper where there is one."""

    reason = forms.CharField(
        label=_("本人怎么说的（本人会看到）"), max_length=300, widget=UnfoldAdminTextareaWidget
    )
    evidence = forms.FileField(
        label=_("写了字据的，上传照片（没有就不传）"),
        required=False,
        widget=UnfoldAdminFileFieldWidget,
    )


def shown_as(member: Member) -> tuple[str, str]:
    """A member's name and village, for a line of a list."""
    return member.name, member.division.short_name if member.division else "—"
