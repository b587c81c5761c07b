"""What a card made of a member's facts on a day."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cooperative.membership.models import Member
from core.models.base import LockedQuerySet
from core.money import MoneyField
from credit.scoring.models.cards import Scorecard


class ScoreQuerySet(LockedQuerySet["Score"]):
    """Scores by the day they are of."""

    def current(self) -> Self:
        """The score of each member that nothing has replaced."""
        return self.filter(superseded_on__isnull=True)


ScoreManager = models.Manager.from_queryset(ScoreQuerySet)


class Score(models.Model):
    """A member's score from ``as_of`` until ``superseded_on``, exclusive; open while it holds.

    ``inputs`` are the values of the card's indicators in the card's order, null where unknown;
    ``points`` those of its characteristics. Total, grade, limit and reasons follow from the card
    and the inputs, so that anybody can compute the score again (I11). A night that finds the same
    inputs moves ``confirmed_on`` on and writes no row.

    Member and card are no foreign keys of the database: checking them row by row took a quarter of
    the night. A night scores only members with a consent, and a consent, which is never deleted,
    keeps its member; a card in force is never deleted either (triggers).
    """

    member = models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        related_name="scores",
        db_constraint=False,
        db_index=False,
        verbose_name=_("成员"),
    )
    scorecard = models.ForeignKey(
        Scorecard,
        on_delete=models.PROTECT,
        related_name="scores",
        db_constraint=False,
        db_index=False,
        verbose_name=_("评分卡"),
    )
    as_of = models.DateField(_("评分日"))
    confirmed_on = models.DateField(_("最近核对"))
    superseded_on = models.DateField(_("被替换"), null=True, blank=True)
    inputs = ArrayField(
        models.DecimalField(max_digits=20, decimal_places=4, null=True),
        verbose_name=_("依据的数值"),
    )
    points = ArrayField(
        models.DecimalField(max_digits=5, decimal_places=2), verbose_name=_("各项得分")
    )
    total = models.DecimalField(_("信用分"), max_digits=5, decimal_places=2)
    vetoes = ArrayField(models.CharField(max_length=40), verbose_name=_("否决项"))
    grade = models.CharField(_("等级"), max_length=4)
    limit_amount = MoneyField(_("信用额度"))

    objects = ScoreManager()

    class Meta:
        verbose_name = _("信用评分")
        verbose_name_plural = _("信用评分")
        constraints = [
            models.UniqueConstraint(
                name="scoring_score_one_current",
                fields=["member"],
                condition=Q(superseded_on__isnull=True),
            ),
            models.CheckConstraint(
                name="scoring_score_in_range", condition=Q(total__gte=0, total__lte=100)
            ),
            models.CheckConstraint(
                name="scoring_score_limit_not_negative", condition=Q(limit_amount__gte=0)
            ),
            models.CheckConstraint(
                name="scoring_score_days_in_order",
                condition=Q(confirmed_on__gte=F("as_of"))
                & (Q(superseded_on__isnull=True) | Q(superseded_on__gte=F("confirmed_on"))),
            ),
        ]
        indexes = [
            # a member's history; the current score is found by the constraint's index
            models.Index(fields=["member", "-as_of"], name="scoring_score_history"),
        ]

    def __str__(self) -> str:
        return f"#{self.member_id} {self.as_of}"
