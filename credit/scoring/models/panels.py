"""Panel reviews: neighbours who rate members blind, and what their grades said together."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cooperative.membership.models import Member, Union
from core.models.base import LockedQuerySet
from credit.scoring.rules.panel import HIGHEST, LOWEST
from credit.scoring.rules.panel_states import PanelState


class PanelReviewQuerySet(LockedQuerySet["PanelReview"]):
    """Panels by where they stand."""

    def live(self) -> Self:
        """Called or open: nothing is decided yet."""
        return self.filter(state__in=["called", "open"])


PanelReviewManager = models.Manager.from_queryset(PanelReviewQuerySet)


class PanelReview(models.Model):
    """A union's panel: an officer names whom to assess and who rates, raters answer until it closes.

    ``closes_on`` is the last day for rating, inclusive. Once closed or cancelled nothing about it
    changes any more (a trigger refuses).
    """

    class State(models.TextChoices):
        CALLED = PanelState.CALLED, _("已召集")
        OPEN = PanelState.OPEN, _("正在评")
        CLOSED = PanelState.CLOSED, _("已有结果")
        CANCELLED = PanelState.CANCELLED, _("已取消")

    union = models.ForeignKey(
        Union, on_delete=models.PROTECT, related_name="panels", verbose_name=_("工会")
    )
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.CALLED)
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("召集人"),
    )
    called_at = models.DateTimeField(_("召集时间"))
    closes_on = models.DateField(_("评到哪天"))
    opened_at = models.DateTimeField(_("开始时间"), null=True, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    reason = models.CharField(_("取消原因"), max_length=300, blank=True)

    objects = PanelReviewManager()

    class Meta:
        verbose_name = _("邻里评议")
        verbose_name_plural = _("邻里评议")
        constraints = [
            models.CheckConstraint(
                name="scoring_panelreview_opened_dated",
                condition=Q(state="called", opened_at__isnull=True)
                | Q(state__in=["open", "closed"], opened_at__isnull=False)
                | Q(state="cancelled"),
            ),
            models.CheckConstraint(
                name="scoring_panelreview_ended_dated",
                condition=Q(state__in=["called", "open"], ended_at__isnull=True)
                | Q(state__in=["closed", "cancelled"], ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="scoring_panelreview_cancel_told",
                condition=Q(state="cancelled") & ~Q(reason="")
                | ~Q(state="cancelled") & Q(reason=""),
                violation_error_message=_("取消要写明原因。"),
            ),
        ]
        indexes = [
            # what a union has in hand, and what the night closes
            models.Index(fields=["state", "closes_on"], name="scoring_panelreview_due"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class PanelSubject(models.Model):
    """A member whom a panel assesses, and what came of it.

    ``mean`` is the trimmed mean; it counts from ``decided_on`` to ``holds_until``, exclusive, which
    is fixed at closing. ``counted`` are the grades given; ``spread`` and ``deviation`` are of all of
    them. An outcome without figures says why nothing is known.
    """

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("还没有结果")
        RATED = "rated", _("有结果")
        TOO_FEW = "too_few", _("评的人不够")
        NO_CONSENT = "no_consent", _("本人没有授权")
        ERASED = "erased", _("已按本人要求删除")

    panel = models.ForeignKey(
        PanelReview, on_delete=models.PROTECT, related_name="subjects", verbose_name=_("邻里评议")
    )
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="panel_subjects", verbose_name=_("被评议人")
    )
    outcome = models.CharField(
        _("结果"), max_length=10, choices=Outcome.choices, default=Outcome.WAITING
    )
    mean = models.DecimalField(_("平均分"), max_digits=3, decimal_places=2, null=True, blank=True)
    counted = models.PositiveSmallIntegerField(_("评分人数"), null=True, blank=True)
    spread = models.PositiveSmallIntegerField(_("最高与最低之差"), null=True, blank=True)
    deviation = models.DecimalField(
        _("标准差"), max_digits=3, decimal_places=2, null=True, blank=True
    )
    decided_on = models.DateField(_("出结果的日期"), null=True, blank=True)
    holds_until = models.DateField(_("哪天以前算数"), null=True, blank=True)

    class Meta:
        verbose_name = _("被评议人")
        verbose_name_plural = _("被评议人")
        constraints = [
            models.UniqueConstraint(
                name="scoring_panelsubject_once",
                fields=["panel", "member"],
                violation_error_message=_("这位成员已经在这次评议里。"),
            ),
            models.CheckConstraint(
                name="scoring_panelsubject_rated_whole",
                condition=Q(
                    outcome="rated",
                    mean__isnull=False,
                    counted__isnull=False,
                    spread__isnull=False,
                    deviation__isnull=False,
                    holds_until__isnull=False,
                )
                | ~Q(outcome="rated")
                & Q(
                    mean__isnull=True,
                    counted__isnull=True,
                    spread__isnull=True,
                    deviation__isnull=True,
                    holds_until__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="scoring_panelsubject_decided_dated",
                condition=Q(outcome="waiting", decided_on__isnull=True)
                | ~Q(outcome="waiting") & Q(decided_on__isnull=False)
                | Q(outcome="erased"),
            ),
            models.CheckConstraint(
                name="scoring_panelsubject_mean_in_range",
                condition=Q(mean__isnull=True) | Q(mean__gte=LOWEST, mean__lte=HIGHEST),
            ),
            models.CheckConstraint(
                name="scoring_panelsubject_holds_for_a_time",
                condition=Q(holds_until__isnull=True) | Q(holds_until__gt=F("decided_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


PanelSeatManager = models.Manager.from_queryset(LockedQuerySet["PanelSeat"])


class PanelSeat(models.Model):
    """A rater's place on a panel.

    ``finished_at``: when the rater had first answered for everybody. After closing ``deviation`` is
    how far the rater's grades lay from the others' on average, where enough people were rated to
    say so, and ``is_outlier`` whether that is beyond the threshold.
    """

    panel = models.ForeignKey(
        PanelReview, on_delete=models.PROTECT, related_name="seats", verbose_name=_("邻里评议")
    )
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="panel_seats", verbose_name=_("评议人")
    )
    finished_at = models.DateTimeField(_("评完时间"), null=True, blank=True)
    deviation = models.DecimalField(
        _("与别人平均相差"), max_digits=3, decimal_places=2, null=True, blank=True
    )
    is_outlier = models.BooleanField(_("与别人相差较大"), default=False)

    objects = PanelSeatManager()

    class Meta:
        verbose_name = _("评议人")
        verbose_name_plural = _("评议人")
        constraints = [
            models.UniqueConstraint(
                name="scoring_panelseat_once",
                fields=["panel", "member"],
                violation_error_message=_("这位评议人已经在这次评议里。"),
            ),
            models.CheckConstraint(
                name="scoring_panelseat_outlier_measured",
                condition=Q(is_outlier=False) | Q(deviation__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class PanelRating(models.Model):
    """What one rater said of one member: a grade, or that they are kin or have dealings.

    Read by its rater and by the sum at closing, never shown to anybody else. A trigger keeps it to
    an open panel, to seat and subject of one panel, and to two different members.
    """

    seat = models.ForeignKey(
        PanelSeat, on_delete=models.PROTECT, related_name="ratings", verbose_name=_("评议人")
    )
    subject = models.ForeignKey(
        PanelSubject, on_delete=models.PROTECT, related_name="ratings", verbose_name=_("被评议人")
    )
    points = models.PositiveSmallIntegerField(_("打分"), null=True, blank=True)
    recused = models.BooleanField(_("亲属或有往来，不评"), default=False)
    given_at = models.DateTimeField(_("打分时间"))

    class Meta:
        verbose_name = _("评议打分")
        verbose_name_plural = _("评议打分")
        constraints = [
            models.UniqueConstraint(
                name="scoring_panelrating_once",
                fields=["seat", "subject"],
                violation_error_message=_("对这位成员已经打过分。"),
            ),
            models.CheckConstraint(
                name="scoring_panelrating_points_in_range",
                condition=Q(points__isnull=True) | Q(points__gte=LOWEST, points__lte=HIGHEST),
                violation_error_message=_("打分从 1 到 6。"),
            ),
            models.CheckConstraint(
                name="scoring_panelrating_points_or_recused",
                condition=Q(recused=True, points__isnull=True)
                | Q(recused=False, points__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
