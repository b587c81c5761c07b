"""All facts in one list, as officers work through them: a view of the database, never written."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cooperative.farming.models.base import Fact, FactQuerySet
from cooperative.farming.models.land import Crop
from cooperative.membership.models import Division, Member
from core.money import MoneyField

QueuedFactManager = models.Manager.from_queryset(FactQuerySet["QueuedFact"])


class QueuedFact(models.Model):
    """One fact of any kind. ``rank`` puts what waits first; the view is made in migration 0002."""

    class Kind(models.TextChoices):
        PLOT = "plot", _("地块")
        PLAN = "plan", _("种植安排")
        ASSET = "asset", _("家产")
        INCOME = "income", _("年度收入")

    key = models.CharField(max_length=30, primary_key=True)
    kind = models.CharField(_("种类"), max_length=6, choices=Kind.choices)
    fact_id = models.BigIntegerField()
    rank = models.PositiveSmallIntegerField()
    member = models.ForeignKey(
        Member, on_delete=models.DO_NOTHING, related_name="+", verbose_name=_("成员")
    )
    origin = models.CharField(_("来源"), max_length=8, choices=Fact.Origin.choices)
    state = models.CharField(_("状态"), max_length=10, choices=Fact.State.choices)
    reason = models.CharField(_("退回原因"), max_length=300)
    corrects_id = models.BigIntegerField(null=True)
    ended_on = models.DateField(_("最后一天"), null=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        related_name="+",
        verbose_name=_("填报人"),
    )
    made_at = models.DateTimeField(_("填报时间"))
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        related_name="+",
        null=True,
        verbose_name=_("核实人"),
    )
    checked_at = models.DateTimeField(_("核实时间"), null=True)
    division = models.ForeignKey(
        Division, on_delete=models.DO_NOTHING, related_name="+", null=True, verbose_name=_("村")
    )
    crop = models.ForeignKey(
        Crop, on_delete=models.DO_NOTHING, related_name="+", null=True, verbose_name=_("作物")
    )
    year = models.PositiveSmallIntegerField(_("年份"), null=True)
    name = models.CharField(_("名称"), max_length=60)
    variety = models.CharField(_("类别"), max_length=16)
    area_mu = models.DecimalField(_("面积（亩）"), max_digits=10, decimal_places=2, null=True)
    amount = MoneyField(_("金额（元）"), null=True)

    objects = QueuedFactManager()

    class Meta:
        managed = False
        db_table = "farming_queuedfact"
        verbose_name = _("生产情况")
        verbose_name_plural = _("生产情况")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.fact_id}"
