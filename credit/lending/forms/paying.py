"""What the parties fill in once money moves: transfers, repayments, extensions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import YuanField
from core.sentences import filled
from credit.lending.forms.lending import AMOUNT_MISSING, DATE_MISSING

PICTURE = {"accept": "image/*,application/pdf"}


class SlipField(forms.FileField):
    """A photo or screenshot of a bank slip."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("手机银行的转账截图，或者回单的照片，最大 10 兆。"))
        super().__init__(
            widget=forms.ClearableFileInput(attrs=PICTURE),
            error_messages={"empty": _("这个文件是空的，请重新选择。")},
            **kwargs,
        )


class SlipNumberField(forms.CharField):
    """The number a bank gives to a transfer."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off"})
        super().__init__(label=_("银行流水号"), max_length=60, widget=widget, **kwargs)


class TransferForm(forms.Form):
    """The lender transferred the money: when, under which number, with which proof."""

    sent_on = forms.DateField(label=_("哪天转的？"), error_messages={"required": DATE_MISSING})
    slip_number = SlipNumberField(
        help_text=_("手机银行转账详情里的“流水号”或“交易号”。"),
        error_messages={"required": _("请填写银行流水号，以后对账要用。")},
    )
    slip = SlipField(label=_("转账凭证"), required=False)


class ArrivalForm(forms.Form):
    """The borrower received the money on a day."""

    arrived_on = forms.DateField(
        label=_("哪天到账的？"),
        help_text=_("利息从这天起算，请对照您的银行短信。"),
        error_messages={"required": DATE_MISSING},
    )
    receipt_number = forms.CharField(
        label=_("供货商收据编号"),
        max_length=60,
        help_text=_("供货商开给您的收据或发票号码。"),
        error_messages={"required": _("请填写收据编号，还没有拿到请先向供货商要。")},
    )

    def __init__(self, *args: Any, to_supplier: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not to_supplier:
            del self.fields["receipt_number"]


class ArrivedAmountForm(forms.Form):
    """How much of a transfer came, when it is another sum."""

    arrived = YuanField(
        label=_("实际到账多少？"),
        help_text=_("请对照银行短信或流水，分几笔到的加在一起。"),
        error_messages={"required": AMOUNT_MISSING},
    )


class RepaymentForm(forms.Form):
    """Money that went from the borrower straight to one lender. ``key`` makes two taps one row."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    amount = YuanField(label=_("转了多少？"), error_messages={"required": AMOUNT_MISSING})
    paid_on = forms.DateField(label=_("哪天转的？"), error_messages={"required": DATE_MISSING})
    slip_number = SlipNumberField(
        required=False,
        help_text=_("有流水号，对方核对得快。"),
    )
    slip = SlipField(label=_("转账凭证"), required=False)


class SplitForm(forms.Form):
    """One sum over all lenders of a loan; ``lenders`` are those who may get a part, each with a slip."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    amount = YuanField(label=_("一共打算还多少？"), error_messages={"required": AMOUNT_MISSING})
    paid_on = forms.DateField(label=_("哪天转的？"), error_messages={"required": DATE_MISSING})

    def __init__(self, *args: Any, lenders: Mapping[int, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lenders = lenders or {}
        for pk, name in self.lenders.items():
            number = SlipNumberField(required=False, help_text=_("有流水号，对方核对得快。"))
            number.label = filled(_("转给%(name)s的流水号"), name=name)
            self.fields[f"slip_number_{pk}"] = number
            label = filled(_("转给%(name)s的凭证"), name=name)
            self.fields[f"slip_{pk}"] = SlipField(label=label, required=False)

    @property
    def slip_fields(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Number and picture of each transfer."""
        return [(self[f"slip_number_{pk}"], self[f"slip_{pk}"]) for pk in self.lenders]

    @property
    def slips(self) -> dict[int, tuple[str, Any]]:
        """Number and upload that were given, by share."""
        given = self.cleaned_data
        return {pk: (given[f"slip_number_{pk}"], given[f"slip_{pk}"]) for pk in self.lenders}


class ReturnForm(forms.Form):
    """What was paid too much went back."""

    on = forms.DateField(label=_("哪天退的？"), error_messages={"required": DATE_MISSING})
    slip_number = SlipNumberField(
        error_messages={"required": _("请填写银行流水号，以后对账要用。")},
    )


class PayoffForm(forms.Form):
    """The day for which a pay-off is worked out."""

    on = forms.DateField(label=_("打算哪天还清？"), error_messages={"required": DATE_MISSING})

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_on(self) -> date:
        """Not a day that is over."""
        on: date = self.cleaned_data["on"]
        if on < self.today:
            raise forms.ValidationError(_("这一天已经过了，请选今天或以后。"))
        return on


class ExtensionForm(forms.Form):
    """A later end and why."""

    ends_on = forms.DateField(label=_("想延到哪天？"), error_messages={"required": DATE_MISSING})
    reason = forms.CharField(
        label=_("为什么要延？"),
        max_length=300,
        help_text=_("每位出借人都会看到这句话。"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写一句原因，出借人好决定。")},
    )
