"""What a member owns for production, and what a year brought in."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cooperative.farming.models.base import (
    Fact,
    FactQuerySet,
    Lasting,
    ends_by_time,
    fact_constraints,
    fact_indexes,
    year_in_range,
)
from core.money import MoneyField

AssetManager = models.Manager.from_queryset(FactQuerySet["Asset"])
YearlyIncomeManager = models.Manager.from_queryset(FactQuerySet["YearlyIncome"])


class Asset(Lasting):
    """A thing of value that serves production. ``value`` is what all pieces are worth together."""

    KIND = "asset"

    class Kind(models.TextChoices):
        MACHINE = "machine", _("农机具")
        GREENHOUSE = "greenhouse", _("大棚")
        LIVESTOCK = "livestock", _("牲畜")
        BUILDING = "building", _("房屋仓库")
        OTHER = "other", _("其他")

    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("名称"), max_length=60)
    quantity = models.PositiveIntegerField(_("数量"), default=1, validators=[MinValueValidator(1)])
    value = MoneyField(_("现值（元）"))
    acquired_on = models.DateField(_("购置日期"), null=True, blank=True)

    objects = AssetManager()

    class Meta:
        verbose_name = _("家产")
        verbose_name_plural = _("家产")
        constraints = [
            *fact_constraints("farming_asset"),
            models.CheckConstraint(name="farming_asset_named", condition=~Q(name="")),
            models.CheckConstraint(
                name="farming_asset_quantity_positive", condition=Q(quantity__gt=0)
            ),
            models.CheckConstraint(
                name="farming_asset_value_not_negative",
                condition=Q(value__gte=0),
                violation_error_message=_("现值不能小于零。"),
            ),
            models.CheckConstraint(
                name="farming_asset_end_after_acquired",
                condition=Q(ended_on__isnull=True)
                | Q(acquired_on__isnull=True)
                | Q(ended_on__gte=models.F("acquired_on")),
                violation_error_message=_("最后一天不能早于购置日期。"),
            ),
        ]
        indexes = [
            *fact_indexes("farming_asset", scored=("value", "ended_on")),
            *ends_by_time("farming_asset", "ended_on"),
        ]


class YearlyIncome(Fact):
    """What one source brought in during a calendar year, and what it cost to bring it in.

    ``costs`` are operating costs (seed, fertiliser, fuel, rent, wages paid); None: not told.
    """

    KIND = "income"

    class Source(models.TextChoices):
        GRAIN = "grain", _("卖粮")
        LIVESTOCK = "livestock", _("养殖")
        WAGES = "wages", _("务工")
        MACHINE_SERVICES = "machine_services", _("农机作业")
        SUBSIDIES = "subsidies", _("补贴")
        OTHER = "other", _("其他")

    year = models.PositiveSmallIntegerField(_("年份"))
    source = models.CharField(_("收入来源"), max_length=16, choices=Source.choices)
    amount = MoneyField(_("全年收入（元）"))
    costs = MoneyField(_("生产成本（元）"), null=True, blank=True)

    objects = YearlyIncomeManager()

    class Meta:
        verbose_name = _("年度收入")
        verbose_name_plural = _("年度收入")
        constraints = [
            *fact_constraints("farming_yearlyincome"),
            year_in_range("farming_yearlyincome"),
            models.CheckConstraint(
                name="farming_yearlyincome_amounts_not_negative",
                condition=Q(amount__gte=0) & (Q(costs__isnull=True) | Q(costs__gte=0)),
                violation_error_message=_("金额不能小于零。"),
            ),
            models.UniqueConstraint(
                name="farming_yearlyincome_stated_once",
                fields=["member", "year", "source"],
                condition=Q(state="stated"),
            ),
            models.UniqueConstraint(
                name="farming_yearlyincome_confirmed_once",
                fields=["member", "year", "source"],
                condition=Q(state="confirmed"),
                # the scores of a chunk of members read no more than this
                include=["amount", "costs"],
            ),
        ]
        indexes = [
            *fact_indexes("farming_yearlyincome"),
        ]
