"""What a member holds against their score, the clock that runs, and the answer in writing."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cooperative.membership.models import Member
from core.crypto import SealedTextField
from core.models import StoredFile
from core.models.base import LockedQuerySet, both_or_neither
from credit.scoring.models.scores import Score
from credit.scoring.rules.objecting import ObjectionState

_ANSWERED = ["upheld", "rejected"]


class ObjectionQuerySet(LockedQuerySet["Objection"]):
    """Objections by how they stand."""

    def open(self) -> Self:
        """Not answered and not withdrawn: the score carries the mark."""
        return self.filter(state=Objection.State.RAISED)


ObjectionManager = models.Manager.from_queryset(ObjectionQuerySet)


class Objection(models.Model):
    """A member says what is wrong with a score; an officer answers in writing until ``due_on``.

    ``about`` is the code of a characteristic or veto of the score's card, empty for the whole
    score. ``new_score`` is what scoring again gave where it was another one. ``statement`` is what
    the member wants read beside the score after a rejection. Moves by ``rules.objecting``.

    Source: 征信业管理条例 arts. 25, 26; PIPL art. 24.
    """

    class State(models.TextChoices):
        RAISED = ObjectionState.RAISED, _("等答复")
        UPHELD = ObjectionState.UPHELD, _("已更正")
        REJECTED = ObjectionState.REJECTED, _("没有改")
        WITHDRAWN = ObjectionState.WITHDRAWN, _("本人撤回")

    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="objections", verbose_name=_("成员")
    )
    score = models.ForeignKey(
        Score, on_delete=models.PROTECT, related_name="objections", verbose_name=_("评分")
    )
    about = models.CharField(_("哪一项"), max_length=63, blank=True)
    words = SealedTextField(_("本人的话"))
    evidence = models.ForeignKey(
        StoredFile,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("凭证"),
    )
    raised_at = models.DateTimeField(_("提出时间"))
    due_on = models.DateField(_("最晚答复"))
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.RAISED)
    answer = SealedTextField(_("书面答复"), blank=True, default="")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("答复人"),
    )
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    new_score = models.ForeignKey(
        Score,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("重新评分"),
    )
    statement = SealedTextField(_("本人声明"), blank=True, default="")
    stated_at = models.DateTimeField(_("声明时间"), null=True, blank=True)

    objects = ObjectionManager()

    class Meta:
        verbose_name = _("评分异议")
        verbose_name_plural = _("评分异议")
        constraints = [
            both_or_neither("scoring_objection", "answered_at", "answered_by"),
            models.UniqueConstraint(
                name="scoring_objection_one_open",
                fields=["member", "about"],
                condition=Q(state="raised"),
                violation_error_message=_("这一项您已经提过异议，还在办理。"),
            ),
            models.CheckConstraint(name="scoring_objection_says_what", condition=~Q(words="")),
            models.CheckConstraint(
                name="scoring_objection_answered_in_writing",
                condition=Q(~Q(answer=""), state__in=_ANSWERED, answered_at__isnull=False)
                | (~Q(state__in=_ANSWERED) & Q(answer="", answered_at__isnull=True)),
                violation_error_message=_("要有书面答复。"),
            ),
            models.CheckConstraint(
                name="scoring_objection_withdrawn_dated",
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | (~Q(state="withdrawn") & Q(withdrawn_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="scoring_objection_corrected_when_upheld",
                condition=Q(new_score__isnull=True) | Q(state="upheld"),
            ),
            models.CheckConstraint(
                name="scoring_objection_stated_when_rejected",
                condition=Q(statement="", stated_at__isnull=True)
                | Q(~Q(statement=""), stated_at__isnull=False, state="rejected"),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                name="scoring_objection_clock",
                condition=Q(state="raised"),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
