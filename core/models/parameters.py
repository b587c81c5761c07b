"""Figures of law and policy as dated rows with a source, proposed by one and checked by another."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from core.models.base import FourEyes, LockedQuerySet, four_eyes_constraints


class DateRange(Func):
    """``daterange(starts_on, ends_on)``: half-open, open end NULL."""

    function = "daterange"


class MomentRange(Func):
    """``tstzrange(a, b)``: half-open, open end NULL."""

    function = "tstzrange"


class ParameterQuerySet(LockedQuerySet["Parameter"]):
    """Figures, lockable in one order."""


ParameterManager = models.Manager.from_queryset(ParameterQuerySet)


class Parameter(FourEyes):
    """The value of one registered code during ``[starts_on, ends_on)`` within one scope.

    ``scope`` is a path prefix, empty for everywhere; the longest matching scope wins.
    Only checked rows are in force, and two of one code and scope never overlap.
    """

    code = models.CharField(_("代码"), max_length=60)
    scope = models.CharField(_("适用范围"), max_length=255, blank=True)
    value = models.DecimalField(_("数值"), max_digits=16, decimal_places=6)
    starts_on = models.DateField(_("生效日期"))
    ends_on = models.DateField(_("失效日期"), null=True, blank=True)
    source = models.CharField(_("依据"), max_length=300)

    objects = ParameterManager()

    class Meta:
        verbose_name = _("规则参数")
        verbose_name_plural = _("规则参数")
        constraints = [
            *four_eyes_constraints("core_parameter"),
            models.CheckConstraint(
                name="core_parameter_period_forward",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                violation_error_message=_("失效日期要晚于生效日期。"),
            ),
            models.CheckConstraint(name="core_parameter_source_given", condition=~Q(source="")),
            ExclusionConstraint(
                name="core_parameter_no_overlap",
                expressions=[
                    ("code", RangeOperators.EQUAL),
                    ("scope", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(checked_at__isnull=False),
                violation_error_message=_("同一参数在这段时间已有生效的数值。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.starts_on} {self.scope}"
