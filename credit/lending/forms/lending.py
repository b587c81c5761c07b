"""What a lender fills in before there is a loan, and what every party signs or refuses with."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import YuanField

AMOUNT_MISSING = _("请填写金额。")
DATE_MISSING = _("请填写日期。")
CODE_WRONG = _("验证码是 6 位数字。")


class SpareMoneyForm(forms.Form):
    """How much lies idle, from when until when, and that it is the member's own."""

    amount = YuanField(label=_("有多少钱暂时用不上？"), error_messages={"required": AMOUNT_MISSING})
    available_from = forms.DateField(
        label=_("哪天起可以借出？"), error_messages={"required": DATE_MISSING}
    )
    available_until = forms.DateField(
        label=_("哪天以前要收回？"),
        required=False,
        help_text=_("不着急用，可以不填。"),
    )
    own_funds = forms.BooleanField(
        label=_("这是我自己的钱，不是贷来的，也不是替别人放的"),
        error_messages={"required": _("只能借出自己的钱。请先确认这一条。")},
    )


class PledgeForm(forms.Form):
    """How much an invited member would lend."""

    amount = YuanField(label=_("您愿意借多少？"), error_messages={"required": AMOUNT_MISSING})


class DeclineForm(forms.Form):
    """A word with a no, if one likes."""

    note = forms.CharField(
        label=_("想说一句吗？"),
        max_length=200,
        required=False,
        help_text=_("只有工会经办人看得到，借款人看不到。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReasonForm(forms.Form):
    """Why something is refused or disputed."""

    reason = forms.CharField(
        label=_("请说说原因"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写一句原因，对方和工会好处理。")},
    )

    def __init__(self, *args: Any, label: Any = "", hint: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["reason"].label = label
        if hint:
            self.fields["reason"].help_text = hint


class CodeForm(forms.Form):
    """The six digits of a message."""

    code = forms.RegexField(
        r"^\s*\d{6}\s*$",
        label=_("短信里的 6 位数字"),
        error_messages={"required": CODE_WRONG, "invalid": CODE_WRONG},
        widget=forms.TextInput(
            attrs={
                "class": "code",
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "maxlength": 6,
            }
        ),
    )
