"""The loan prime rate in the officers' panel: entered by one, checked by another."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextInputWidget

from cooperative.membership.panel import DayInput, Deed, OfficerAdmin, OfficerForm
from credit.lending.admin.parts import percent
from credit.lending.models import LprRate
from credit.lending.services import lpr

_HUNDRED = Decimal(100)


class LprForm(OfficerForm):
    """One publication."""

    published_on = forms.DateField(label=_("公布日期"), widget=DayInput)
    one_year_percent = forms.DecimalField(
        label=_("一年期利率（%）"),
        decimal_places=2,
        max_digits=4,
        help_text=_("照公布的数填，例如 3.00"),
        widget=UnfoldAdminDecimalFieldWidget,
    )
    source = forms.CharField(
        label=_("出处"),
        max_length=300,
        help_text=_("写明在哪里查到的，复核的同事要照着核对"),
        widget=UnfoldAdminTextInputWidget,
    )

    def for_officer(self, user: Any, row: LprRate | None) -> None:
        if row is not None:
            self.initial = {
                "published_on": row.published_on,
                "one_year_percent": row.one_year_rate * _HUNDRED,
                "source": row.source,
            }


def _facts(answers: dict[str, Any]) -> dict[str, Any]:
    return {
        "published_on": answers["published_on"],
        "one_year_rate": answers["one_year_percent"] / _HUNDRED,
        "source": answers["source"],
    }


@admin.register(LprRate)
class LprRateAdmin(OfficerAdmin):
    """Publications, those that wait for a second officer first. The same for the whole country."""

    view_permission = "loan.view"
    union_lookup = None
    list_display = ("published_on", "shown_rate", "source", "made_by", "checked_by", "state")
    fields = (
        "published_on",
        "shown_rate",
        "source",
        "made_by",
        "made_at",
        "checked_by",
        "checked_at",
    )
    readonly_fields = ("shown_rate",)
    deeds = (
        Deed(
            "propose",
            _("登记新一期利率"),
            "lpr.propose",
            what=lambda row: _(
                "每月 20 日（遇节假日顺延）公布。登记后由另一位复核，复核后才按它算上限。"
            ),
            do=lambda row, answers, by, at: lpr.propose_lpr(**_facts(answers), by=by, at=at),
            done=_("已登记，等另一位复核。"),
            form=LprForm,
            on_row=False,
        ),
        Deed(
            "correct",
            _("改正"),
            "lpr.propose",
            what=lambda row: _("改正后要重新复核。已经签好的合同照原来的利率，不受影响。"),
            do=lambda row, answers, by, at: lpr.correct_lpr(
                lpr_id=row.pk, **_facts(answers), by=by, at=at
            ),
            done=_("已改正，等另一位复核。"),
            form=LprForm,
        ),
        Deed(
            "confirm",
            _("复核生效"),
            "lpr.confirm",
            what=lambda row: (
                _("请对照公布的原文。%(day)s 公布的一年期利率是 %(rate)s，对吗？")
                % {"day": row.published_on, "rate": percent(row.one_year_rate)}
            ),
            do=lambda row, answers, by, at: lpr.confirm_lpr(lpr_id=row.pk, by=by, at=at),
            done=_("已生效。"),
            offered=lambda row: row.checked_at is None,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related("made_by", "checked_by")

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        waits = models.Case(models.When(checked_at__isnull=True, then=0), default=1)
        return [waits, "-published_on", "pk"]

    @admin.display(description=_("一年期利率"), ordering="one_year_rate")
    def shown_rate(self, row: LprRate) -> str:
        return percent(row.one_year_rate)

    @display(  # type: ignore[untyped-decorator]
        description=_("状态"), label={"waiting": "warning", "checked": "success"}
    )
    def state(self, row: LprRate) -> tuple[str, Any]:
        return ("waiting", _("待复核")) if row.checked_at is None else ("checked", _("已复核"))
