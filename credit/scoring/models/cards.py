"""A scorecard: data that says how facts become points, in numbered versions."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models.base import FourEyes, LockedQuerySet, four_eyes_constraints
from credit.scoring.rules.states import CardState

TITLE_LENGTH = 80


class ScorecardQuerySet(LockedQuerySet["Scorecard"]):
    """Cards by their state."""

    def active(self) -> Self:
        """The card that scores today: one, or none."""
        return self.filter(state=Scorecard.State.ACTIVE)


ScorecardManager = models.Manager.from_queryset(ScorecardQuerySet)


class Scorecard(FourEyes):
    """One version of the card. ``definition`` is the JSON of ``rules.card``; fixed once approved.

    ``made_by`` proposed it, ``checked_by`` approved it. Scores point at their card for good, so a
    card is never deleted. Moves by ``rules.states.TRANSITIONS``.
    """

    class State(models.TextChoices):
        DRAFT = CardState.DRAFT, _("草稿")
        APPROVED = CardState.APPROVED, _("已批准")
        ACTIVE = CardState.ACTIVE, _("在用")
        RETIRED = CardState.RETIRED, _("已停用")

    number = models.PositiveIntegerField(_("版本"), unique=True)
    title = models.CharField(_("名称"), max_length=TITLE_LENGTH)
    source = models.TextField(_("依据"))
    definition = models.JSONField(_("内容"))
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.DRAFT)
    activated_at = models.DateTimeField(_("启用时间"), null=True, blank=True)
    retired_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = ScorecardManager()

    class Meta:
        verbose_name = _("评分卡")
        verbose_name_plural = _("评分卡")
        constraints = [
            *four_eyes_constraints("scoring_scorecard"),
            models.UniqueConstraint(
                name="scoring_scorecard_one_active",
                fields=["state"],
                condition=Q(state="active"),
                violation_error_message=_("同一时间只有一张评分卡在用。"),
            ),
            models.CheckConstraint(
                name="scoring_scorecard_approved_by_two",
                condition=Q(state="draft") | Q(checked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="scoring_scorecard_active_dated",
                condition=Q(state__in=["draft", "approved"], activated_at__isnull=True)
                | Q(state__in=["active", "retired"], activated_at__isnull=False),
            ),
            models.CheckConstraint(
                name="scoring_scorecard_retired_dated",
                condition=Q(state="retired", retired_at__isnull=False)
                | (~Q(state="retired") & Q(retired_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="scoring_scorecard_says_its_source", condition=~Q(title="") & ~Q(source="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"
