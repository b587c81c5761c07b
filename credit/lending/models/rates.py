"""The loan prime rate, a row for each publication."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models.base import FourEyes, LockedQuerySet, four_eyes_constraints

LprRateManager = models.Manager.from_queryset(LockedQuerySet["LprRate"])


class LprRate(FourEyes):
    """The one-year loan prime rate as published on a day, until the next publication day.

    Only checked rows count. ``one_year_rate`` is a fraction a year: 0.0300 for 3.00 %.

    Source: 法释〔2020〕17号 art. 25; published by the National Interbank Funding Center.
    """

    published_on = models.DateField(_("公布日期"), unique=True)
    one_year_rate = models.DecimalField(_("一年期利率"), max_digits=6, decimal_places=4)
    source = models.CharField(_("出处"), max_length=300)

    objects = LprRateManager()

    class Meta:
        verbose_name = _("贷款市场报价利率")
        verbose_name_plural = _("贷款市场报价利率")
        constraints = [
            *four_eyes_constraints("lending_lprrate"),
            models.CheckConstraint(
                name="lending_lprrate_plausible",
                condition=Q(one_year_rate__gt=0) & Q(one_year_rate__lt=1),
                violation_error_message=_("利率要大于零，例如 3.00%。"),
            ),
            models.CheckConstraint(name="lending_lprrate_source_given", condition=~Q(source="")),
        ]

    def __str__(self) -> str:
        return f"{self.published_on} {self.one_year_rate}"
