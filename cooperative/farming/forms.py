"""Short forms in which a fact is stated; the rules are the services'."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cooperative.farming.models import Asset, Crop, Fact, Plot, YearlyIncome
from cooperative.farming.selectors import live_plots_of, villages_near
from cooperative.farming.statements import (
    AssetStatement,
    IncomeStatement,
    PlanStatement,
    PlotStatement,
    Statement,
)
from cooperative.membership.models import Division, Member
from core.forms import YuanField


class AreaField(forms.DecimalField):
    """An area in mu, at most two decimals."""

    def __init__(self, **kwargs: Any) -> None:
        errors = {
            "invalid": _("请填写亩数，例如 12.5。"),
            "required": _("请填写亩数。"),
            "max_decimal_places": _("亩数最多写两位小数。"),
            "min_value": _("面积要大于零。"),
        }
        super().__init__(
            max_digits=10,
            decimal_places=2,
            min_value=Decimal("0.01"),
            error_messages=errors,
            **kwargs,
        )


class CropField(forms.ModelChoiceField):
    """One of the crops, the usual ones first."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Crop.objects.order_by("position", "code"), **kwargs)


class VillageField(forms.ModelChoiceField):
    """A village by the name people use."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.short_name)


class PlotField(forms.ModelChoiceField):
    """A plot with its area."""

    def label_from_instance(self, obj: Any) -> str:
        return str(_("%(name)s，%(area)s 亩") % {"name": obj.local_name, "area": obj.area_mu})


class FactForm(forms.Form):
    """A form about one member; ``fact`` is what is edited or corrected, if anything is."""

    def __init__(
        self,
        *args: Any,
        member: Member,
        year: int,
        fact: Fact | None = None,
        **kwargs: Any,
    ) -> None:
        if fact is not None:
            initial = {name: getattr(fact, name) for name in self.base_fields}
            kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        self.member, self.year, self.fact = member, year, fact
        self.fill()

    def fill(self) -> None:
        """Choices that depend on the member and the year."""

    def statement(self) -> Statement:
        """What the valid form says."""
        raise NotImplementedError


class PlotForm(FactForm):
    """A plot."""

    local_name = forms.CharField(
        label=_("这块地平时怎么叫？"),
        max_length=40,
        help_text=_("例如：东甸子、村南大块地"),
        error_messages={"required": _("请写上这块地平时的叫法。")},
    )
    area_mu = AreaField(label=_("有多少亩？"))
    tenure = forms.ChoiceField(
        label=_("是自家承包的，还是租来的？"),
        choices=Plot.Tenure.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择一项。")},
    )
    rented_until = forms.DateField(
        label=_("租到哪天？"), required=False, help_text=_("租来的地请填写，自家的地不用填。")
    )
    land = forms.ChoiceField(label=_("是什么地？"), choices=Plot.Land.choices)
    division = VillageField(
        Division.objects.none(), label=_("在哪个村？"), required=False, empty_label=_("请选择")
    )
    main_crop = CropField(label=_("常种什么？"), required=False, empty_label=_("请选择"))

    def fill(self) -> None:
        self.fields["division"].queryset = villages_near(self.member)  # type: ignore[attr-defined]
        if self.fact is None:
            self.initial.setdefault("division", self.member.division_id)
            self.initial.setdefault("land", Plot.Land.DRY)

    def statement(self) -> PlotStatement:
        return PlotStatement(**self.cleaned_data)


class PlanForm(FactForm):
    """What is grown in a year."""

    year = forms.TypedChoiceField(label=_("哪一年？"), coerce=int)
    crop = CropField(
        label=_("种什么？"),
        empty_label=_("请选择"),
        error_messages={"required": _("请选择作物。")},
    )
    plot = PlotField(
        Plot.objects.none(),
        label=_("种在哪块地？"),
        required=False,
        empty_label=_("不指定地块"),
    )
    area_mu = AreaField(label=_("种多少亩？"))

    def fill(self) -> None:
        years = range(self.year + 1, self.year - 3, -1)
        self.fields["year"].choices = [(y, _("%(year)s 年") % {"year": y}) for y in years]  # type: ignore[attr-defined]
        self.fields["plot"].queryset = live_plots_of(self.member)  # type: ignore[attr-defined]
        self.initial.setdefault("year", self.year)

    def statement(self) -> PlanStatement:
        return PlanStatement(**self.cleaned_data)


class AssetForm(FactForm):
    """A machine, a greenhouse, livestock, a building."""

    kind = forms.ChoiceField(
        label=_("是哪一类？"),
        choices=Asset.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择一类。")},
    )
    name = forms.CharField(
        label=_("叫什么？"),
        max_length=60,
        help_text=_("例如：东方红 904 拖拉机、母牛"),
        error_messages={"required": _("请写上名称。")},
    )
    quantity = forms.IntegerField(
        label=_("有几件（头、座）？"),
        min_value=1,
        max_value=100_000,
        initial=1,
        error_messages={"min_value": _("数量至少是一。"), "invalid": _("请填写整数。")},
    )
    value = YuanField(
        label=_("现在一共值多少钱？"),
        help_text=_("按现在卖得出的价钱估，单位是元。"),
        error_messages={"required": _("请填写金额。")},
    )
    acquired_on = forms.DateField(
        label=_("哪天买的、建的？"), required=False, help_text=_("记不清可以不填。")
    )

    def statement(self) -> AssetStatement:
        return AssetStatement(**self.cleaned_data)


class IncomeForm(FactForm):
    """What a source brought in during a year."""

    year = forms.TypedChoiceField(label=_("哪一年？"), coerce=int)
    source = forms.ChoiceField(
        label=_("是哪一项收入？"),
        choices=YearlyIncome.Source.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择一项。")},
    )
    amount = YuanField(
        label=_("全年一共收了多少钱？"),
        help_text=_("没有扣成本的数，单位是元。"),
        error_messages={"required": _("请填写金额。")},
    )
    costs = YuanField(
        label=_("花了多少生产成本？"),
        required=False,
        help_text=_("种子、化肥、油料、地租、雇工等，单位是元。"),
    )

    def fill(self) -> None:
        years = range(self.year, self.year - 6, -1)
        self.fields["year"].choices = [(y, _("%(year)s 年") % {"year": y}) for y in years]  # type: ignore[attr-defined]
        self.initial.setdefault("year", self.year - 1)

    def statement(self) -> IncomeStatement:
        return IncomeStatement(**self.cleaned_data)


FORMS: dict[str, type[FactForm]] = {
    "plot": PlotForm,
    "plan": PlanForm,
    "asset": AssetForm,
    "income": IncomeForm,
}


class EvidenceForm(forms.Form):
    """A photo or document that proves a fact."""

    file = forms.FileField(
        label=_("拍一张凭证"),
        help_text=_("承包证、租地合同、卖粮单、行驶证等。照片或便携文档，最大 10 兆。"),
        error_messages={"required": _("请先选一张照片。"), "empty": _("这个文件是空的。")},
        widget=forms.ClearableFileInput(attrs={"accept": "image/*,application/pdf"}),
    )


class EndForm(forms.Form):
    """The last day of something that is no more."""

    ended_on = forms.DateField(error_messages={"required": _("请填写日期。")})
