"""Land and what grows on it: crops, plots, plans of a season."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cooperative.farming.models.base import (
    FactQuerySet,
    Lasting,
    ends_by_time,
    fact_constraints,
    fact_indexes,
    year_in_range,
)
from cooperative.membership.models import Division


class Crop(models.Model):
    """A crop that is grown here; small reference data, read from ``data/crops.csv``."""

    class Group(models.TextChoices):
        GRAIN = "grain", _("粮食")
        OIL = "oil", _("油料")
        VEGETABLE = "vegetable", _("蔬菜瓜果")
        OTHER = "other", _("其他")

    code = models.CharField(_("代码"), max_length=20, primary_key=True)
    name = models.CharField(_("名称"), max_length=20, unique=True)
    group = models.CharField(_("类别"), max_length=10, choices=Group.choices)
    position = models.PositiveSmallIntegerField(_("次序"))

    class Meta:
        verbose_name = _("作物")
        verbose_name_plural = _("作物")

    def __str__(self) -> str:
        return self.name


PlotManager = models.Manager.from_queryset(FactQuerySet["Plot"])
SeasonPlanManager = models.Manager.from_queryset(FactQuerySet["SeasonPlan"])


class Plot(Lasting):
    """A piece of land that a member works. ``rented_until`` is the last day of the lease."""

    KIND = "plot"

    class Tenure(models.TextChoices):
        CONTRACTED = "contracted", _("自家承包")
        RENTED_IN = "rented_in", _("流转租入")

    class Land(models.TextChoices):
        DRY = "dry", _("旱田")
        PADDY = "paddy", _("水田")
        GREENHOUSE = "greenhouse", _("大棚")
        ORCHARD = "orchard", _("果园")
        GRASSLAND = "grassland", _("草地")
        OTHER = "other", _("其他")
        UNSPECIFIED = "unspecified", _("没有注明")

    division = models.ForeignKey(
        Division, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("村")
    )
    local_name = models.CharField(_("地块名"), max_length=40)
    area_mu = models.DecimalField(_("面积（亩）"), max_digits=10, decimal_places=2)
    tenure = models.CharField(_("取得方式"), max_length=10, choices=Tenure.choices)
    rented_until = models.DateField(_("租到哪天"), null=True, blank=True)
    land = models.CharField(_("地类"), max_length=12, choices=Land.choices)
    main_crop = models.ForeignKey(
        Crop, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("常种作物")
    )

    objects = PlotManager()

    class Meta:
        verbose_name = _("地块")
        verbose_name_plural = _("地块")
        constraints = [
            *fact_constraints("farming_plot"),
            models.CheckConstraint(
                name="farming_plot_area_positive",
                condition=Q(area_mu__gt=0),
                violation_error_message=_("面积要大于零。"),
            ),
            models.CheckConstraint(name="farming_plot_named", condition=~Q(local_name="")),
            models.CheckConstraint(
                name="farming_plot_until_only_rented",
                condition=Q(rented_until__isnull=True) | Q(tenure="rented_in"),
                violation_error_message=_("只有租入的地才有租期。"),
            ),
            # What makes importing a roster twice change nothing.
            models.UniqueConstraint(
                name="farming_plot_roster_once",
                fields=["member", "tenure"],
                condition=Q(origin="roster", corrects__isnull=True),
            ),
        ]
        indexes = [
            *fact_indexes("farming_plot", scored=("area_mu", "ended_on", "rented_until")),
            *ends_by_time("farming_plot", "ended_on", "rented_until"),
            # The usual size in a village, and plots of one name there.
            models.Index(fields=["division", "local_name"], name="farming_plot_in_village"),
        ]


class SeasonPlan(Lasting):
    """What a member grows in a year and on how many mu, on one plot or on no particular one."""

    KIND = "plan"

    year = models.PositiveSmallIntegerField(_("年份"))
    crop = models.ForeignKey(Crop, on_delete=models.PROTECT, verbose_name=_("作物"))
    plot = models.ForeignKey(
        Plot,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="plans",
        verbose_name=_("地块"),
    )
    area_mu = models.DecimalField(_("面积（亩）"), max_digits=10, decimal_places=2)

    objects = SeasonPlanManager()

    class Meta:
        verbose_name = _("种植安排")
        verbose_name_plural = _("种植安排")
        constraints = [
            *fact_constraints("farming_seasonplan"),
            year_in_range("farming_seasonplan"),
            models.CheckConstraint(
                name="farming_seasonplan_area_positive",
                condition=Q(area_mu__gt=0),
                violation_error_message=_("面积要大于零。"),
            ),
            models.UniqueConstraint(
                name="farming_seasonplan_stated_once",
                fields=["member", "year", "crop", "plot"],
                condition=Q(state="stated"),
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                name="farming_seasonplan_confirmed_once",
                fields=["member", "year", "crop", "plot"],
                condition=Q(state="confirmed"),
                nulls_distinct=False,
            ),
        ]
        indexes = [
            *fact_indexes("farming_seasonplan"),
        ]
