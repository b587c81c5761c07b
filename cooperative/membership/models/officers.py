"""Posts: who serves which union in which role, for how long."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cooperative.membership.models.organisations import Union
from core.models.base import FourEyes, LockedQuerySet, four_eyes_constraints
from core.models.parameters import DateRange


class PostQuerySet(LockedQuerySet["Post"]):
    """Posts in force."""

    def in_force(self, today: date) -> Self:
        """Confirmed posts whose period ``[starts_on, ends_on)`` holds today."""
        return self.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gt=today),
            starts_on__lte=today,
            checked_at__isnull=False,
        )


PostManager = models.Manager.from_queryset(PostQuerySet)


class Post(FourEyes):
    """An officer's role in a union and its subtree, appointed by one and confirmed by another."""

    class Role(models.TextChoices):
        CONVENER = "convener", _("经办")
        REVIEWER = "reviewer", _("复核")
        AUDITOR = "auditor", _("监督")
        ADMINISTRATOR = "administrator", _("管理员")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="posts",
        verbose_name=_("工会干部"),
    )
    union = models.ForeignKey(
        Union, on_delete=models.PROTECT, related_name="posts", verbose_name=_("工会")
    )
    role = models.CharField(_("岗位"), max_length=14, choices=Role.choices)
    starts_on = models.DateField(_("任职日期"))
    ends_on = models.DateField(_("离任日期"), null=True, blank=True)

    objects = PostManager()

    class Meta:
        verbose_name = _("岗位")
        verbose_name_plural = _("岗位")
        constraints = [
            *four_eyes_constraints("membership_post"),
            models.CheckConstraint(
                name="membership_post_period_forward",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("离任日期不能早于任职日期。"),
            ),
            models.CheckConstraint(
                name="membership_post_not_own_appointment",
                condition=~Q(user=F("made_by")) & ~Q(user=F("checked_by")),
                violation_error_message=_("不能给自己安排岗位。"),
            ),
            ExclusionConstraint(
                name="membership_post_no_overlap",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("union", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("这位干部在这段时间已有同一岗位。"),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.role}"
