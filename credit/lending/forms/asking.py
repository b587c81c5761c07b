"""Asking for money: one small form for each screen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.forms import YuanField
from credit.lending.forms.lending import AMOUNT_MISSING, DATE_MISSING
from credit.lending.models import LoanRequest
from credit.lending.models.requests import Method
from credit.lending.rules.accounts import digits_of, is_doubtful, problem_of_number
from credit.lending.services.checks import check_holder

HARVEST_ROWS = 4


class AskForm(forms.Form):
    """One question; ``answers`` are those given before."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class PurposeForm(AskForm):
    """For what."""

    purpose = forms.ChoiceField(
        label=_("请选一项"),
        choices=LoanRequest.Purpose.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一项用途。")},
    )


class DetailForm(AskForm):
    """What exactly."""

    purpose_note = forms.CharField(
        label=_("具体做什么？"),
        max_length=200,
        help_text=_("例如：三十亩玉米追肥，要尿素四十袋"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写一句，乡亲们好知道钱用在哪。")},
    )


class AmountForm(AskForm):
    """How much."""

    amount = YuanField(label=_("要借多少？"), error_messages={"required": AMOUNT_MISSING})


class WhenForm(AskForm):
    """When the money is needed."""

    wanted_on = forms.DateField(label=_("哪天要用？"), error_messages={"required": DATE_MISSING})


class MethodForm(AskForm):
    """How it is paid back."""

    method = forms.ChoiceField(
        label=_("请选一种"),
        choices=Method.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一种还法。")},
    )


class TermForm(AskForm):
    """How long."""

    term_months = forms.IntegerField(
        label=_("借几个月？"),
        min_value=1,
        max_value=99,
        error_messages={
            "required": _("请填写几个月。"),
            "invalid": _("请填写整数，例如 6。"),
            "min_value": _("至少一个月。"),
            "max_value": _("请填写几个月，例如 6。"),
        },
    )


class PercentField(forms.DecimalField):
    """A rate typed as percent a year, kept as a fraction."""

    def __init__(self, **kwargs: Any) -> None:
        errors = {
            "required": _("请填写年利率，例如 6。不要利息就填 0。"),
            "invalid": _("请填写数字，例如 6 或 5.5。"),
            "min_value": _("利率不能小于零。"),
            "max_digits": _("请填写年利率，例如 6 或 5.5。"),
            "max_decimal_places": _("利率最多写两位小数。"),
            "max_whole_digits": _("请填写年利率，例如 6 或 5.5。"),
        }
        super().__init__(
            max_digits=5,
            decimal_places=2,
            min_value=Decimal(0),
            error_messages=errors,
            **kwargs,
        )

    def to_python(self, value: Any) -> Decimal | None:
        if isinstance(value, str):
            value = value.strip().removesuffix("%").removesuffix("％").strip()
        return super().to_python(value)


class RateForm(AskForm):
    """At most at which rate."""

    rate_percent = PercentField(label=_("最高愿意付多少利息？"))


class PayeeForm(AskForm):
    """Whom the lenders pay."""

    payee = forms.ChoiceField(
        label=_("请选一项"),
        choices=LoanRequest.Payee.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一项。")},
    )
    payee_name = forms.CharField(
        label=_("供货商叫什么？"),
        max_length=80,
        required=False,
        help_text=_("转给供货商才填，写执照或收据上的全名。"),
    )

    def clean(self) -> dict[str, Any]:
        """The supplier's name belongs to the supplier."""
        given = super().clean() or self.cleaned_data
        if given.get("payee") == LoanRequest.Payee.BORROWER:
            given["payee_name"] = ""
        elif given.get("payee") and not given.get("payee_name"):
            self.add_error("payee_name", _("转给供货商的，请写供货商名称。"))
        return given


class AccountForm(AskForm):
    """Into which account, as it stands on the card, the passbook or the supplier's invoice."""

    account_holder = forms.CharField(
        label=_("户名"), max_length=80, error_messages={"required": _("请填写户名。")}
    )
    account_bank = forms.CharField(
        label=_("开户行"),
        max_length=80,
        help_text=_("例如：农业银行双城支行"),
        error_messages={"required": _("请填写开户行。")},
    )
    account_number = forms.CharField(
        label=_("账号"),
        max_length=60,
        help_text=_("照着银行卡或存折一位一位填，空格不用管。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("请填写账号。")},
    )
    checked = forms.BooleanField(label=_("我又对了一遍，就是这个账号"), required=False)

    def __init__(self, *args: Any, payee: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.payee, self.doubtful = payee, False

    def clean_account_holder(self) -> str:
        """An account of the payee's own name; else the rule and the way on stand at the field."""
        holder: str = self.cleaned_data["account_holder"]
        try:
            check_holder(holder, self.payee)
        except Refused as refused:
            raise ValidationError(f"{refused.message}{refused.way_on}") from refused
        return holder

    def clean_account_number(self) -> str:
        """Digits alone; a number that no card can have is asked for twice, not refused."""
        number = digits_of(self.cleaned_data["account_number"])
        if problem_of_number(number) == "digits":
            raise ValidationError(_("账号只有数字，请对照银行卡或存折再填一遍。"))
        if problem_of_number(number):
            raise ValidationError(
                _("账号是 8 到 30 位数字，您填了 %(count)s 位。") % {"count": len(number)}
            )
        self.doubtful = is_doubtful(number)
        return number

    def clean(self) -> dict[str, Any]:
        """The doubt is cleared by a second look; it is no answer of its own."""
        given = super().clean() or self.cleaned_data
        if not given.pop("checked", False) and self.doubtful:
            self.add_error(
                "account_number",
                _(
                    "这个号码和银行卡的校验位对不上，常常是填错了一位，请再对一遍。"
                    "存折号、对公账号本来就可能对不上，没有错就在下面打勾。"
                ),
            )
        return given


class HarvestForm(forms.Form):
    """A day after a harvest and the principal that comes back on it."""

    on = forms.DateField(label=_("哪天还？"), required=False)
    principal = YuanField(label=_("还多少本金？"), required=False)

    def clean(self) -> dict[str, Any]:
        """Both or neither."""
        given = super().clean() or self.cleaned_data
        if self.errors:
            return given
        if given.get("on") and not given.get("principal"):
            self.add_error("principal", _("这天还多少本金？请填写金额。"))
        if given.get("principal") and not given.get("on"):
            self.add_error("on", _("这笔钱哪天还？请填写日期。"))
        return given


class BaseHarvestFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    """The days together."""

    def clean(self) -> None:
        """At least one."""
        if any(self.errors):
            return
        if not self.dues():
            raise ValidationError(_("请至少填一个还款日和金额。"))

    def dues(self) -> list[dict[str, str]]:
        """The filled rows by day, as a request keeps them."""
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("on")]
        return [
            {"on": row["on"].isoformat(), "principal": str(row["principal"])}
            for row in sorted(rows, key=lambda row: row["on"])
        ]


HarvestFormSet = forms.formset_factory(
    HarvestForm,
    formset=BaseHarvestFormSet,
    extra=0,
    min_num=HARVEST_ROWS,
    max_num=HARVEST_ROWS,
    validate_max=True,
)


class DeclareForm(forms.Form):
    """What one promises by sending a request."""

    own_use = forms.BooleanField(
        label=_("钱只用在上面写的地方，不转借给别人"),
        error_messages={"required": _("请先确认这一条，才能提交。")},
    )


ASK_FORMS: dict[str, type[AskForm]] = {
    "purpose": PurposeForm,
    "detail": DetailForm,
    "amount": AmountForm,
    "when": WhenForm,
    "method": MethodForm,
    "term": TermForm,
    "rate": RateForm,
    "payee": PayeeForm,
    "account": AccountForm,
}
