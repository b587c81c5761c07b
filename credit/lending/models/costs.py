"""What a lender spent to get back money that was late."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import StoredFile
from core.models.base import FourEyes, LockedQuerySet, four_eyes_constraints
from core.money import MoneyField
from credit.lending.models.loans import Share
from credit.lending.rules.states.cost import CostState

CostManager = models.Manager.from_queryset(LockedQuerySet["Cost"])


class Cost(FourEyes):
    """A cost of realising a claim that a lender bore on an overdue share.

    It is owed from the day on which a second officer confirmed it, under the ceiling together with
    all interest. The borrower may object while it waits. What a court awards is not recorded here.

    Source: Civil Code art. 561; 法释〔2020〕17号 art. 29.
    """

    class Kind(models.TextChoices):
        COURT = "court", _("诉讼费")
        NOTARY = "notary", _("公证费")
        LETTER = "letter", _("信函费")
        TRAVEL = "travel", _("交通费")
        OTHER = "other", _("其他费用")

    class State(models.TextChoices):
        PROPOSED = CostState.PROPOSED, _("等复核")
        CONFIRMED = CostState.CONFIRMED, _("已计入")
        DROPPED = CostState.DROPPED, _("没有计入")

    share = models.ForeignKey(
        Share, on_delete=models.PROTECT, related_name="costs", verbose_name=_("出借份额")
    )
    kind = models.CharField(_("种类"), max_length=10, choices=Kind.choices)
    amount = MoneyField(_("金额"))
    borne_on = models.DateField(_("哪天花的"))
    reason = models.CharField(_("为什么花"), max_length=300)
    evidence = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("票据")
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=State.choices, default=State.PROPOSED
    )
    objection = models.CharField(_("借款人的话"), max_length=300, blank=True)
    objected_at = models.DateTimeField(_("借款人提出时间"), null=True, blank=True)
    remark = models.CharField(_("复核意见"), max_length=300, blank=True)

    objects = CostManager()

    class Meta:
        verbose_name = _("追款费用")
        verbose_name_plural = _("追款费用")
        constraints = [
            *four_eyes_constraints("lending_cost"),
            models.UniqueConstraint(
                name="lending_cost_once",
                fields=["share", "kind", "amount", "borne_on"],
                condition=~Q(state="dropped"),
                violation_error_message=_("这笔费用已经登记过。"),
            ),
            models.CheckConstraint(name="lending_cost_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="lending_cost_reasoned", condition=~Q(reason="")),
            models.CheckConstraint(
                name="lending_cost_state_checked",
                condition=Q(state="proposed", checked_at__isnull=True)
                | (~Q(state="proposed") & Q(checked_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="lending_cost_drop_told",
                condition=~Q(state="dropped", remark=""),
                violation_error_message=_("不计入要写明原因。"),
            ),
            models.CheckConstraint(
                name="lending_cost_objection_dated",
                condition=Q(objection="", objected_at__isnull=True)
                | (~Q(objection="") & Q(objected_at__isnull=False)),
                violation_error_message=_("借款人的话要和时间一起记。"),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
