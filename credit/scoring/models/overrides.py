"""What officers put in place of a score's grade or limit, for a time."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cooperative.membership.models import Member
from core.models import StoredFile
from core.models.base import FourEyes, LockedQuerySet, both_or_neither, four_eyes_constraints
from core.models.parameters import DateRange
from core.money import MoneyField
from credit.scoring.models.scores import Score
from credit.scoring.rules.overriding import OverrideState

_TOOK_FORCE = ["confirmed", "revoked"]


class OverrideQuerySet(LockedQuerySet["Override"]):
    """Overrides by whether they hold."""

    def in_force(self, on: date) -> Self:
        """Those that hold on a day; a revoked one held until the day of its revocation."""
        return self.filter(state__in=_TOOK_FORCE, starts_on__lte=on, ends_on__gt=on)


OverrideManager = models.Manager.from_queryset(OverrideQuerySet)


class Override(FourEyes):
    """Another grade or limit for a member during ``[starts_on, ends_on)``; the score stays as it is.

    ``score`` is the one that the proposer saw. An empty grade or limit leaves the score's. Moves by
    ``rules.overriding``; revoking ends it on that day.

    Source: PIPL art. 24 (a decision that a machine prepared may be reviewed by people).
    """

    class State(models.TextChoices):
        PROPOSED = OverrideState.PROPOSED, _("等复核")
        CONFIRMED = OverrideState.CONFIRMED, _("已复核同意")
        REJECTED = OverrideState.REJECTED, _("没有同意")
        REVOKED = OverrideState.REVOKED, _("已撤销")

    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="score_overrides", verbose_name=_("成员")
    )
    score = models.ForeignKey(
        Score, on_delete=models.PROTECT, related_name="overrides", verbose_name=_("调整前的评分")
    )
    grade = models.CharField(_("调整后的等级"), max_length=4, blank=True)
    limit_amount = MoneyField(_("调整后的额度"), null=True, blank=True)
    reason = models.CharField(_("为什么调整"), max_length=300)
    evidence = models.ForeignKey(
        StoredFile,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("凭证"),
    )
    starts_on = models.DateField(_("哪天起"))
    ends_on = models.DateField(_("到哪天为止"))
    state = models.CharField(
        _("状态"), max_length=10, choices=State.choices, default=State.PROPOSED
    )
    remark = models.CharField(_("不同意或撤销的原因"), max_length=300, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("撤销人"),
    )
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    objects = OverrideManager()

    class Meta:
        verbose_name = _("人工调整")
        verbose_name_plural = _("人工调整")
        constraints = [
            *four_eyes_constraints("scoring_override"),
            both_or_neither("scoring_override", "revoked_at", "revoked_by"),
            models.CheckConstraint(
                name="scoring_override_changes_something",
                condition=~Q(grade="") | Q(limit_amount__isnull=False),
                violation_error_message=_("等级和额度至少要调整一样。"),
            ),
            models.CheckConstraint(
                name="scoring_override_limit_not_negative",
                condition=Q(limit_amount__isnull=True) | Q(limit_amount__gte=0),
            ),
            models.CheckConstraint(name="scoring_override_reasoned", condition=~Q(reason="")),
            models.CheckConstraint(
                name="scoring_override_period_forward",
                condition=Q(ends_on__gt=F("starts_on"))
                | Q(state="revoked", ends_on=F("starts_on")),
                violation_error_message=_("结束的日子要晚于开始的日子。"),
            ),
            models.CheckConstraint(
                name="scoring_override_state_checked",
                condition=Q(state="proposed", checked_at__isnull=True)
                | (~Q(state="proposed") & Q(checked_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="scoring_override_revoked_dated",
                condition=Q(state="revoked", revoked_at__isnull=False)
                | (~Q(state="revoked") & Q(revoked_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="scoring_override_end_told",
                condition=~Q(state__in=["rejected", "revoked"], remark=""),
                violation_error_message=_("不同意和撤销要写明原因。"),
            ),
            ExclusionConstraint(
                name="scoring_override_no_overlap",
                expressions=[
                    ("member", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=_TOOK_FORCE),
                violation_error_message=_("这位成员在这段时间已有一次人工调整。"),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
